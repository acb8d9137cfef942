import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { Activity } from '../../src/lifecycle/activity';
import { Leftovers } from '../../src/lifecycle/leftovers';
import { Reminders } from '../../src/lifecycle/reminders';
import { Rotations } from '../../src/lifecycle/rotation';
import { Sessions } from '../../src/lifecycle/session';
import { Trail } from '../../src/lifecycle/trail';
import { Usage } from '../../src/lifecycle/usage';
import type { Parts } from '../../src/parts';
import type { ListableStorage } from '../../src/secrets/listableSecrets';
import { Store } from '../../src/secrets/store';
import { TerminalEnvironment } from '../../src/terminals/environment';
import { TirClient } from '../../src/tir/client';
import { TokenLists } from '../../src/tir/lists';
import type { Wait } from '../../src/tir/retry';
import { Secret, type Credentials } from '../../src/tir/secret';
import type { Emulator, PlatformToken } from '../emulator/emulator';

/** The editor's global state, in memory. */
export class Memory implements vscode.Memento {
  readonly #kept = new Map<string, unknown>();
  keys = () => [...this.#kept.keys()];
  get<T>(key: string, otherwise?: T): T {
    return (this.#kept.get(key) ?? otherwise) as T;
  }
  update(key: string, value: unknown): Promise<void> {
    this.#kept.set(key, value);
    return Promise.resolve();
  }
}

/** What a token of the emulator authenticates calls with. */
export function credentialsOf({ value, apiKey }: Pick<PlatformToken, 'value' | 'apiKey'>): Required<Credentials> {
  return { token: new Secret(value), apiKey: new Secret(apiKey) };
}

/** Takes what one window puts into the environment of its terminals. The editor gives an extension one collection alone. */
export class Collection {
  readonly variables = new Map<string, string>();
  persistent = true;
  replace = (variable: string, value: string) => {
    assert.ok(!this.persistent, 'what is replaced before is written to disk');
    this.variables.set(variable, value);
  };
  delete = (variable: string) => void this.variables.delete(variable);
  clear = () => this.variables.clear();
  forEach = (callback: (variable: string, mutator: { value: string }) => void) =>
    [...this.variables].forEach(([variable, value]) => callback(variable, { value }));
  get = (variable: string) => this.variables.get(variable);
  getScoped = () => Object.assign(new Collection(), { persistent: this.persistent });

  /** The environment of the terminals of that window. */
  environment(store: Store, log: vscode.LogOutputChannel, state: vscode.Memento = new Memory()): TerminalEnvironment {
    const collection = this as unknown as vscode.GlobalEnvironmentVariableCollection;
    const environment = new TerminalEnvironment(collection, store, state, (error) => log.error(String(error)));
    void environment.start();
    return environment;
  }
}

interface Given {
  readonly now?: () => number;
  readonly state?: vscode.Memento;
  /** Where the audit trail is; goes with the window. */
  readonly folder?: string;
  readonly apiUrl?: () => string;
  readonly timeoutSeconds?: () => number;
  /** Pauses between retries of the API's calls; by the real clock if not given. */
  readonly wait?: Wait;
  /** One that several windows share; else one of its own, which goes with the window. */
  readonly log?: vscode.LogOutputChannel;
}

/** A window of its own, without a view: its storage and its clock are the test's. */
export interface TestWindow {
  readonly parts: Parts;
  end(): void;
}

export function newWindow(emulator: Emulator, secrets: ListableStorage, given: Given = {}): TestWindow {
  const { now = Date.now, state = new Memory(), apiUrl = () => emulator.apiUrl } = given;
  const storage = vscode.Uri.file(given.folder ?? mkdtempSync(join(tmpdir(), 'tir-window-')));
  const log = given.log ?? vscode.window.createOutputChannel('TIR Tokens (test)', { log: true });
  const store = new Store(secrets, () => undefined);
  const client: Parts['client'] = ({ connection, credentials }) =>
    new TirClient(connection, credentials, {
      apiUrl: apiUrl(),
      timeoutSeconds: given.timeoutSeconds?.() ?? 15,
      ...(given.wait && { wait: given.wait }),
    });
  const sessions = new Sessions(store, client, () => undefined);
  const lists = new TokenLists((connectionId) => sessions.call(connectionId, (api) => api.list()));
  const activity = new Activity(new Trail(storage, 'test', now), store, log);
  const rotations = new Rotations(store, lists, sessions, client, now);
  const nothing = { redraw: () => undefined, refresh: () => undefined };
  const parts = {
    ...{ store, lists, sessions, activity, log, client, now },
    rotations: () => Promise.resolve(rotations),
    usage: new Usage(state, now),
    leftovers: new Leftovers(store, lists, client, now),
    reminders: new Reminders(store, state, storage, now),
    ...{ view: nothing, activityPage: nothing },
    host: () => 'host',
  } as unknown as Parts;
  return {
    parts,
    end() {
      store.dispose();
      if (!given.log) {
        log.dispose();
      }
      rmSync(storage.fsPath, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
