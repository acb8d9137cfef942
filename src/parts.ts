import type * as vscode from 'vscode';

import type { Clipboard } from './clipboard';
import type { LeakGuard } from './leaks/leakGuard';
import type { Activity } from './lifecycle/activity';
import type { Leftovers } from './lifecycle/leftovers';
import type { Reminders } from './lifecycle/reminders';
import type { Rotations } from './lifecycle/rotation';
import type { ClientOf, Sessions } from './lifecycle/session';
import type { Usage } from './lifecycle/usage';
import type { Store } from './secrets/store';
import type { TerminalEnvironment } from './terminals/environment';
import type { OpenTerminals } from './terminals/openTerminals';
import type { TokenLists } from './tir/lists';
import type { ActivityPage } from './view/activityPage';
import type { TokensView } from './view/tokensView';

/** What commands work with; made once, in `buildParts.ts`. */
export interface Parts {
  readonly store: Store;
  readonly lists: TokenLists;
  readonly sessions: Sessions;
  /** Loaded when it is first asked for. */
  readonly rotations: () => Promise<Rotations>;
  readonly leftovers: Leftovers;
  readonly reminders: Reminders;
  readonly usage: Usage;
  readonly activity: Activity;
  readonly activityPage: ActivityPage;
  /** Loaded when it is first asked for. */
  readonly leaks: () => Promise<LeakGuard>;
  readonly terminals: TerminalEnvironment;
  readonly openTerminals: OpenTerminals;
  readonly view: TokensView;
  readonly clipboard: Clipboard;
  readonly log: vscode.LogOutputChannel;
  /** The API with credentials that are not kept yet; all else goes through `sessions`. */
  readonly client: ClientOf;
  /** Where the API is, for sentences. */
  host(): string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
