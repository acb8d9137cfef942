import type * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import type { Store } from './store';

/** Key in the global state. */
const key = 'stored';

interface Noticed {
  /** When something was last seen to be stored, in milliseconds since 1970; undefined after signing out. */
  readonly at?: number;
  /** The session of VS Code at whose start everything that was stored was gone. */
  readonly goneIn?: string;
}

/**
 * Notices that the secret storage doesn't last: on Linux without a keyring, VS Code keeps secrets in memory only, and no
 * API says so.
 */
export class Lasting extends Disposable {
  /** @param signedOutSince tells whether somebody signed out on this machine since a time, in milliseconds since 1970 */
  constructor(
    private readonly store: Store,
    private readonly state: vscode.Memento,
    private readonly signedOutSince: (time: number) => Promise<boolean>,
    private readonly now: () => number,
    /** Changes when VS Code starts again, but not when a window reloads: on a desktop, its process. */
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

  /** Looks at a start whether anything is left. Resolves to whether everything is gone. */
  async look(): Promise<boolean> {
    const { at, goneIn } = this.#noticed;
    const isEmpty = await this.#isEmpty();
    if (!isEmpty && goneIn !== undefined && goneIn !== this.session) {
      // Something has lasted.
      await this.state.update(key, {});
    }
    const isGone = isEmpty && at !== undefined && !(await this.signedOutSince(at));
    if (isGone) {
      await this.state.update(key, { goneIn: this.session });
    }
    await this.#note();
    return isGone;
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
