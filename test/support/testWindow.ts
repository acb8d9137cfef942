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
import { SignsOfLife } from '../../src/platform/signsOfLife';
import { Lasting } from '../../src/secrets/lasting';
import { Store } from '../../src/secrets/store';
import { WebSecrets } from '../../src/secrets/webSecrets';
import type { Services } from '../../src/services';
import { TerminalEnvironment } from '../../src/terminals/environment';
import { TirClient } from '../../src/tir/client';
import { TokenLists } from '../../src/tir/lists';
import { pause, type Wait } from '../../src/tir/retry';
import { Reminders } from '../../src/tokens/reminders';
import { RevokedValues } from '../../src/tokens/revokedValues';
import type { ShowValueOnce } from '../../src/tokens/rotationSteps';
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

/** A folder's scope. VS Code keeps the first object that it's given for a URI. */
type Scope = vscode.EnvironmentVariableScope | undefined;

interface Entry {
  readonly variable: string;
  readonly value: string;
  readonly scope: Scope;
}

type Options = vscode.EnvironmentVariableMutatorOptions;

/**
 * Stores the variables that a window sets for its terminals, as VS Code does: by variable and folder URI. Each change
 * sends all of them, with the folders' indexes at that moment, and terminals go by the index.
 */
export class Collection {
  persistent = true;
  description: string | undefined;
  readonly #entries = new Map<string, Entry>();
  readonly #scopes = new Map<string, Scope>();
  #sent: readonly { readonly variable: string; readonly value: string; readonly index: number | undefined }[] = [];

  replace = (variable: string, value: string, options?: Options) => this.#replace(undefined, variable, value, options);
  delete = (variable: string) => this.#delete(undefined, variable);
  forEach = (callback: (variable: string, mutator: Mutator) => void) => this.#forEach(undefined, callback);
  get = (variable: string): Mutator | undefined => this.#entries.get(keyOf(undefined, variable));
  getScoped = (given: vscode.EnvironmentVariableScope) => {
    const uri = given.workspaceFolder?.uri.toString() ?? '';
    const scope = this.#scopes.get(uri) ?? given;
    this.#scopes.set(uri, scope);
    return {
      replace: (variable: string, value: string, options?: Options) => this.#replace(scope, variable, value, options),
      delete: (variable: string) => this.#delete(scope, variable),
      forEach: (callback: (variable: string, mutator: Mutator) => void) => this.#forEach(scope, callback),
    };
  };

  #replace(scope: Scope, variable: string, value: string, options?: Options): void {
    assert.ok(!this.persistent, 'a persistent collection writes its variables to disk');
    const isSetAgain = options?.applyAtProcessCreation === true && options.applyAtShellIntegration === true;
    assert.ok(isSetAgain, "a shell's start-up file replaces a variable that isn't set again after it");
    this.#entries.set(keyOf(scope, variable), { variable, value, scope });
    this.#send();
  }

  #delete(scope: Scope, variable: string): void {
    this.#entries.delete(keyOf(scope, variable));
    this.#send();
  }

  #forEach(scope: Scope, callback: (variable: string, mutator: Mutator) => void): void {
    for (const { variable, value, scope: own } of [...this.#entries.values()]) {
      if (keyOf(own, '') === keyOf(scope, '')) {
        callback(variable, { value });
      }
    }
  }

  #send(): void {
    this.#sent = [...this.#entries.values()].map(({ variable, value, scope }) => ({
      ...{ variable, value, index: scope?.workspaceFolder?.index },
    }));
  }

  /** Returns a terminal's variables in the folder with this index. What was added last wins. */
  inFolder(index: number): ReadonlyMap<string, string> {
    const sent = this.#sent.filter((one) => one.index === undefined || one.index === index);
    return new Map(sent.map(({ variable, value }) => [variable, value]));
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

function keyOf(scope: Scope, variable: string): string {
  return `${scope?.workspaceFolder?.uri.toString() ?? ''} ${variable}`;
}

interface Given {
  readonly wait?: Wait;
  readonly now?: () => number;
  readonly state?: vscode.Memento;
  /** ID of the machine that runs it. */
  readonly machine?: string;
  /** Folder of the activity log; deleted when the window ends. */
  readonly folder?: string;
  /** The window's name in the activity log. */
  readonly name?: string;
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
  const activity = new ActivityRecorder(new ActivityLog(storage, given.name ?? 'test', now), store, log, async () =>
    secrets instanceof WebSecrets ? secrets.mark() : undefined,
  );
  const collection = new Collection();
  const terminals = collection.environment(store, log, state);
  const usage = new Usage(state, activity, now);
  const tokens = new Tokens(
    {
      store,
      lists,
      calls,
      client,
      usage,
      activity,
      terminals,
      log,
      now,
      wait: given.wait ?? noPause,
      signs: new SignsOfLife(storage),
    },
    given.showOnce ?? showOnce,
  );
  const services = fakeServices({
    lasting: new Lasting(store, state, (time) => activity.activityLog.signedOutSince(time), now, 'a session'),
    ...{ store, lists, calls, activity, log, client, now, terminals, usage },
    tokens: () => Promise.resolve(tokens),
    revokedValues: new RevokedValues(store, lists, client, now),
    reminders: new Reminders(store, state, storage, now),
    clipboard: new Clipboard(log),
    host: () => new URL(apiUrl()).host,
    globalState: state,
    workspaceState: new Memory(),
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
