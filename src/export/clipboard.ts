import * as vscode from 'vscode';

import type { Secret } from '../base/secret';
import { settings } from '../base/settings';

/** Copies secrets. Clears the clipboard after some seconds, or when the window closes, if a secret is still in it. */
export class Clipboard {
  #copied: Secret | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** Copies a secret. Resolves to the seconds until the clipboard is cleared; 0 for never. */
  async copy(secret: Secret): Promise<number> {
    clearTimeout(this.#timer);
    await vscode.env.clipboard.writeText(secret.reveal());
    const seconds = settings.clearClipboardAfterSeconds();
    this.#copied = seconds > 0 ? secret : undefined;
    if (seconds > 0) {
      this.#timer = setTimeout(() => void this.clear(), seconds * 1000);
    }
    return seconds;
  }

  /** Clears the clipboard if it still contains the copied secret. */
  async clear(): Promise<void> {
    clearTimeout(this.#timer);
    const copied = this.#copied;
    this.#copied = undefined;
    try {
      if (copied && (await vscode.env.clipboard.readText()) === copied.reveal()) {
        await vscode.env.clipboard.writeText('');
      }
    } catch {
      // A browser window without focus can't access the clipboard, and a message wouldn't help.
      this.log.warn('The clipboard could not be cleared.');
    }
  }
}
