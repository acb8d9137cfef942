import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { ActivityLog } from '../../src/activity/log';
import { ActivityRecorder } from '../../src/activity/recorder';
import { type Credentials, Secret } from '../../src/base/secret';
import { showOnce } from '../../src/commands/run';
import { Clipboard } from '../../src/export/clipboard';
import type { ListableStorage } from '../../src/secrets/listableSecrets';
import { Lasting } from '../../src/secrets/lasting';
import { Store } from '../../src/secrets/store';
import type { Services } from '../../src/services';
import { TerminalEnvironment } from '../../src/terminals/environment';
import { TirClient } from '../../src/tir/client';
import { TokenLists } from '../../src/tir/lists';
import { pause, type Wait } from '../../src/tir/retry';
import { Reminders } from '../../src/tokens/reminders';
import { RevokedValues } from '../../src/tokens/revokedValues';
import type { ShowValueOnce } from '../../src/tokens/rotation';
import { SignedInCalls } from '../../src/tokens/signedInCalls';
import { Tokens } from '../../src/tokens/tokens';
import { Usage } from '../../src/tokens/usage';
import type { Emulator, PlatformToken } from '../emulator/emulator';
import { fakeServices, newLog } from './fakeServices';
import { machine, Memory } from './keyring';

/** Returns the credentials of an emulator's token. */
export function credentialsOf({ value, apiKey }: Pick<PlatformToken, 'value' | 'apiKey'>): Required<Credentials> {
  return { token: new Secret(value), apiKey: new Secret(apiKey) };
}

type Mutator = Pick<vscode.EnvironmentVariableMutator, 'value'>;

/**
 * Stores the variables that a window sets for its terminals. VS Code has one collection for all terminals, and one for
 * each folder, which it knows only by the folder's index.
 */
export class Collection {
  readonly variables = new Map<string, string>();
  persistent = true;
  description: string | undefined;
  readonly #ofFolders = new Map<number, Collection>();

  replace = (variable: string, value: string) => {
    assert.ok(!this.persistent, 'a persistent collection writes its variables to disk');
    this.variables.set(variable, value);
  };
  delete = (variable: string) => void this.variables.delete(variable);
  clear = () => this.variables.clear();
  forEach = (callback: (variable: string, mutator: Mutator) => void) =>
    [...this.variables].forEach(([variable, value]) => callback(variable, { value }));
  get = (variable: string): Mutator | undefined => {
    const value = this.variables.get(variable);
    return value === undefined ? undefined : { value };
  };
  getScoped = ({ workspaceFolder }: vscode.EnvironmentVariableScope): Collection => {
    const index = workspaceFolder?.index ?? -1;
    const scoped = this.#ofFolders.get(index) ?? Object.assign(new Collection(), { persistent: this.persistent });
    this.#ofFolders.set(index, scoped);
    return scoped;
  };

  /** Returns a terminal's variables in the folder with this index. The folder's own override the others. */
  inFolder(index: number): ReadonlyMap<string, string> {
    return new Map([...this.variables, ...(this.#ofFolders.get(index)?.variables ?? [])]);
  }

  /** Creates and starts a terminal environment that writes to this collection. */
  environment(store: Store, log: vscode.LogOutputChannel, state: vscode.Memento = new Memory()): TerminalEnvironment {
    const collection = this as unknown as vscode.GlobalEnvironmentVariableCollection;
    const environment = new TerminalEnvironment(collection, store, state, (error) => log.error(String(error)));
    void environment.start();
    return environment;
  }
}

/** Waits for one turn of the event loop, whatever is asked for. */
const noPause: Wait = (_, signal) => pause(0, signal);

interface Given {
  readonly wait?: Wait;
  readonly now?: () => number;
  readonly state?: vscode.Memento;
  /** ID of the machine that runs it. */
  readonly machine?: string;
  /** Folder of the activity log; deleted when the window ends. */
  readonly folder?: string;
  readonly apiUrl?: () => string;
  readonly timeoutSeconds?: () => number;
  readonly showOnce?: ShowValueOnce;
}

/** A window without UI. The test controls its storage, clock and terminals. */
export interface TestWindow {
  readonly services: Services;
  /** Variables of its terminals. */
  readonly collection: Collection;
  end(): void;
}

export function newWindow(emulator: Emulator, secrets: ListableStorage, given: Given = {}): TestWindow {
  const { now = Date.now, state = new Memory(), apiUrl = () => emulator.apiUrl } = given;
  const storage = vscode.Uri.file(given.folder ?? mkdtempSync(join(tmpdir(), 'tir-window-')));
  const log = newLog();
  const store = new Store(secrets, given.machine ?? machine, () => undefined);
  const client: Services['client'] = ({ connection, credentials }) =>
    new TirClient(connection, credentials, {
      userAgent: 'tir-tokens/test',
      apiUrl: apiUrl(),
      timeoutSeconds: given.timeoutSeconds?.() ?? 15,
      wait: noPause,
    });
  const calls = new SignedInCalls(store, client, () => undefined);
  const lists = new TokenLists((connectionId, signal) => calls.list(connectionId, signal));
  const activity = new ActivityRecorder(new ActivityLog(storage, 'test', now), store, log);
  const collection = new Collection();
  const terminals = collection.environment(store, log, state);
  const usage = new Usage(state, activity, now);
  const tokens = new Tokens(
    { store, lists, calls, client, usage, activity, terminals, log, now, wait: given.wait ?? noPause },
    given.showOnce ?? showOnce,
  );
  const services = fakeServices({
    lasting: new Lasting(store, state),
    ...{ store, lists, calls, activity, log, client, now, terminals, usage },
    tokens: () => Promise.resolve(tokens),
    revokedValues: new RevokedValues(store, lists, client, now),
    reminders: new Reminders(store, state, storage, now),
    clipboard: new Clipboard(log),
    host: () => new URL(apiUrl()).host,
  });
  return {
    services,
    collection,
    end() {
      terminals.dispose();
      store.dispose();
      rmSync(storage.fsPath, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
