import type * as vscode from 'vscode';

import type { ActivityPage } from './activity/page';
import type { ActivityRecorder } from './activity/recorder';
import type { Clipboard } from './export/clipboard';
import type { LeakGuard } from './leaks/leakGuard';
import type { Lasting } from './secrets/lasting';
import type { Store } from './secrets/store';
import type { TerminalEnvironment } from './terminals/environment';
import type { NotebookKernels } from './notebooks/notebookKernels';
import type { OpenTerminals } from './terminals/openTerminals';
import type { ShellQuestions } from './terminals/shellQuestions';
import type { TokenLists } from './tir/lists';
import type { Reminders } from './tokens/reminders';
import type { RevokedValues } from './tokens/revokedValues';
import type { ClientOf, SignedInCalls } from './tokens/signedInCalls';
import type { Tokens } from './tokens/tokens';
import type { Usage } from './tokens/usage';
import type { TokensView } from './view/tokensView';

/** The objects that commands and background work share; put together once, by `buildServices` in `start.ts`. */
export interface Services {
  readonly store: Store;
  readonly lasting: Lasting;
  readonly lists: TokenLists;
  readonly calls: SignedInCalls;
  /** Loads its module on the first call. */
  readonly tokens: () => Promise<Tokens>;
  readonly revokedValues: RevokedValues;
  readonly reminders: Reminders;
  readonly usage: Usage;
  readonly activity: ActivityRecorder;
  readonly activityPage: ActivityPage;
  /** Loads its module on the first call. */
  readonly leaks: () => Promise<LeakGuard>;
  readonly terminals: TerminalEnvironment;
  readonly openTerminals: OpenTerminals;
  /** What is remembered on this machine, and in this workspace. Never secrets. */
  readonly globalState: vscode.Memento;
  readonly workspaceState: vscode.Memento;
  readonly shellQuestions: ShellQuestions;
  /** Loads its module on the first call. */
  readonly notebookKernels: () => Promise<NotebookKernels>;
  readonly view: TokensView;
  readonly clipboard: Clipboard;
  readonly log: vscode.LogOutputChannel;
  /** Creates an API client for credentials that aren't stored yet. Use `calls` for all other calls. */
  readonly client: ClientOf;
  /** Returns the API's host, for messages. */
  host(): string;
  /** Current time in milliseconds since 1970. */
  readonly now: () => number;
}

/** How a command was called. */
export interface CommandCall {
  readonly argument: unknown;
  /** The selected rows, including the clicked one; empty if there's only `argument`. */
  readonly selection: readonly unknown[];
  /** Whether a person called it, from the UI, rather than a program. */
  readonly interactive: boolean;
}

export type Command = (services: Services, call: CommandCall) => Promise<unknown>;
