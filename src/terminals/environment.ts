import * as vscode from 'vscode';

import { Disposable, onSetting, onTrustOrSetting } from '../base/disposable';
import { coalesced } from '../base/async';
import { windowFolders } from '../base/folders';
import type { Credentials } from '../base/secret';
import { settings } from '../base/settings';
import { type Connection, tokenKey, type TokenRef, type Use } from '../secrets/records';
import type { Store } from '../secrets/store';
import { FolderVariables, inFolder, type Scope, type Variables } from './collections';
import { asOptions } from './terminalOptions';
import { sameTerminalToken, type TerminalToken, TerminalTokens } from './terminalTokens';
import { variablesOf } from './variables';

export interface TokenWithValue {
  readonly use: Use;
  readonly credentials: Credentials;
  /** The token's project; undefined if signed out of it. */
  readonly connection: Connection | undefined;
}

/** Key in the global state of the tokens that were last in use. */
const lastInUseKey = 'lastInUse';

/** Milliseconds until the storage is asked again after a failure. Doubled each time. */
const firstRetry = 1000;
const lastRetry = 60_000;

/**
 * Keeps the environment of new integrated terminals and tasks up to date. They get the token in use in their folder,
 * or else the one in use in all terminals. They get nothing if no token is in use, the workspace isn't trusted, or the
 * setting is off.
 */
export class TerminalEnvironment extends Disposable {
  readonly #changed = this.register(new vscode.EventEmitter<void>());
  readonly #variables: FolderVariables;
  /** By scope; undefined for a folder that gets none because its token's value is missing. */
  #tokens: ReadonlyMap<Scope, TerminalToken | undefined> = new Map();
  /** Tokens that terminals already get while their use is still being stored. */
  readonly #pendingUses = new Map<Scope, TokenWithValue>();
  /** Number of changes, except those of the store, which counts its own. */
  #changes = 0;
  /** Change count last applied, the store's included; undefined while applying, or if applying failed. */
  #appliedChanges: number | undefined;
  /** No event tells when a keyring that failed works again. */
  #retry: NodeJS.Timeout | undefined;
  #retryAfter = firstRetry;

  /** Recognizes the tokens that terminals have. */
  readonly tokens: TerminalTokens;

