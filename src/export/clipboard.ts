import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import type { Secret } from '../base/secret';
import { settings } from '../base/settings';

/** Copies secrets. Clears the clipboard after some seconds, or when the window closes, if a secret is still in it. */
export class Clipboard extends Disposable {
  /** Secrets that may be in the clipboard. Only one is, but a later copy may fail without an error. */
  #copied: readonly Secret[] = [];
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
    await vscode.env.clipboard.writeText(secret.reveal());
    clearTimeout(this.#timer);
    this.#isDue = false;
    const seconds = settings.clearClipboardAfterSeconds();
    this.#copied = seconds > 0 ? [...this.#copied, secret] : [];
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
    this.#copied = [];
    try {
      const present = copied.length > 0 && (await vscode.env.clipboard.readText());
      // Windows may give other line ends than it got.
      const text = present && present.replaceAll('\r\n', '\n');
      if (copied.some((secret) => secret.reveal() === text)) {
        await vscode.env.clipboard.writeText('');
      }
    } catch {
      this.#copied = [...copied, ...this.#copied];
      // Tries again once the window gets the focus. A message wouldn't help.
      this.#isDue = true;
      this.log.warn('The clipboard could not be cleared.');
    }
  }
}
