import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import type { Secret } from '../base/secret';
import { settings } from '../base/settings';

/** Copies secrets. Clears the clipboard after some seconds, or when the window closes, if a secret is still in it. */
export class Clipboard extends Disposable {
  #copied: Secret | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Whether it's time to clear the clipboard, but the window can't. */
  #isDue = false;

  constructor(private readonly log: vscode.LogOutputChannel) {
    super();
    this.register(
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused && this.#isDue) {
          void this.clear();
        }
      }),
    );
  }

  /** Copies a secret. Resolves to the seconds until the clipboard is cleared; 0 for never. */
  async copy(secret: Secret): Promise<number> {
    clearTimeout(this.#timer);
    this.#isDue = false;
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
    // A browser gives the clipboard only to a page with the focus: VS Code reads an empty text without it.
    this.#isDue = vscode.env.uiKind === vscode.UIKind.Web && !vscode.window.state.focused;
    if (this.#isDue) {
      return;
    }
    const copied = this.#copied;
    this.#copied = undefined;
    try {
      if (copied && (await vscode.env.clipboard.readText()) === copied.reveal()) {
        await vscode.env.clipboard.writeText('');
      }
    } catch {
      // A message wouldn't help.
      this.log.warn('The clipboard could not be cleared.');
    }
  }
}