  /** Fires when the token of new terminals changes. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly collection: vscode.GlobalEnvironmentVariableCollection,
    private readonly store: Store,
    /** Stores which tokens were last in use, and the key of digests. */
    private readonly state: vscode.Memento,
    /** Receives the reason if terminals couldn't be updated. */
    private readonly onError: (error: unknown) => void,
  ) {
    super();
    this.#variables = new FolderVariables(collection);
    this.tokens = new TerminalTokens(state, store);
  }

  /** Starts to follow changes. Resolves when new terminals get the stored token, or nothing if it can't be read. */
  start(): Promise<void> {
    const follow = (): Promise<void> => {
      this.#changes++;
      return this.update().catch(this.onError);
    };
    this.register(new vscode.Disposable(() => clearTimeout(this.#retry)));
    // Request the stored values before asking VS Code for anything else.
    const first = follow();
    // Set this before the values arrive. The default, true, writes them to disk in plain text.
    this.collection.persistent = false;
    this.collection.description = vscode.l10n.t('The TIR token in use');
    this.register(
      this.store.onDidChange((change) => {
        // A project matters only for its extra variable names, and only while one of its tokens is in use.
        if (
          change.kind === 'value' ||
          change.kind === 'in-use' ||
          (change.kind === 'connection' && this.#isInUse(change.connectionId))
        ) {
          void follow();
        }
      }),
    );
    this.register(
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        // Until the tokens are read, no folder gets those of another one that had its index.
        this.#variables.set((folder) => this.#variables.of(folder));
        void follow();
      }),
    );
    this.register(onTrustOrSetting('tir.terminal', follow));
    this.register(onSetting('tir.terminal.scope', () => void follow().finally(() => this.#changed.fire())));
    return first;
  }

  /** Returns the token in use in this folder, or outside any folder; undefined if terminals get none. */
  tokenIn(folder: Scope): TerminalToken | undefined {
    return inFolder(this.#tokens, folder);
  }

  /** Returns the token that any terminal gets that opens now in this folder, or outside any folder. */
  tokenOfNewTerminals(folder: Scope): TerminalToken | undefined {
    return settings.chosenTerminalsOnly() ? undefined : this.tokenIn(folder);
  }

  /** Adds the token in use to the options of a terminal that is opened with it, unless every terminal gets it. */
  async withToken(options: vscode.TerminalOptions, folder: Scope): Promise<vscode.TerminalOptions> {
    const opened = settings.chosenTerminalsOnly() && isAllowed() ? await this.readInUse(folder) : undefined;
    return opened ? { ...options, env: { ...options.env, ...asOptions(opened.variables) } } : options;
  }

  /** Tells whether a folder's terminals have a token that is in use in that folder alone, even if it can't be read. */
  hasOwn(folder: string): boolean {
    return this.#tokens.has(folder);
  }

  /**
   * Reads the token in use in this folder, or outside any folder, with its variables. Resolves to undefined if none is in
   * use there, or the workspace isn't trusted. The settings for terminals don't matter here.
   */
  async readInUse(folder: Scope): Promise<{ readonly use: Use; readonly variables: Map<string, string> } | undefined> {
    const opened = vscode.workspace.isTrusted ? inFolder(await this.#stored(), folder) : undefined;
    return opened && { use: opened.use, variables: variablesFor(opened) };
  }

  /** Resolves when new terminals have the stored tokens. Reads nothing if nothing has changed. */
  readonly update = coalesced(async () => {
    const changes = this.#changes + this.store.changes();
    if (changes !== this.#appliedChanges) {
      this.#appliedChanges = undefined;
      clearTimeout(this.#retry);
      try {
        await this.#apply();
      } catch (error) {
        this.#retry = setTimeout(() => void this.update().catch(this.onError), this.#retryAfter).unref();
        this.#retryAfter = Math.min(2 * this.#retryAfter, lastRetry);
        throw error;
      }
      this.#appliedChanges = changes;
      this.#retryAfter = firstRetry;
    }
  });

  /**
   * Gives new terminals a token at once, without waiting until its use is stored.
   * @param storing stores the use; once it settles, even if it fails, the stored state counts again
   */
  async useEarly(token: TokenWithValue, storing: () => Promise<void>): Promise<void> {
    const scope = token.use.folder;
    this.#pendingUses.set(scope, token);
    if (isAllowed()) {
      const tokens = new Map([...this.#tokens, [scope, this.#toTerminalToken(token)]]);
      const variables = variablesFor(token);
      this.#give((folder) =>
        (tokens.has(folder) ? folder : undefined) === scope ? variables : this.#variables.of(folder),
      );
      this.#set(tokens);
    }
    try {
      await storing();
    } catch (error) {
      this.#forgetPending(scope, token);
      // Terminals must not keep a token that isn't in use.
      await this.update().catch(this.onError);
      throw error;
    }
    this.#forgetPending(scope, token);
    // Apply the changes of other windows, which waited for this.
    void this.update().catch(this.onError);
  }

  #forgetPending(scope: Scope, token: TokenWithValue): void {
    if (this.#pendingUses.get(scope) === token) {
      this.#pendingUses.delete(scope);
    }
    this.#changes++;
  }

  async #apply(): Promise<void> {
    let opened = new Map<Scope, TokenWithValue | undefined>();
    try {
      if (isAllowed()) {
        opened = new Map([...(await this.#stored()), ...this.#pendingUses]);
      }
      this.#remember([...opened.values()]);
    } finally {
      // A token that can't be read may have been revoked: better no token than a stale one.
      const variables = mapped(opened, variablesFor);
      this.#give((folder) => inFolder(variables, folder));
      this.#set(mapped(opened, (token) => this.#toTerminalToken(token)));
    }
  }

  #give(variables: (folder: Scope) => Variables | undefined): void {
    this.#variables.set(settings.chosenTerminalsOnly() ? () => undefined : variables);
  }

  #toTerminalToken({ use, credentials }: TokenWithValue): TerminalToken {
    return this.tokens.note(use, this.tokens.digest(credentials.token.reveal()));
  }

  #set(tokens: ReadonlyMap<Scope, TerminalToken | undefined>): void {
    const before = this.#tokens;
    this.#tokens = tokens;
    const scopes = new Set([...before.keys(), ...tokens.keys()]);
    if ([...scopes].some((scope) => !sameTerminalToken(inFolder(before, scope), inFolder(tokens, scope)))) {
      this.#changed.fire();
    }
  }

  #isInUse(connectionId: string): boolean {
    return [...this.#tokens.values()].some((token) => token?.token.connectionId === connectionId);
  }

  /**
   * Reads the tokens in use in this window; undefined for a scope whose value or record is missing or can't be read.
   * Terminals wait for this. The last tokens in use probably still are, so they're read while the storage is asked which
   * ones are in use now.
   */
  async #stored(): Promise<Map<Scope, TokenWithValue | undefined>> {
    const last = this.state.get<readonly TokenRef[]>(lastInUseKey, []);
    const reads = new Map(last.map((ref) => [tokenKey(ref), this.#read(ref)]));
    for (const reading of reads.values()) {
      // A failure doesn't matter if the token is no longer in use. Otherwise it's thrown below.
      reading.catch(() => undefined);
    }
    const uses = await this.store.usesInFolders(windowFolders());
    const opened = [...uses].map(async ([scope, use]) => {
      const [stored, signedIn] = use ? await (reads.get(tokenKey(use)) ?? this.#read(use)) : [];
      const token = use && stored && { use, credentials: stored.credentials, connection: signedIn?.connection };
      return [scope, token] as const;
    });
    return new Map(await Promise.all(opened));
  }

  #read(ref: TokenRef) {
    return Promise.all([this.store.tokenIfReadable(ref), this.store.connectionIfReadable(ref.connectionId)]);
  }

  #remember(opened: readonly (TokenWithValue | undefined)[]): void {
    const refs = opened.flatMap((token): TokenRef[] =>
      token ? [{ connectionId: token.use.connectionId, id: token.use.id }] : [],
    );
    if (JSON.stringify(refs) !== JSON.stringify(this.state.get(lastInUseKey, []))) {
      void this.state.update(lastInUseKey, refs.length === 0 ? undefined : refs);
    }
  }
}

function mapped<T, U>(all: ReadonlyMap<Scope, T | undefined>, to: (one: T) => U): Map<Scope, U | undefined> {
  return new Map([...all].map(([scope, one]) => [scope, one && to(one)]));
}

function variablesFor({ credentials, connection }: TokenWithValue): Map<string, string> {
  return variablesOf(credentials, connection, settings.sdkVariables());
}

/** Tells whether terminals of this window may get a token at all. */
function isAllowed(): boolean {
  return vscode.workspace.isTrusted && settings.terminalEnabled();
}
