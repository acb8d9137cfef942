import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { ActivityLog } from '../../src/activity/log';
import { recoverRotations } from '../../src/commands/rotateToken';
import { SignsOfLife } from '../../src/platform/signsOfLife';
import { startBackground } from '../../src/background';
import { holdCall } from '../emulator/fault';
import { BrowserStorage } from '../support/browserStorage';
import { fakeServices, standIn } from '../support/fakeServices';
import { until } from '../support/until';
import { begin, type TestSetup } from './support';
import { connectionId, type Tab, Tabs } from './tabs';

const behind = { code: 'storage-failed', message: /values that another window stored/ };

describe('windows in a browser', () => {
  let bench: TestSetup;
  let tabs: Tabs;
  let browser: BrowserStorage;
  let folder: string;
  const open: { dispose(): unknown }[] = [];
  beforeEach(async () => {
    bench = await begin();
    tabs = new Tabs(bench);
    ({ browser, folder } = tabs);
  });
  afterEach(() => {
    vscode.Disposable.from(...open.splice(0)).dispose();
    tabs.close();
    return bench.end();
  });

  const newTab: Tabs['open'] = (...given) => tabs.open(...given);
  const signIn = (tab: Tab) => tabs.signIn(tab);
  const create = (tab: Tab, name: string) => tabs.create(tab, name);
  const isKept = (id: number) => tabs.isKept(id);

  for (const [what, command] of [
    ['signs out', 'signOut'],
    ['forgets everything', 'forgetEverything'],
  ] as const) {
    it(`keep their values if another browser of the server ${what}`, async () => {
      const laptop = newTab(browser.newWindow(), 'laptop');
      await signIn(laptop);
      laptop.listen();
      const id = await create(laptop, 'dev');
      const tablet = newTab(new BrowserStorage().newWindow(), 'tablet');
      await signIn(tablet);
      bench.person.clicks = 'Forget Everything';
      await tablet.run(command);
      assert.deepEqual(await tablet.services.store.connections(), []);
      // A window writes what it has heard with its next change.
      await laptop.run('useToken', { id });
      assert.ok(isKept(id));
      assert.ok(laptop.collection.inFolder(0).has('TIR_API_TOKEN'));
    });
  }

  it("don't write over what they could not hear of because nothing can be watched", async () => {
    const first = newTab(browser.newWindow(), 'first');
    const signInId = await signIn(first);
    const second = newTab(browser.newWindow(), 'second');
    second.services.activity.activityLog.watch = () => {
      throw Object.assign(new Error('too many watchers'), { code: 'ENOSPC' });
    };
    second.listen();
    const id = await create(first, 'dev');
    await assert.rejects(second.run('useToken', { id: signInId }), behind);
    assert.ok(isKept(id));
  });

  it('leave a rotation to the tab that works on it, although they do not see its records', async () => {
    const first = newTab(browser.newWindow(), 'first');
    await signIn(first);
    const id = await create(first, 'dev');
    const { fault, letGo } = holdCall();
    bench.emulator.fail('POST', fault);
    const before = bench.emulator.calls.filter((call) => call.startsWith('POST')).length;
    const rotating = first.run('rotateToken', { id });
    await until('the creation', () => bench.emulator.calls.filter((call) => call.startsWith('POST')).length > before);
    const signs = new SignsOfLife(vscode.Uri.file(folder));
    let awaited = 0;
    const second = newTab(browser.newWindow(), 'second', async () => {
      awaited++;
      const work = `p-4711-delhi-${id}`;
      const seen = await signs.last(work);
      await until('a sign of life', async () => (await signs.last(work)) !== seen);
    });
    await recoverRotations(second.services);
    letGo();
    await rotating;
    assert.deepEqual([awaited, bench.person.read], [1, []]);
    assert.deepEqual(
      bench.emulator.tokens.map(({ name }) => name),
      ['sign-in', 'dev-2'],
    );
  });

  it('stop using a token that they delete, even if they must not write any more when TIR has deleted it', async () => {
    const first = newTab(browser.newWindow(), 'first');
    const id = await signIn(first);
    first.listen();
    await create(first, 'dev');
    await first.run('useToken', { id });
    const second = newTab(browser.newWindow(), 'second');
    bench.person.clicks = 'Delete';
    const { fault, letGo } = holdCall();
    bench.emulator.fail('DELETE', fault);
    const deleting = first.run('deleteToken', { ids: [id] });
    await until('the call', () => bench.emulator.calls.at(-1)?.startsWith('DELETE'));
    await create(second, 'from-another-tab');
    letGo();
    assert.deepEqual(await deleting, { deleted: [id], failed: [{ id, code: 'storage-failed' }] });
    assert.ok(!bench.emulator.tokens.some((token) => token.id === id));
    await first.services.terminals.update();
    assert.ok(!first.collection.inFolder(0).has('TIR_API_TOKEN'));
    const entries = (await first.services.activity.activityLog.read()).filter(({ action }) => action === 'delete');
    assert.deepEqual(
      entries.map(({ outcome, tokenId }) => [outcome, tokenId]),
      [['ok', id]],
      'the other tab stops using it, too',
    );
  });

  for (const [what, entries, expected] of [
    ['a use and its end', ['use new', 'stop new'], undefined],
    ['a use and the deletion of the token that was in use', ['use new', 'delete old'], 'new'],
    ['a use and the deletion of the token', ['use new', 'delete new'], undefined],
  ] as const) {
    it(`hear of ${what} in this order, however long each read takes`, async () => {
      const writing = newTab(browser.newWindow(), 'writing');
      const ids = { old: await signIn(writing), new: await create(writing, 'new') };
      await writing.run('useToken', { id: ids.old });
      const storage = browser.newWindow();
      const hearing = newTab(storage, 'hearing');
      const id = (await hearing.web.id()) ?? assert.fail('no ID');
      let events = 0;
      const activityPage = standIn<typeof hearing.services.activityPage>('the page', { refresh: () => events++ });
      open.push(startBackground(fakeServices({ ...hearing.services, activityPage }), hearing.web));
      let letGo: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (letGo = resolve));
      const get = storage.get.bind(storage);
      storage.get = (key) => held.then(() => get(key));
      const log = new ActivityLog(vscode.Uri.file(folder), 'other', Date.now);
      for (const entry of entries) {
        const [action, which] = entry.split(' ') as ['use' | 'stop' | 'delete', 'old' | 'new'];
        const before = events;
        await log.append({ action, outcome: 'ok', connectionId, tokenId: ids[which], token: which, storage: id });
        await until('the entry to be noticed', () => events > before);
        // Until it has been read.
        await hearing.services.activity.activityLog.read();
      }
      letGo();
      await hearing.services.store.checkWritable();
      assert.deepEqual(
        (await hearing.services.store.uses()).map((use) => use.id),
        expected ? [ids[expected]] : [],
      );
    });
  }
});
