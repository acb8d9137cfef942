import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import type { Store } from './store';

/** Key in the global state of what this class has noticed. */
const key = 'stored';

interface Noticed {
  /** When something was last seen to be stored, in milliseconds since 1970; undefined after signing out. */
  readonly at?: number;
  /** The session of VS Code at whose start everything that was stored was gone. */
  readonly goneIn?: string;
}

const helpPage = 'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';

/**
 * Notices that the secret storage doesn't last: on Linux without a keyring, VS Code keeps secrets in memory only, and no
 * API says so.
 */
export class Lasting extends Disposable {
  /** @param leftSince tells whether somebody signed out on this machine since a time, in milliseconds since 1970 */
  constructor(
    private readonly store: Store,
    private readonly state: vscode.Memento,
    private readonly leftSince: (time: number) => Promise<boolean>,
    private readonly now: () => number,
    /** Changes when VS Code is started anew, but not when a window is reloaded: its process on a desktop. */
    private readonly session: string,
  ) {
    super();
    this.register(
      store.onDidChange(({ kind }) => {
        if (kind === 'connection') {
          void this.#note();
        }
      }),
    );
  }

  /** Whether values that are stored now may be gone after a restart. */
  get isDoubtful(): boolean {
    return this.#noticed.goneIn !== undefined;
  }

  /** Looks at a start whether anything is left, and tells the person if nothing is. */
  async look(): Promise<void> {
    const { at, goneIn } = this.#noticed;
    const isEmpty = await this.#isEmpty();
    if (!isEmpty && goneIn !== undefined && goneIn !== this.session) {
      // Something has lasted.
      await this.state.update(key, {});
    }
    const isGone = isEmpty && at !== undefined && !(await this.leftSince(at));
    if (isGone) {
      await this.state.update(key, { goneIn: this.session });
    }
    await this.#note();
    if (isGone) {
      await tellOfLoss();
    }
  }

  get #noticed(): Noticed {
    return this.state.get<Noticed>(key, {});
  }

  async #isEmpty(): Promise<boolean> {
    const { readable, unreadable } = await this.store.allConnections();
    return readable.length + unreadable.length === 0;
  }

  /** Notes whether something is stored now. */
  async #note(): Promise<void> {
    try {
      const { at: _, ...rest } = this.#noticed;
      const next = (await this.#isEmpty()) ? rest : { ...rest, at: this.now() };
      await this.state.update(key, next);
    } catch {
      // The storage fails at the moment, which says nothing.
    }
  }
}

/** Says what the person has to know before a value is stored that may not last. */
export function doubt(): string {
  return vscode.l10n.t(
    'What was stored here was gone after a restart. Without a keyring that lasts, VS Code keeps secrets in memory only. Copy the value elsewhere, or set up a keyring first.',
  );
}

async function tellOfLoss(): Promise<void> {
  const help = vscode.l10n.t('Learn More');
  const signIn = vscode.l10n.t('Sign In…');
  const message = vscode.l10n.t(
    'The tokens that were stored here are gone. Unless you signed out elsewhere, this machine has no keyring that lasts: VS Code keeps secrets in memory only.',
  );
  const answer = await vscode.window.showWarningMessage(message, signIn, help);
  if (answer === help) {
    await vscode.env.openExternal(vscode.Uri.parse(helpPage));
  } else if (answer === signIn) {
    await vscode.commands.executeCommand('tir.signIn');
  }
}
