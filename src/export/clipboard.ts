import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import type { Secret } from '../base/secret';
import { settings } from '../base/settings';

/** In milliseconds. Setting the clock doesn't change it. */
const now = () => performance.now();

/** Milliseconds until another try after the clipboard couldn't be read or written: another program may hold it. */
const nextTry = 5000;

/** A secret that may be in the clipboard, and when it must leave it, by {@link now}. */
interface Copied {
  readonly secret: Secret;
  readonly due: number;
}

/** Copies secrets. Clears the clipboard after some seconds, or when the window closes, if a secret is still in it. */
export class Clipboard extends Disposable {
  /**
   * Every secret until the last one is due: a later copy may fail without an error, and a clipboard manager or another
   * window may bring an earlier one back.
   */
  #copied: readonly Copied[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Number of copies that ended. */
  #copies = 0;
  /** Copies under way. */
  readonly #copying = new Set<Thenable<void>>();
  /** Whether it's time to clear the clipboard, but the window can't. */
  #isLate = false;

  constructor(private readonly log: vscode.LogOutputChannel) {
    super();
    this.register(
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused && this.#isLate) {
          void this.#clearDue();
        }
      }),
    );
  }

  override dispose(): void {
    clearTimeout(this.#timer);
    super.dispose();
  }

  /** Copies a secret. Resolves to the seconds until the clipboard is cleared; 0 for never. */
  async copy(secret: Secret): Promise<number> {
    const writing = vscode.env.clipboard.writeText(secret.reveal());
    this.#copying.add(writing);
    try {
      await writing;
      const seconds = settings.clearClipboardAfterSeconds();
      // The same secret, copied again, stays as long as the latest copy.
      const others = this.#copied.filter((one) => !one.secret.equals(secret));
      this.#copied = seconds > 0 ? [...others, { secret, due: now() + seconds * 1000 }] : others;
      return seconds;
    } finally {
      this.#copying.delete(writing);
      this.#copies++;
      void this.#clearDue();
    }
  }

  /** Clears the clipboard if it still contains a copied secret, whether that's due or not. */
  async clear(): Promise<void> {
    await Promise.allSettled(this.#copying);
    this.#copied = this.#copied.map((one) => ({ ...one, due: -Infinity }));
    await this.#clearDue();
  }

  /** Waits for the next secret that isn't due yet at a time. A timer may fire a moment early. */
  #wait(at: number): void {
    clearTimeout(this.#timer);
    const next = Math.min(...this.#copied.map(({ due }) => due).filter((due) => due > at));
    if (Number.isFinite(next)) {
      this.#timer = setTimeout(() => void this.#clearDue(), next - now());
    }
  }

  /** Does nothing during a copy, which calls this when it ends: otherwise the copied text could be cleared. */
  async #clearDue(): Promise<void> {
    if (this.#copying.size > 0) {
      return;
    }
    // A browser gives the clipboard only to a page with the focus: VS Code reads an empty text without it.
    this.#isLate = vscode.env.uiKind === vscode.UIKind.Web && !vscode.window.state.focused;
    const at = now();
    const due = this.#copied.filter((one) => one.due <= at);
    this.#wait(at);
    if (this.#isLate || due.length === 0) {
      return;
    }
    const copies = this.#copies;
    try {
      // Windows may give other line ends than it got.
      const text = (await vscode.env.clipboard.readText()).replaceAll('\r\n', '\n');
      if (this.#copying.size > 0 || copies !== this.#copies) {
        return;
      }
      if (due.some(({ secret }) => secret.reveal() === text)) {
        await vscode.env.clipboard.writeText('');
      }
      if (this.#copied.every((one) => due.includes(one))) {
        this.#copied = [];
      }
    } catch {
      // Tries again, at once if the window gets the focus. A message wouldn't help.
      this.#isLate = true;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#clearDue(), nextTry);
      this.log.warn('The clipboard could not be cleared.');
    }
  }
}
