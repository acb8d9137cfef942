import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';

import * as vscode from 'vscode';

import { writeLine } from '../../src/activity/entries';
import { Secret } from '../../src/base/secret';
import { Store } from '../../src/secrets/store';
import { startBackground } from '../../src/background';
import { newLog } from '../support/fakeServices';
import { Keyring, machine } from '../support/keyring';
import { Collection } from '../support/testWindow';
import { until } from '../support/until';
import { begin } from './support';

const ref = (id: number) => ({ connectionId: 'p-1-delhi', id });
const connection = { id: 'p-1-delhi', label: 'One', projectId: 1, location: 'Delhi' };
const token = (text: string) => ({
  name: 'x',
  created: undefined,
  expires: undefined,
  credentials: { token: new Secret(text) },
});

describe('windows that share a keyring', () => {
  const log = newLog();
  const keyring = new Keyring();
  const open: { dispose(): unknown }[] = [];
  const newWindow = () => {
    const store = new Store(keyring, machine, () => undefined);
    const collection = new Collection();
    open.push(store, collection.environment(store, log));
    return { store, collection };
  };
  after(() => {
    vscode.Disposable.from(...open).dispose();
  });

  it("follow each other's changes, and write no value to disk", async () => {
    const [first, second, third] = [newWindow(), newWindow(), newWindow()];
    const inAll = (value: string | undefined) =>
      until(`every window to have ${value ? 'the value' : 'none'}`, () =>
        [first, second, third].every(({ collection }) => collection.inFolder(0).get('TIR_API_TOKEN') === value),
      );
    await first.store.saveConnection({ connection, credentials: token('signed-in-with').credentials });
    await first.store.saveToken(ref(1), token('value-one'));
    await first.store.saveToken(ref(2), token('value-two'));
    await first.store.use({ connectionId: 'p-1-delhi', id: 1, name: 'x' });
    await inAll('value-one');
    await second.store.use({ connectionId: 'p-1-delhi', id: 2, name: 'x' });
    await inAll('value-two');
    await third.store.forgetToken(ref(2));
    await inAll(undefined);
    assert.deepEqual(await first.store.uses(), []);
    assert.ok([first, second, third].every(({ collection }) => !collection.persistent));
  });

  it("give a folder's terminals its own token, and the shared one afterwards", async () => {
    const { store, collection } = newWindow();
    const [folder] = vscode.workspace.workspaceFolders!;
    const value = () => collection.inFolder(folder!.index).get('TIR_API_TOKEN');
    await store.saveConnection({ connection, credentials: token('signed-in-with').credentials });
    await store.saveToken(ref(1), token('value-of-all'));
    await store.saveToken(ref(2), token('value-of-the-folder'));
    await store.use({ connectionId: 'p-1-delhi', id: 2, name: 'x' }, folder!.uri.toString());
    await until('the folder to have its own token', () => value() === 'value-of-the-folder');
    await store.use({ connectionId: 'p-1-delhi', id: 1, name: 'x' });
    await store.stopUsing(folder!.uri.toString());
    await until('the folder to have the shared token', () => value() === 'value-of-all');
    await store.forgetConnection('p-1-delhi');
    await until('no terminal to have a token', () => value() === undefined);
  });

  it('all get the extra variable names that one of them gives a project', async () => {
    const [first, second] = [newWindow(), newWindow()];
    const { credentials } = token('signed-in-with');
    await first.store.saveConnection({ connection, credentials });
    await first.store.saveToken(ref(3), token('value-three'));
    await first.store.use({ connectionId: 'p-1-delhi', id: 3, name: 'x' });
    await until('the value', () => second.collection.inFolder(0).get('TIR_API_TOKEN') === 'value-three');
    await first.store.saveConnection({ connection: { ...connection, variables: ['MY_TOKEN'] }, credentials });
    await until('the extra name', () => second.collection.inFolder(0).get('MY_TOKEN') === 'value-three');
    await first.store.saveConnection({ connection, credentials });
    await until('the extra name to be gone', () => !second.collection.inFolder(0).has('MY_TOKEN'));
    await first.store.forgetConnection('p-1-delhi');
  });

  it('store nothing for a project that another window has just signed out of', async () => {
    const [first, second] = [newWindow(), newWindow()];
    await first.store.saveConnection({ connection, credentials: token('signed-in-with').credentials });
    await first.store.forgetConnection('p-1-delhi');
    const late = [
      () => second.store.saveToken(ref(1), token('value-one')),
      () => second.store.use({ connectionId: 'p-1-delhi', id: 1, name: 'x' }),
    ];
    for (const store of late) {
      await assert.rejects(store, { code: 'not-signed-in' });
      assert.deepEqual(await keyring.keys(), []);
    }
  });

  it("leave terminals without a token, rather than with a revoked one, if the keyring can't be read", async () => {
    const { store, collection } = newWindow();
    await store.saveConnection({ connection, credentials: token('signed-in-with').credentials });
    await store.saveToken(ref(1), token('value-one'));
    await store.use({ connectionId: 'p-1-delhi', id: 1, name: 'x' });
    await until('the value', () => collection.inFolder(0).has('TIR_API_TOKEN'));
    keyring.failsOn = /^in-use/;
    // Any change makes the window read again.
    await store.saveToken(ref(2), token('value-two'));
    await until('the variable to be gone', () => !collection.inFolder(0).has('TIR_API_TOKEN'));
    keyring.failsOn = /^$/;
  });
});

describe('a window that hears what others recorded', () => {
  it("reloads a project's list even if that of another project fails", async () => {
    const bench = await begin();
    const { services } = bench.window;
    const { id } = await bench.signIn();
    const other = bench.emulator.seed('sign-in', { projectId: 52 });
    const { value, apiKey, projectId, location } = other;
    await bench.run('signIn', { token: value, apiKey, projectId, location, activate: false });
    bench.emulator.revoke(other.id);
    bench.emulator.seed('from-another-window');
    const background = startBackground(services, undefined);
    const entry = { action: 'create', outcome: 'ok', tokenId: id, time: new Date().toISOString() } as const;
    const lines = ['p-52-delhi', 'p-4711-delhi'].map((connectionId) =>
      writeLine({ ...entry, connectionId, window: 'another window' }),
    );
    appendFileSync(services.activity.activityLog.file, lines.join(''));
    await until('the new token in the list', () =>
      services.lists.current('p-4711-delhi').tokens.some(({ name }) => name === 'from-another-window'),
    );
    background.dispose();
    await bench.end();
  });
});
