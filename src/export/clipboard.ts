import * as vscode from 'vscode';

import type { Secret } from '../base/secret';
import { settings } from '../base/settings';

/** Copies secrets, and takes them out of the clipboard again after a while, or when the window closes, if they are still there. */
export class Clipboard {
  #copied: Secret | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** Resolves to the seconds after which it is cleared; 0 for never. */
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

  /** Empties the clipboard if it still holds what was copied. */
  async clear(): Promise<void> {
    clearTimeout(this.#timer);
    const copied = this.#copied;
    this.#copied = undefined;
    try {
      if (copied && (await vscode.env.clipboard.readText()) === copied.reveal()) {
        await vscode.env.clipboard.writeText('');
      }
    } catch {
      // A browser that lost the focus refuses access; there is nobody to tell who could help.
      this.log.warn('The clipboard could not be cleared.');
    }
  }
}
