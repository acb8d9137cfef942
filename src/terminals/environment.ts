import * as vscode from 'vscode';

import { Disposable, onTrustOrSetting } from '../base/disposable';
import { coalesced } from '../base/async';
import { type Credentials, keyedHash } from '../base/secret';
import { settings } from '../base/settings';
import { type Connection, sameToken, tokenKey, type TokenRef, type Use } from '../secrets/records';
import type { Store } from '../secrets/store';
import { inFolder, readVariables, type Scope, writeVariables } from './collections';
import { variablesOf } from './variables';

/** The token that the terminals of a scope get. Holds no secret: terminals are remembered with it, for as long as they are open. */
export interface TerminalToken {
  readonly use: Use;
  /** The same for the same value, in this window. */
  readonly mark: string;
}

/** A token with its value. */
export interface TokenWithValue {
  readonly use: Use;
  readonly credentials: Credentials;
  /** Its project, unless that was signed out. */
  readonly connection: Connection | undefined;
}

export function sameTerminalToken(a: TerminalToken | undefined, b: TerminalToken | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && sameToken(a.use, b.use) && a.mark === b.mark);
}

/** Where the editor's global state keeps which tokens were in use last. */
const lastKey = 'lastInUse';

/**
 * Keeps the environment of new integrated terminals and tasks at what it should be: the token in use of their
 * folder, else the one of all, and nothing where there is none, the workspace is not trusted, or the setting is off.
 */
export class TerminalEnvironment extends Disposable {
  readonly #changed = this.register(new vscode.EventEmitter<void>());
  readonly #hash = keyedHash();
  #tokens: ReadonlyMap<Scope, TerminalToken> = new Map();
  /** Tokens that are being put to use, and aren't stored as such yet. */
  readonly #early = new Map<Scope, TokenWithValue>();
  /** How often something changed that it follows, the store's own count apart. */
  #changes = 0;
  /** What both had come to when the work began that was done last; undefined where that failed. */
  #applied: number | undefined;

