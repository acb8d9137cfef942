import type * as vscode from 'vscode';

import { tokenKey, type TokenRef } from '../secrets/records';

/** What this machine knows of a token's use here. Milliseconds since 1970. */
export interface TokenUsage {
  /** Put to use. */
  readonly use?: number;
  readonly copy?: number;
  /** Put into a file, or into a secret of GitHub. */
  readonly handOver?: number;
  /** Put into a terminal that opened. */
  readonly terminal?: number;
  /** Put into a debug session. */
  readonly debug?: number;
  /** Given to the editor, which another extension has asked for it. */
  readonly session?: number;
}

const key = 'usage';

/** When tokens were last used here; in the editor's global state, which holds no secret and is not synced. */
export class Usage {
  constructor(
    private readonly state: vscode.Memento,
    private readonly now: () => number,
  ) {}

  of(ref: TokenRef): TokenUsage {
    return this.#all()[tokenKey(ref)] ?? {};
  }

  /** The latest of its uses; undefined where none is known. */
  last(ref: TokenRef): number | undefined {
    const times = Object.values(this.of(ref)) as number[];
    return times.length === 0 ? undefined : Math.max(...times);
  }

  async note(ref: TokenRef, how: keyof TokenUsage): Promise<void> {
    await this.state.update(key, { ...this.#all(), [tokenKey(ref)]: { ...this.of(ref), [how]: this.now() } });
  }

  async forget(which: (ref: string) => boolean): Promise<void> {
    const kept = Object.entries(this.#all()).filter(([name]) => !which(name));
    await this.state.update(key, Object.fromEntries(kept));
  }

  #all(): Readonly<Record<string, TokenUsage>> {
    return this.state.get<Record<string, TokenUsage>>(key, {});
  }
}
