import * as vscode from 'vscode';

import { Disposable, onTrustOrSetting } from '../base/disposable';
import { coalesced } from '../base/async';
import { type Credentials, keyedHash } from '../base/secret';
import { settings } from '../base/settings';
import { type Connection, sameToken, tokenKey, type TokenRef, type Use } from '../secrets/records';
import type { Store } from '../secrets/store';
import { variablesOf } from './variables';

/** The token that the terminals of a scope get. Holds no secret: terminals are remembered with it, for as long as they are open. */
export interface TerminalToken {
  readonly use: Use;
  /** The same for the same value, in this window. */
  readonly mark: string;
}

/** A token with its value. */
export interface OpenedToken {
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

/** A workspace folder by its URI, as the store names it; undefined for all that have no token of their own. */
type Scope = string | undefined;

/** What counts in a folder: its own, else what all have. */
function inFolder<T>(all: ReadonlyMap<Scope, T>, folder: Scope): T | undefined {
  return all.get(folder) ?? all.get(undefined);
}

/**
 * Keeps the environment of new integrated terminals and tasks at what it should be: the token in use of their
 * folder, else the one of all, and nothing where there is none, the workspace is not trusted, or the setting is off.
 */
export class TerminalEnvironment extends Disposable {
  readonly #changed = this.register(new vscode.EventEmitter<void>());
  readonly #hash = keyedHash();
  #held: ReadonlyMap<Scope, TerminalToken> = new Map();
  /** Tokens that are being put to use, and aren't stored as such yet. */
  readonly #early = new Map<Scope, OpenedToken>();
  /** How often something changed that it follows, the store's own count apart. */
  #heard = 0;
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
    private readonly failed: (error: unknown) => void,
  ) {
    super();
  }

  /** Begins to keep it. Resolves when terminals that open from then on get what is stored now, or nothing where that fails. */
  start(): Promise<void> {
    const follow = () => {
      this.#heard++;
      return this.update().catch(this.failed);
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
          (change.kind === 'connection' && this.#isHeld(change.connectionId))
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
  held(folder: Scope): TerminalToken | undefined {
    return inFolder(this.#held, folder);
  }

  /**
   * What a debug session gets that starts now in this folder, or outside of any, read anew; undefined where no token is
   * in use there, or the workspace is not trusted. Whether terminals get one is a setting of theirs.
   */
  async given(folder: Scope): Promise<{ readonly use: Use; readonly variables: Map<string, string> } | undefined> {
    const stored = vscode.workspace.isTrusted ? await this.#stored() : new Map<Scope, OpenedToken>();
    const opened = inFolder(stored, folder);
    return opened && { use: opened.use, variables: variablesFor(opened) };
  }

  /** Resolves when terminals that open from now on get what is stored now. Asks nobody where nothing has changed. */
  readonly update = coalesced(async () => {
    const changes = this.#heard + this.store.changes();
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
  async giveEarly(token: OpenedToken, storing: () => Promise<void>): Promise<void> {
    const scope = token.use.folder;
    this.#early.set(scope, token);
    if (isAllowed()) {
      this.#write(new Map([...this.#written(), [scope, variablesFor(token)]]));
      this.#set(new Map([...this.#held, [scope, this.#marked(token)]]));
    }
    try {
      await storing();
    } finally {
      if (this.#early.get(scope) === token) {
        this.#early.delete(scope);
      }
      this.#heard++;
    }
  }

  async #apply(): Promise<void> {
    let opened = new Map<Scope, OpenedToken>();
    try {
      if (isAllowed()) {
        opened = new Map([...(await this.#stored()), ...this.#early]);
      }
      this.#remember([...opened.values()]);
    } finally {
      // What cannot be read may have been revoked: better no token than a stale one.
      this.#write(mapped(opened, variablesFor));
      this.#set(mapped(opened, (token) => this.#marked(token)));
    }
  }

  #marked({ use, credentials }: OpenedToken): TerminalToken {
    return { use, mark: this.#hash(credentials.token.reveal()) };
  }

  /** The variables that terminals get now. */
  #written(): Map<Scope, ReadonlyMap<string, string>> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const scoped = folders.map(
      (folder) => [folder.uri.toString(), present(this.collection.getScoped({ workspaceFolder: folder }))] as const,
    );
    return new Map<Scope, ReadonlyMap<string, string>>([[undefined, present(this.collection)], ...scoped]);
  }

  #set(held: ReadonlyMap<Scope, TerminalToken>): void {
    const before = this.#held;
    this.#held = held;
    const scopes = new Set([...before.keys(), ...held.keys()]);
    if ([...scopes].some((scope) => !sameTerminalToken(before.get(scope), held.get(scope)))) {
      this.#changed.fire();
    }
  }

  #write(wanted: ReadonlyMap<Scope, ReadonlyMap<string, string>>): void {
    const scoped = (vscode.workspace.workspaceFolders ?? []).map(
      (folder) => [this.collection.getScoped({ workspaceFolder: folder }), wanted.get(folder.uri.toString())] as const,
    );
    const all = wanted.get(undefined);
    const addsToAll = [...(all?.keys() ?? [])].some((variable) => !this.collection.get(variable));
    for (const [collection, variables] of scoped) {
      // Of two that apply to a terminal the one that was added last wins: those of a folder have to come after.
      write(collection, addsToAll ? undefined : variables);
    }
    write(this.collection, all);
    for (const [collection, variables] of scoped) {
      write(collection, variables);
    }
  }

  #isHeld(connectionId: string): boolean {
    return [...this.#held.values()].some(({ use }) => use.connectionId === connectionId);
  }

  /**
   * The tokens in use here whose values are stored. Terminals wait for it. What was in use last most likely still is, so
   * that it is read while the storage is asked what is.
   */
  async #stored(): Promise<Map<Scope, OpenedToken>> {
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

  #remember(opened: readonly OpenedToken[]): void {
    const refs = opened.map(({ use: { connectionId, id } }): TokenRef => ({ connectionId, id }));
    if (JSON.stringify(refs) !== JSON.stringify(this.state.get(lastKey, []))) {
      void this.state.update(lastKey, refs.length === 0 ? undefined : refs);
    }
  }
}

function mapped<T, U>(all: ReadonlyMap<Scope, T>, to: (one: T) => U): Map<Scope, U> {
  return new Map([...all].map(([scope, one]) => [scope, to(one)]));
}

function variablesFor({ credentials, connection }: OpenedToken): Map<string, string> {
  return variablesOf(credentials, connection, settings.sdkVariables());
}

function present(collection: vscode.EnvironmentVariableCollection): Map<string, string> {
  const variables = new Map<string, string>();
  collection.forEach((variable, { value }) => variables.set(variable, value));
  return variables;
}

/** Whether terminals of this window get a token at all. */
function isAllowed(): boolean {
  return vscode.workspace.isTrusted && settings.terminalEnabled();
}

/** Changes what differs and nothing else, since the editor marks open terminals at every change. */
function write(
  collection: vscode.EnvironmentVariableCollection,
  variables: ReadonlyMap<string, string> = new Map<string, string>(),
): void {
  const before = present(collection);
  for (const variable of before.keys()) {
    if (!variables.has(variable)) {
      collection.delete(variable);
    }
  }
  for (const [variable, value] of variables) {
    if (before.get(variable) !== value) {
      collection.replace(variable, value);
    }
  }
}