  /** Fires when new terminals get something else than before. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly collection: vscode.GlobalEnvironmentVariableCollection,
    private readonly store: Store,
    /** Keeps which tokens were in use last. */
    private readonly state: vscode.Memento,
    /** Is told why terminals did not get what they should. */
    private readonly onError: (error: unknown) => void,
  ) {
    super();
  }

  /** Begins to keep it. Resolves when terminals that open from then on get what is stored now, or nothing where that fails. */
  start(): Promise<void> {
    const follow = () => {
      this.#changes++;
      return this.update().catch(this.onError);
    };
    // What is stored is on its way before the editor is asked for anything else.
    const first = follow();
    // Before anything of it arrives. The default writes the values to disk in plain text.
    this.collection.persistent = false;
    this.collection.description = vscode.l10n.t('The TIR token in use');
    this.register(
      this.store.onDidChange((change) => {
        // A project is part of it by its extra names of variables, and only while a token of it is in use.
        if (
          change.kind === 'value' ||
          change.kind === 'in-use' ||
          (change.kind === 'connection' && this.#isInUse(change.connectionId))
        ) {
          void follow();
        }
      }),
    );
    this.register(vscode.workspace.onDidChangeWorkspaceFolders(follow));
    this.register(onTrustOrSetting('tir.terminal', follow));
    return first;
  }

  /** What a terminal gets that opens now in this folder, or outside of any. */
  tokenIn(folder: Scope): TerminalToken | undefined {
    return inFolder(this.#tokens, folder);
  }

  /**
   * What a debug session gets that starts now in this folder, or outside of any, read anew; undefined where no token is
   * in use there, or the workspace is not trusted. Whether terminals get one is a setting of theirs.
   */
  async forDebugging(
    folder: Scope,
  ): Promise<{ readonly use: Use; readonly variables: Map<string, string> } | undefined> {
    const stored = vscode.workspace.isTrusted ? await this.#stored() : new Map<Scope, TokenWithValue>();
    const opened = inFolder(stored, folder);
    return opened && { use: opened.use, variables: variablesFor(opened) };
  }

  /** Resolves when terminals that open from now on get what is stored now. Asks nobody where nothing has changed. */
  readonly update = coalesced(async () => {
    const changes = this.#changes + this.store.changes();
    if (changes !== this.#applied) {
      this.#applied = undefined;
      await this.#apply();
      this.#applied = changes;
    }
  });

  /**
   * Gives a token to new terminals at once, from the value at hand, while its use is being stored.
   * @param storing resolves when it's stored; what's stored counts from then on, also if that failed
   */
  async useEarly(token: TokenWithValue, storing: () => Promise<void>): Promise<void> {
    const scope = token.use.folder;
    this.#early.set(scope, token);
    if (isAllowed()) {
      writeVariables(this.collection, new Map([...readVariables(this.collection), [scope, variablesFor(token)]]));
      this.#set(new Map([...this.#tokens, [scope, this.#toTerminalToken(token)]]));
    }
    try {
      await storing();
    } finally {
      if (this.#early.get(scope) === token) {
        this.#early.delete(scope);
      }
      this.#changes++;
    }
  }

  async #apply(): Promise<void> {
    let opened = new Map<Scope, TokenWithValue>();
    try {
      if (isAllowed()) {
        opened = new Map([...(await this.#stored()), ...this.#early]);
      }
      this.#remember([...opened.values()]);
    } finally {
      // What cannot be read may have been revoked: better no token than a stale one.
      writeVariables(this.collection, mapped(opened, variablesFor));
      this.#set(mapped(opened, (token) => this.#toTerminalToken(token)));
    }
  }

  #toTerminalToken({ use, credentials }: TokenWithValue): TerminalToken {
    return { use, mark: this.#hash(credentials.token.reveal()) };
  }

  #set(held: ReadonlyMap<Scope, TerminalToken>): void {
    const before = this.#tokens;
    this.#tokens = held;
    const scopes = new Set([...before.keys(), ...held.keys()]);
    if ([...scopes].some((scope) => !sameTerminalToken(before.get(scope), held.get(scope)))) {
      this.#changed.fire();
    }
  }

  #isInUse(connectionId: string): boolean {
    return [...this.#tokens.values()].some(({ use }) => use.connectionId === connectionId);
  }

  /**
   * The tokens in use here whose values are stored. Terminals wait for it. What was in use last most likely still is, so
   * that it is read while the storage is asked what is.
   */
  async #stored(): Promise<Map<Scope, TokenWithValue>> {
    const last = this.state.get<readonly TokenRef[]>(lastKey, []);
    const reads = new Map(last.map((ref) => [tokenKey(ref), this.#read(ref)]));
    for (const reading of reads.values()) {
      // What is not in use any more is nobody's concern.
      reading.catch(() => undefined);
    }
    const folders = vscode.workspace.workspaceFolders ?? [];
    const uses = await this.store.usesIn(folders.map(({ uri }) => uri.toString()));
    const opened = await Promise.all(
      uses.map(async (use) => {
        const [stored, signedIn] = await (reads.get(tokenKey(use)) ?? this.#read(use));
        return stored && { use, credentials: stored.credentials, connection: signedIn?.connection };
      }),
    );
    return new Map(opened.filter((one) => one !== undefined).map((one) => [one.use.folder, one]));
  }

  #read(ref: TokenRef) {
    return Promise.all([this.store.token(ref), this.store.connection(ref.connectionId)]);
  }

  #remember(opened: readonly TokenWithValue[]): void {
    const refs = opened.map(({ use: { connectionId, id } }): TokenRef => ({ connectionId, id }));
    if (JSON.stringify(refs) !== JSON.stringify(this.state.get(lastKey, []))) {
      void this.state.update(lastKey, refs.length === 0 ? undefined : refs);
    }
  }
}

function mapped<T, U>(all: ReadonlyMap<Scope, T>, to: (one: T) => U): Map<Scope, U> {
  return new Map([...all].map(([scope, one]) => [scope, to(one)]));
}

function variablesFor({ credentials, connection }: TokenWithValue): Map<string, string> {
  return variablesOf(credentials, connection, settings.sdkVariables());
}

/** Whether terminals of this window get a token at all. */
function isAllowed(): boolean {
  return vscode.workspace.isTrusted && settings.terminalEnabled();
}
