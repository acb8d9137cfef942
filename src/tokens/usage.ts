import type * as vscode from 'vscode';

import type { ActivityAction, ActivityEntry } from '../activity/entries';
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

/** What is written down of a use. */
const usageOf: Partial<Record<ActivityAction, keyof TokenUsage>> = {
  use: 'use',
  copy: 'copy',
  'copy-config': 'copy',
  'save-env': 'handOver',
  'github-secret': 'handOver',
  terminal: 'terminal',
  debug: 'debug',
  session: 'session',
};

/**
 * When tokens were last used here; in the editor's global state, which holds no secret and is not synced. Each profile
 * has a state of its own: what was done in the others is learned from what all of them write down.
 */
export class Usage {
  constructor(
    private readonly state: vscode.Memento,
    private readonly now: () => number,
  ) {}

  of(ref: TokenRef): TokenUsage {
    return this.all()[tokenKey(ref)] ?? {};
  }

  /** Of all tokens, by their {@link tokenKey}. */
  all(): Readonly<Record<string, TokenUsage>> {
    return this.state.get<Record<string, TokenUsage>>(key, {});
  }

  /** The latest of its uses; undefined where none is known. */
  last(ref: TokenRef): number | undefined {
    const times = Object.values(this.of(ref)) as number[];
    return times.length === 0 ? undefined : Math.max(...times);
  }

  async note(ref: TokenRef, how: keyof TokenUsage): Promise<void> {
    await this.state.update(key, { ...this.all(), [tokenKey(ref)]: { ...this.of(ref), [how]: this.now() } });
  }

  /** Takes in what was written down, by whichever window and profile. Resolves to whether there was anything new in it. */
  async learn(entries: readonly ActivityEntry[]): Promise<boolean> {
    const all: Record<string, TokenUsage> = { ...this.all() };
    let isNew = false;
    for (const { action, outcome, connectionId, tokenId: id, time } of entries) {
      const how = usageOf[action];
      if (how !== undefined && outcome === 'ok' && connectionId !== undefined && id !== undefined) {
        const name = tokenKey({ connectionId, id });
        const at = Date.parse(time);
        if (at > (all[name]?.[how] ?? 0)) {
          all[name] = { ...all[name], [how]: at };
          isNew = true;
        }
      }
    }
    if (isNew) {
      await this.state.update(key, all);
    }
    return isNew;
  }

  async forget(which: (ref: string) => boolean): Promise<void> {
    const kept = Object.entries(this.all()).filter(([name]) => !which(name));
    await this.state.update(key, Object.fromEntries(kept));
  }
}
