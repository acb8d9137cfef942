import type * as vscode from 'vscode';

import type { ActivityAction, ActivityEntry } from '../activity/entries';
import type { ActivityRecorder } from '../activity/recorder';
import { type NamedToken, tokenKey, type TokenRef } from '../secrets/records';

/** When a token was last used on this machine in each way, in milliseconds since 1970. */
export interface TokenUsage {
  /** Set as the token in use. */
  readonly use?: number;
  readonly copy?: number;
  /** Exported to a file or a GitHub secret. */
  readonly handOver?: number;
  /** Given to a new terminal. */
  readonly terminal?: number;
  /** Given to a debug session. */
  readonly debug?: number;
  /** Given to a notebook's kernel. */
  readonly notebook?: number;
  /** Given to another extension as a VS Code authentication session, or chosen for that. */
  readonly session?: number;
}

const key = 'usage';

/** The kind of use that each recorded action is. */
const usageOf = {
  use: 'use',
  copy: 'copy',
  'copy-config': 'copy',
  'save-env': 'handOver',
  'github-secret': 'handOver',
  terminal: 'terminal',
  'agent-terminal': 'terminal',
  debug: 'debug',
  notebook: 'notebook',
  session: 'session',
} as const satisfies Partial<Record<ActivityAction, keyof TokenUsage>>;

/** An action that uses a token's value. */
export type UseAction = keyof typeof usageOf;

function isUse(action: ActivityAction): action is UseAction {
  return Object.hasOwn(usageOf, action);
}

/**
 * Keeps when tokens were last used on this machine. The times are in VS Code's global state, which contains no secrets
 * and isn't synced. Each profile has its own global state, so uses in other profiles are read from the activity log.
 */
export class Usage {
  constructor(
    private readonly state: vscode.Memento,
    private readonly activity: ActivityRecorder,
    private readonly now: () => number,
  ) {}

  of(ref: TokenRef): TokenUsage {
    return this.all()[tokenKey(ref)] ?? {};
  }

  /** Returns the usage of all tokens, by {@link tokenKey}. */
  all(): Readonly<Record<string, TokenUsage>> {
    return this.state.get<Record<string, TokenUsage>>(key, {});
  }

  /** Returns when a token was last used in any way; undefined if no use is known. */
  last(ref: TokenRef): number | undefined {
    const times = Object.values(this.of(ref)) as number[];
    return times.length === 0 ? undefined : Math.max(...times);
  }

  /**
   * Records a use: its time, and an entry in the activity log.
   * @param folder URI of the folder whose terminals or file got it
   */
  async record(action: UseAction, token: NamedToken, folder?: string): Promise<void> {
    const { connectionId } = token;
    await Promise.all([
      // A time that can't be kept must not fail what used the token.
      this.note(token, usageOf[action]).catch(() => undefined),
      this.activity.record(action, { connectionId, token, folder }),
    ]);
  }

  async note(ref: TokenRef, how: keyof TokenUsage): Promise<void> {
    await this.state.update(key, { ...this.all(), [tokenKey(ref)]: { ...this.of(ref), [how]: this.now() } });
  }

  /** Adds the uses in activity log entries of any window and profile. Resolves to whether any of them was new. */
  async learn(entries: readonly ActivityEntry[]): Promise<boolean> {
    const all: Record<string, TokenUsage> = { ...this.all() };
    let isNew = false;
    for (const { action, outcome, connectionId, tokenId: id, time } of entries) {
      if (isUse(action) && outcome === 'ok' && connectionId !== undefined && id !== undefined) {
        const how = usageOf[action];
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
