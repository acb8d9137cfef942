import type * as vscode from 'vscode';

import type { SignedIn } from '../secrets/records';
import type { Store } from '../secrets/store';
import type { TerminalEnvironment } from '../terminals/environment';
import type { TirClient } from '../tir/client';
import type { TokenLists } from '../tir/lists';
import type { TokensView } from '../view/tokensView';
import type { Clipboard } from './clipboard';

/** What commands work with; made once, in `extension.ts`. */
export interface Parts {
  readonly store: Store;
  readonly lists: TokenLists;
  readonly terminals: TerminalEnvironment;
  readonly view: TokensView;
  readonly clipboard: Clipboard;
  readonly log: vscode.LogOutputChannel;
  /** The API as one who is signed in. */
  client(signedIn: SignedIn): TirClient;
  /** Where the API is, for sentences. */
  host(): string;
}

/** A command: what it was given, whether a person called it through a menu or the palette, and the other selected rows. */
export interface Call {
  readonly argument: unknown;
  readonly selection: readonly unknown[];
  readonly byHand: boolean;
}

export type Command = (parts: Parts, call: Call) => Promise<unknown>;
