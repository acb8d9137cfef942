import type * as vscode from 'vscode';

import type { ActivityPage } from './activity/page';
import type { ActivityRecorder } from './activity/recorder';
import type { Clipboard } from './export/clipboard';
import type { LeakGuard } from './leaks/leakGuard';
import type { Store } from './secrets/store';
import type { TerminalEnvironment } from './terminals/environment';
import type { OpenTerminals } from './terminals/openTerminals';
import type { TokenLists } from './tir/lists';
import type { Leftovers } from './tokens/leftovers';
import type { Reminders } from './tokens/reminders';
import type { ClientOf, SignedInCalls } from './tokens/signedInCalls';
import type { Tokens } from './tokens/tokens';
import type { Usage } from './tokens/usage';
import type { TokensView } from './view/tokensView';

/** What commands work with; made once, in `buildParts.ts`. */
export interface Services {
  readonly store: Store;
  readonly lists: TokenLists;
  readonly calls: SignedInCalls;
  /** Loaded when it is first asked for. */
  readonly tokens: () => Promise<Tokens>;
  readonly leftovers: Leftovers;
  readonly reminders: Reminders;
  readonly usage: Usage;
  readonly activity: ActivityRecorder;
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

/** A command: what it was given, whether a person called it through a menu or the palette, and the other selected rows. */
export interface Call {
  readonly argument: unknown;
  readonly selection: readonly unknown[];
  readonly interactive: boolean;
}

export type Command = (services: Services, call: Call) => Promise<unknown>;
