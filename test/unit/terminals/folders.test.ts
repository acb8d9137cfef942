import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { Secret } from '../../../src/base/secret';
import { Store } from '../../../src/secrets/store';
import { newLog } from '../../support/fakeServices';
import { Keyring, machine } from '../../support/keyring';
import { restoreSettings, setting } from '../../support/person';
import { Collection } from '../../support/testWindow';
import { until } from '../../support/until';

const shared = { id: 'p-1-delhi', label: 'One', projectId: 1, location: 'Delhi', variables: ['OPENAI_API_KEY'] };
const other = { id: 'p-2-delhi', label: 'Two', projectId: 2, location: 'Delhi' };
const uriOf = (name: string) => vscode.Uri.file(`/folders/${name}`);

describe('the variables of folders', () => {
  let keyring: Keyring;
  let store: Store;
  let collection: Collection;
  let update: () => Promise<void>;
  const open: { dispose(): unknown }[] = [];
  const before = vscode.workspace.workspaceFolders ?? [];
  const values = new Map<string, string>();

  const setFolders = (...names: readonly string[]) => {
    const folders = names.map((name) => ({ uri: uriOf(name), name }));
    vscode.workspace.updateWorkspaceFolders(0, vscode.workspace.workspaceFolders?.length ?? 0, ...folders);
  };
  /** Stores a token of a project. Its name is that of the folder whose terminals it's for. */
  const save = async (connectionId: string, id: number, name: string) => {
    values.set(name, crypto.randomUUID());
    const credentials = { token: new Secret(values.get(name)!), apiKey: new Secret(crypto.randomUUID()) };
    await store.saveToken({ connectionId, id }, { name, created: undefined, expires: undefined, credentials });
    return { connectionId, id, name };
  };
  const use = async (token: { connectionId: string; id: number; name: string }, folder?: string) =>
    store.use(token, folder === undefined ? undefined : uriOf(folder).toString());
  /** Returns whose token the terminals of the folder with this index get, by variable. */
  const inFolder = (index: number) =>
    Object.fromEntries(
      [...collection.inFolder(index)].map(([variable, value]) => [
        variable,
        [...values].find(([, token]) => token === value)?.[0] ?? 'another value',
      ]),
    );

  const newStore = (of: string) => {
    const made = new Store(keyring, of, () => undefined);
    open.push(made);
    return made;
  };
  const newWindow = (of = store) => {
    collection = new Collection();
    const environment = collection.environment(of, newLog());
    update = environment.update;
    open.push(environment);
    return update();
  };

  beforeEach(async () => {
    keyring = new Keyring();
    store = newStore(machine);
    const credentials = { token: new Secret(crypto.randomUUID()) };
    await store.saveConnection({ connection: shared, credentials });
    await store.saveConnection({ connection: other, credentials });
    await use(await save(shared.id, 1, 'all'));
  });
  afterEach(async () => {
    open.splice(0).forEach((one) => one.dispose());
    vscode.workspace.updateWorkspaceFolders(0, vscode.workspace.workspaceFolders?.length ?? 0, ...before);
    await restoreSettings();
  });

  it('are all of one token, whatever the token of other terminals sets', async () => {
    await setting('terminal.sdkVariables', true);
    setFolders('a', 'b');
    await use(await save(other.id, 2, 'b'), 'b');
    await newWindow();
    const [a, b] = [inFolder(0), inFolder(1)];
    assert.deepEqual([a['TIR_API_TOKEN'], a['OPENAI_API_KEY']], ['all', 'all']);
    assert.equal(b['TIR_API_TOKEN'], 'b');
    assert.ok(!('OPENAI_API_KEY' in b));
    assert.equal(collection.inFolder(1).get('E2E_TIR_PROJECT_ID'), '2');
    await store.saveToken(
      { connectionId: other.id, id: 2 },
      { name: 'b', created: undefined, expires: undefined, credentials: { token: new Secret(values.get('b')!) } },
    );
    await update();
    assert.ok(!('E2E_TIR_API_KEY' in inFolder(1)), "a token without an API key gets none of another token's");
  });

  it('stay with their folder if another one before it is removed, added or moved', async () => {
    setFolders('a', 'b', 'c');
    await use(await save(other.id, 2, 'b'), 'b');
    await use(await save(other.id, 3, 'c'), 'c');
    await newWindow();
    const tokens = () => [0, 1, 2, 3].map((index) => inFolder(index)['TIR_API_TOKEN']);
    assert.deepEqual(tokens(), ['all', 'b', 'c', undefined]);
    for (const [folders, atOnce, then] of [
      ['ac', ['all', 'c'], ['all', 'c']],
      ['cab', ['c', 'all', undefined], ['c', 'all', 'b']],
      ['dcab', [undefined, 'c', 'all', 'b'], ['all', 'c', 'all', 'b']],
    ] as const) {
      setFolders(...folders.split(''));
      const none = Array<undefined>(4 - folders.length).fill(undefined);
      assert.deepEqual(tokens(), [...atOnce, ...none], 'before the tokens are read');
      await update();
      assert.deepEqual(tokens(), [...then, ...none]);
    }
  });

  it("are unset, not those of other terminals, if the folder's own token can't be read", async () => {
    setFolders('a', 'b', 'c', 'd');
    for (const [index, name] of ['b', 'c', 'd'].entries()) {
      await use(await save(other.id, index + 2, name), name);
    }
    const useKeyOfD = [...keyring.kept.keys()].find((key) => key.endsWith(uriOf('d').toString()))!;
    keyring.kept.delete(`value:${other.id}:2`);
    keyring.kept.set(`value:${other.id}:3`, '{');
    keyring.kept.set(useKeyOfD, '{');
    await newWindow();
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => inFolder(index)['TIR_API_TOKEN']),
      ['all', undefined, undefined, undefined],
    );
  });

  it("are not those of another machine's folder with the same path, which moves on with its token", async () => {
    setFolders('a');
    const elsewhere = newStore(crypto.randomUUID());
    const theirs = await save(other.id, 2, 'a');
    await elsewhere.use(theirs, uriOf('a').toString());
    await newWindow();
    assert.equal(inFolder(0)['TIR_API_TOKEN'], 'all');
    await newWindow(elsewhere);
    assert.equal(inFolder(0)['TIR_API_TOKEN'], 'a');
    const [use] = (await store.uses()).filter(({ id }) => id === 2);
    const next = await save(other.id, 3, 'next');
    await store.use(next, use?.folder);
    await until('the other machine to get the next token', () => inFolder(0)['TIR_API_TOKEN'] === 'next');
    await store.forgetToken(next);
    await until('its use to end', () => inFolder(0)['TIR_API_TOKEN'] === 'all');
  });

  it("aren't set for a folder alone by a machine whose ID can't be stored: it would not find the folder again", async () => {
    setFolders('a');
    const unnamed = newStore('');
    const token = await save(other.id, 2, 'a');
    await assert.rejects(unnamed.use(token, uriOf('a').toString()), { code: 'storage-failed' });
    await newWindow(unnamed);
    assert.equal(inFolder(0)['TIR_API_TOKEN'], 'all');
    await unnamed.use(token);
    await newWindow(newStore(''));
    assert.equal(inFolder(0)['TIR_API_TOKEN'], 'a', 'all terminals can get a token');
  });
});
