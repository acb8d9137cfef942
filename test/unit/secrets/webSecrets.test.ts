import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { Secret } from '../../../src/base/secret';
import { ListableSecrets } from '../../../src/secrets/listableSecrets';
import { Store } from '../../../src/secrets/store';
import { WebSecrets } from '../../../src/secrets/webSecrets';
import { machine } from '../../support/keyring';

const connectionId = 'p-1-delhi';
const ref = (id: number) => ({ connectionId, id });
const token = (name: string) => ({
  ...{ name, created: undefined, expires: undefined },
  credentials: { token: new Secret(`value-of-${name}`) },
});

/** Secret storage of VS Code in a browser: each window reads all secrets once, and writes all it has at each change. */
class BrowserStorage {
  kept: Readonly<Record<string, string>> = {};

  /** @param lists whether it can list its keys; VS Code 1.96 can't */
  constructor(private readonly lists: boolean) {}

  newWindow(): vscode.SecretStorage {
    let cache = { ...this.kept };
    const changed = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
    const write = (key: string, next: Record<string, string>) => {
      cache = next;
      this.kept = { ...cache };
      changed.fire({ key });
      return Promise.resolve();
    };
    return {
      onDidChange: changed.event,
      ...(this.lists && { keys: () => Promise.resolve(Object.keys(cache)) }),
      get: (key) => Promise.resolve(cache[key]),
      store: (key, value) => write(key, { ...cache, [key]: value }),
      delete: (key) => write(key, Object.fromEntries(Object.entries(cache).filter(([name]) => name !== key))),
    };
  }
}

for (const lists of [true, false]) {
  describe(`WebSecrets, with a storage that ${lists ? 'lists' : 'does not list'} its keys`, () => {
    const stores: Store[] = [];
    const open = (browser: BrowserStorage) => {
      const web = new WebSecrets(new ListableSecrets(browser.newWindow()), machine);
      const store = new Store(web, machine, () => undefined);
      stores.push(store);
      return { web, store };
    };
    after(() => stores.forEach((store) => store.dispose()));

    const begin = async () => {
      const browser = new BrowserStorage(lists);
      const { store } = open(browser);
      await store.saveConnection({
        connection: { id: connectionId, label: 'One', projectId: 1, location: 'Delhi' },
        credentials: { token: new Secret('sign-in-value') },
      });
      await store.saveToken(ref(1), token('one'));
      await store.saveToken(ref(2), token('two'));
      return { browser, first: open(browser), second: open(browser) };
    };
    const inUse = async (store: Store) => (await store.uses()).map(({ id, folder }) => [id, folder]);

    it('follows which tokens another window uses and stops using', async () => {
      const { first, second } = await begin();
      await first.store.use({ ...ref(1), name: 'one' });
      await first.store.use({ ...ref(2), name: 'two' }, 'file:///a');
      const changes: string[] = [];
      second.store.onDidChange(({ kind }) => changes.push(kind));
      await second.web.apply({ action: 'use', connectionId, tokenId: 1, token: 'one' });
      await second.web.apply({ action: 'use', connectionId, tokenId: 2, token: 'two', folder: 'file:///a' });
      assert.deepEqual(await inUse(second.store), await inUse(first.store));
      await second.web.apply({ action: 'stop', connectionId, tokenId: 1 });
      assert.deepEqual(await inUse(second.store), [[2, 'file:///a']]);
      assert.deepEqual(changes, ['in-use', 'in-use', 'in-use']);
    });

    it('drops tokens that another window deleted, and projects that it signed out of', async () => {
      const { second } = await begin();
      await second.web.apply({ action: 'use', connectionId, tokenId: 1, token: 'one' });
      await second.web.apply({ action: 'delete', connectionId, tokenId: 1 });
      assert.deepEqual(await inUse(second.store), []);
      assert.equal(await second.store.token(ref(1)), undefined);
      await second.web.apply({ action: 'use', connectionId, tokenId: 2, token: 'two' });
      await second.web.apply({ action: 'sign-out', connectionId });
      assert.deepEqual(await inUse(second.store), []);
      assert.deepEqual(await second.store.connections(), []);
      assert.deepEqual([...(await second.store.storedIds(connectionId))], []);
    });

    it('forgets everything when another window does', async () => {
      const { second } = await begin();
      await second.web.apply({ action: 'forget' });
      assert.deepEqual(await second.web.keys(), []);
    });

    it('refuses to write until a reload if another window stored a value', async () => {
      for (const action of ['sign-in', 'create', 'add-value', 'rotate', 'set-variables']) {
        const { second: behind } = await begin();
        await behind.web.apply({ action, connectionId });
        await assert.rejects(behind.store.stopUsing(), { details: { behind: true } }, action);
      }
      const { browser, first, second } = await begin();
      await first.store.saveToken(ref(3), token('three'));
      await second.web.apply({ action: 'create', connectionId, tokenId: 3, token: 'three' });
      await assert.rejects(second.store.use({ ...ref(1), name: 'one' }), {
        code: 'storage-failed',
        details: { behind: true },
      });
      await assert.rejects(second.store.stopUsing(), { code: 'storage-failed' });
      const reloaded = open(browser);
      assert.equal((await reloaded.store.token(ref(3)))?.name, 'three');
      await reloaded.store.use({ ...ref(3), name: 'three' });
    });

    it("keeps another window's changes when it writes its own", async () => {
      const { browser, first, second } = await begin();
      await first.store.use({ ...ref(1), name: 'one' });
      await second.web.apply({ action: 'use', connectionId, tokenId: 1, token: 'one' });
      await first.store.forgetToken(ref(2));
      await second.web.apply({ action: 'delete', connectionId, tokenId: 2 });
      await second.store.use({ ...ref(1), name: 'one' }, 'file:///b');
      const reloaded = open(browser);
      assert.deepEqual(await inUse(reloaded.store), [
        [1, undefined],
        [1, 'file:///b'],
      ]);
      assert.equal(await reloaded.store.token(ref(2)), undefined, 'a deleted value does not come back');
    });

    it('keeps a use that it hears of while it writes what it heard before', async () => {
      const { second } = await begin();
      await second.web.apply({ action: 'use', connectionId, tokenId: 1, token: 'one' });
      const writing = second.store.use({ ...ref(1), name: 'one' }, 'file:///b');
      const heard = second.web.apply({ action: 'use', connectionId, tokenId: 2, token: 'two' });
      await Promise.all([writing, heard]);
      assert.deepEqual(await inUse(second.store), [
        [2, undefined],
        [1, 'file:///b'],
      ]);
    });
  });
}
