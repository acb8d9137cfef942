import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';

import { Secret } from '../../../src/base/secret';
import { NumberFile } from '../../../src/platform/numberFile';
import { ListableSecrets } from '../../../src/secrets/listableSecrets';
import { Store } from '../../../src/secrets/store';
import { type OtherWindowEntry, WebSecrets } from '../../../src/secrets/webSecrets';
import { BrowserStorage } from '../../support/browserStorage';
import { machine } from '../../support/keyring';
import { until } from '../../support/until';

const connectionId = 'p-1-delhi';
const ref = (id: number) => ({ connectionId, id });
const token = (name: string) => ({
  ...{ name, created: undefined, expires: undefined },
  credentials: { token: new Secret(`value-of-${name}`) },
});

const browsers = new Map<WebSecrets, BrowserStorage>();

/** Applies what another window of this browser did last. */
async function hear(web: WebSecrets, entry: OtherWindowEntry): Promise<void> {
  const storage = (await web.id()) ?? assert.fail('no ID');
  const { shared } = browsers.get(web) ?? assert.fail('no browser');
  await web.apply({ ...entry, storage, change: await new NumberFile(shared, `changes-${storage}`).read() });
}

for (const lists of [true, false]) {
  describe(`WebSecrets, with a storage that ${lists ? 'lists' : 'does not list'} its keys`, () => {
    const stores: Store[] = [];
    const open = (browser: BrowserStorage, storage = browser.newWindow()) => {
      const web = new WebSecrets(new ListableSecrets(storage), machine, browser.shared);
      browsers.set(web, browser);
      const store = new Store(web, machine, () => undefined);
      stores.push(store);
      return { web, store };
    };
    after(() => {
      stores.forEach((store) => store.dispose());
      browsers.forEach(({ shared }) => rmSync(shared.fsPath, { recursive: true, force: true }));
      browsers.clear();
    });

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
      await hear(second.web, { action: 'use', connectionId, tokenId: 1, token: 'one' });
      await hear(second.web, { action: 'use', connectionId, tokenId: 2, token: 'two', folder: 'file:///a' });
      assert.deepEqual(await inUse(second.store), await inUse(first.store));
      await hear(second.web, { action: 'stop', connectionId, tokenId: 1 });
      assert.deepEqual(await inUse(second.store), [[2, 'file:///a']]);
      assert.deepEqual(changes, ['in-use', 'in-use', 'in-use']);
    });

    it('drops tokens that another window deleted, and projects that it signed out of', async () => {
      const { second } = await begin();
      await hear(second.web, { action: 'use', connectionId, tokenId: 1, token: 'one' });
      await hear(second.web, { action: 'delete', connectionId, tokenId: 1 });
      assert.deepEqual(await inUse(second.store), []);
      assert.equal(await second.store.token(ref(1)), undefined);
      await hear(second.web, { action: 'use', connectionId, tokenId: 2, token: 'two' });
      await hear(second.web, { action: 'sign-out', connectionId });
      assert.deepEqual(await inUse(second.store), []);
      assert.deepEqual(await second.store.connections(), []);
      assert.deepEqual([...(await second.store.storedIds(connectionId))], []);
    });

    it('forgets everything when another window does', async () => {
      const { second } = await begin();
      await hear(second.web, { action: 'forget' });
      assert.deepEqual(await second.web.keys(), []);
    });

    it('keeps the ID of its storage when everything is forgotten, so windows go on to hear each other', async () => {
      const { browser, first, second } = await begin();
      await first.store.forgetEverything();
      await hear(second.web, { action: 'forget' });
      await second.store.checkWritable();
      const third = open(browser);
      assert.equal(await third.web.id(), await first.web.id());
      assert.deepEqual(await third.web.keys(), []);
    });

    it('ignores what the windows of another browser do, but for tokens that are gone', async () => {
      const { second } = await begin();
      for (const storage of [crypto.randomUUID(), undefined]) {
        for (const action of ['use', 'stop', 'sign-out', 'forget', 'create']) {
          await second.web.apply({ action, connectionId, tokenId: 1, token: 'one', ...(storage && { storage }) });
        }
      }
      await second.store.use({ ...ref(2), name: 'two' });
      assert.deepEqual([...(await second.store.storedIds(connectionId))], [1, 2]);
      await second.web.apply({ action: 'delete', connectionId, tokenId: 2, storage: crypto.randomUUID() });
      assert.deepEqual([...(await second.store.storedIds(connectionId))], [1]);
      assert.deepEqual(await inUse(second.store), []);
    });

    it('refuses to write if its storage had no ID when it was read, and was changed meanwhile', async () => {
      for (const [kept, action, isBehind] of [
        [{}, 'sign-in', true],
        [{}, 'use', false],
        [{ 'in-use': '{}' }, 'use', true],
        [{ 'in-use': '{}' }, 'copy', false],
      ] as const) {
        const browser = new BrowserStorage(true);
        browser.kept = kept;
        const { web } = open(browser);
        await web.apply({ action, connectionId, storage: crypto.randomUUID() });
        const writing = web.store('probe:1', '');
        await (isBehind ? assert.rejects(writing, { details: { behind: true } }, action) : writing);
      }
    });

    it('hears what others did before each change, and refuses changes once something could not be applied', async () => {
      const { browser, second } = await begin();
      const storage = (await second.web.id()) ?? '';
      const heard: OtherWindowEntry[] = [{ action: 'use', connectionId, tokenId: 1, token: 'one', storage }];
      second.web.listenWith(async () => {
        await Promise.all(heard.splice(0).map((entry) => second.web.apply(entry)));
      });
      await second.store.use({ ...ref(2), name: 'two' }, 'file:///b');
      assert.deepEqual(await inUse(open(browser).store), [
        [1, undefined],
        [2, 'file:///b'],
      ]);
      heard.push({ action: 'create', connectionId, tokenId: 3, token: 'three', storage });
      await assert.rejects(second.store.stopUsing(), { details: { behind: true } });
      const failing = open(browser);
      await failing.web.id();
      failing.web.keys = () => Promise.reject(new Error('gone for a moment'));
      await failing.web.apply({ action: 'forget', storage });
      await assert.rejects(failing.store.stopUsing(), { details: { behind: true } });
    });

    it('refuses to write until a reload if another window stored a value', async () => {
      for (const action of ['sign-in', 'create', 'add-value', 'rotate', 'set-variables']) {
        const { second: behind } = await begin();
        await hear(behind.web, { action, connectionId });
        await assert.rejects(behind.store.stopUsing(), { details: { behind: true } }, action);
      }
      const { browser, first, second } = await begin();
      await first.store.saveToken(ref(3), token('three'));
      await hear(second.web, { action: 'create', connectionId, tokenId: 3, token: 'three' });
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
      await hear(second.web, { action: 'use', connectionId, tokenId: 1, token: 'one' });
      await first.store.forgetToken(ref(2));
      await hear(second.web, { action: 'delete', connectionId, tokenId: 2 });
      await second.store.use({ ...ref(1), name: 'one' }, 'file:///b');
      const reloaded = open(browser);
      assert.deepEqual(await inUse(reloaded.store), [
        [1, undefined],
        [1, 'file:///b'],
      ]);
      assert.equal(await reloaded.store.token(ref(2)), undefined, 'a deleted value does not come back');
    });

    it('keeps a use that it hears of while it writes what it heard before', async () => {
      const { browser } = await begin();
      const storage = browser.newWindow();
      const { web, store } = open(browser, storage);
      await hear(web, { action: 'use', connectionId, tokenId: 1, token: 'one' });
      let letGo: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (letGo = resolve));
      const write = storage.store.bind(storage);
      let isWriting = false;
      storage.store = async (key, text) => {
        isWriting ||= key === 'in-use';
        await (key === 'in-use' && held);
        return write(key, text);
      };
      const writing = store.use({ ...ref(1), name: 'one' }, 'file:///b');
      await until('the write', () => isWriting);
      await hear(web, { action: 'use', connectionId, tokenId: 2, token: 'two' });
      letGo();
      await writing;
      assert.deepEqual(await inUse(store), [
        [2, undefined],
        [1, 'file:///b'],
      ]);
    });
  });
}
