import * as vscode from 'vscode';

import { inTurn } from '../inTurn';
import { keyedHash } from '../keyedHash';
import { sameToken, type Use } from '../secrets/records';
import type { Store } from '../secrets/store';
import { settings } from '../settings';
import type { Credentials } from '../tir/secret';
import { isHere } from './folders';
import { variablesOf } from './variables';

/** The token that the terminals of a scope get. Holds no secret: terminals are remembered with it, for as long as they are open. */
export interface Held {
  readonly use: Use;
  /** The same for the same value, in this window. */
  readonly mark: string;
}

/** One whose value is at hand. */
interface Opened {
  readonly use: Use;
  readonly credentials: Credentials;
}

export function sameHeld(a: Held | undefined, b: Held | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && sameToken(a.use, b.use) && a.mark === b.mark);
}

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
export class TerminalEnvironment implements vscode.Disposable {
  readonly #subscriptions: { dispose(): unknown }[];
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #hash = keyedHash();
  #held: ReadonlyMap<Scope, Held> = new Map();

  /** Fires when new terminals get something else than before. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly collection: vscode.GlobalEnvironmentVariableCollection,
    private readonly store: Store,
    private readonly log: vscode.LogOutputChannel,
  ) {
    // The default is true, and writes the values to disk in plain text.
    collection.persistent = false;
    collection.description = vscode.l10n.t('The TIR token in use');
    const follow = () => {
      this.update().catch((error: unknown) => {
        this.log.error(String(error));
      });
    };
    this.#subscriptions = [
      this.#changed,
      store.onDidChange((change) => {
        // A project is part of it by its extra names of variables, and only while a token of it is in use.
        if (
          change.kind === 'value' ||
          change.kind === 'in-use' ||
          (change.kind === 'connection' && this.#isHeld(change.connectionId))
        ) {
          follow();
        }
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(follow),
      vscode.workspace.onDidChangeWorkspaceFolders(follow),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('tir.terminal')) {
          follow();
        }
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  /** What a terminal gets that opens now in this folder, or outside of any. */
  held(folder: Scope): Held | undefined {
    return inFolder(this.#held, folder);
  }

  /**
   * What a debug session gets that starts now in this folder, or outside of any, read anew; undefined where no token is
   * in use there, or the workspace is not trusted. Whether terminals get one is a setting of theirs.
   */
  async given(folder: Scope): Promise<{ readonly use: Use; readonly variables: Map<string, string> } | undefined> {
    const stored = vscode.workspace.isTrusted ? await this.#stored() : new Map<Scope, Opened>();
    const opened = inFolder(stored, folder);
    return opened && { use: opened.use, variables: await this.#variables(opened) };
  }

  /** Resolves when terminals that open from now on get what is stored now. */
  readonly update = inTurn(() => this.#apply());

  async #apply(): Promise<void> {
    const held = new Map<Scope, Held>();
    const wanted = new Map<Scope, Map<string, string>>();
    try {
      const isWanted = vscode.workspace.isTrusted && settings.terminalEnabled();
      for (const [scope, opened] of isWanted ? await this.#stored() : []) {
        wanted.set(scope, await this.#variables(opened));
        held.set(scope, { use: opened.use, mark: this.#hash(opened.credentials.token.reveal()) });
      }
    } catch (error) {
      // What cannot be read may have been revoked: better no token than a stale one.
      this.#write(new Map());
      this.#set(new Map());
      throw error;
    }
    this.#write(wanted);
    this.#set(held);
  }

  #set(held: Map<Scope, Held>): void {
    const before = this.#held;
    this.#held = held;
    const scopes = new Set([...before.keys(), ...held.keys()]);
    if ([...scopes].some((scope) => !sameHeld(before.get(scope), held.get(scope)))) {
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

  /** The tokens in use here whose values are stored. */
  async #stored(): Promise<Map<Scope, Opened>> {
    const found = new Map<Scope, Opened>();
    for (const use of (await this.store.uses()).filter(isHere)) {
      const stored = await this.store.token(use);
      if (stored) {
        found.set(use.folder, { use, credentials: stored.credentials });
      }
    }
    return found;
  }

  async #variables({ use, credentials }: Opened): Promise<Map<string, string>> {
    const signedIn = await this.store.connection(use.connectionId);
    return variablesOf(credentials, signedIn?.connection, settings.sdkVariables());
  }
}

/** Changes what differs and nothing else, since the editor marks open terminals at every change. */
function write(
  collection: vscode.EnvironmentVariableCollection,
  variables: ReadonlyMap<string, string> = new Map<string, string>(),
): void {
  const present = new Map<string, string>();
  collection.forEach((variable, { value }) => present.set(variable, value));
  for (const variable of present.keys()) {
    if (!variables.has(variable)) {
      collection.delete(variable);
    }
  }
  for (const [variable, value] of variables) {
    if (present.get(variable) !== value) {
      collection.replace(variable, value);
    }
  }
}
