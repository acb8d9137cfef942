import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { recoverRotations } from '../../src/commands/rotateToken';
import { SignsOfLife } from '../../src/platform/signsOfLife';
import { holdCall } from '../emulator/fault';
import { until } from '../support/until';
import { begin, type TestSetup } from './support';
import { connectionId, type Tab, Tabs } from './tabs';

const behind = { code: 'storage-failed', message: /Reload this window first/, details: { behind: true } };

/** A wait that doesn't end: what it is for goes on after the test. */
const forever = () => new Promise<void>(() => undefined);

describe('windows in a browser that the activity log does not tell everything', () => {
  let bench: TestSetup;
  let tabs: Tabs;
  let first: Tab;
  let signInId: number;
  beforeEach(async () => {
    bench = await begin();
    tabs = new Tabs(bench);
    first = listening('first');
    signInId = await tabs.signIn(first);
    // As TIR's older guide says: what is not stored is gone.
    bench.emulator.listWithValues = false;
  });
  afterEach(() => {
    tabs.close();
    return bench.end();
  });

  const listening = (name: string, storage = tabs.browser.newWindow(), wait = forever) => {
    const tab = tabs.open(storage, name, wait);
    tab.listen();
    return tab;
  };
  /** Asserts that a tab refuses to write, and writes nothing. */
  const assertBehind = async (tab: Tab) => {
    const before = tabs.browser.kept;
    await assert.rejects(tab.run('useToken', { id: signInId }), ({ code, message, details }: typeof behind) => {
      assert.deepEqual([code, details.behind], [behind.code, true]);
      assert.match(String(message), behind.message);
      return true;
    });
    assert.ok(tabs.browser.kept === before, 'something was written');
  };
  const calls = (method: 'POST' | 'DELETE') => bench.emulator.calls.filter((call) => call.startsWith(method)).length;
  const names = () => bench.emulator.tokens.map(({ name }) => name);
  const told = () => bench.person.read.map(({ message }) => message);

  it("don't write over what another one stored while their page was loading", async () => {
    // A page reads all secrets long before extensions start.
    const page = tabs.browser.newWindow();
    const id = await tabs.create(first, 'dev');
    await assertBehind(listening('second', page));
    assert.ok(tabs.isKept(id));
  });

  it('must still be reloaded after their extension host was restarted', async () => {
    const page = tabs.browser.newWindow();
    const second = tabs.open(page, 'second');
    const background = second.listen();
    const id = await tabs.create(first, 'dev');
    await assertBehind(second);
    background.dispose();
    // The page keeps what it has read.
    await assertBehind(listening('second again', page));
    assert.ok(tabs.isKept(id));
  });

  it("don't bring values back that another one signed out of while their page was loading", async () => {
    const page = tabs.browser.newWindow();
    await first.run('signOut');
    assert.ok(!tabs.isKept(signInId));
    await assertBehind(listening('second', page));
    assert.ok(!tabs.isKept(signInId));
  });

  it("don't write over what another one stored if they can't read the log", async () => {
    const second = listening('second');
    second.services.activity.activityLog.readNew = () =>
      Promise.reject(Object.assign(new Error('too many open files'), { code: 'EMFILE' }));
    const id = await tabs.create(first, 'dev');
    await assert.rejects(second.run('useToken', { id: signInId }));
    assert.ok(tabs.isKept(id));
  });

  it("don't write over what another one stored if that one could not record it on a full disk", async () => {
    const second = listening('second');
    first.services.activity.activityLog.append = () =>
      Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    const id = await tabs.create(first, 'dev');
    await assertBehind(second);
    assert.ok(tabs.isKept(id));
  });

  it('keep what another one uses in a folder whose URI is too long for the log', async () => {
    const id = await tabs.create(first, 'dev');
    const second = listening('second');
    const uri = vscode.Uri.file(`/home/me/${'\u8cc7\u6599\u593e'.repeat(20)}/${'\u5c08\u6848'.repeat(30)}`).toString();
    await (await first.services.tokens()).use({ connectionId, id }, undefined, uri);
    await assertBehind(second);
    const third = listening('third');
    assert.deepEqual(
      (await third.services.store.uses()).map((use) => [use.id, use.folder]),
      [[id, uri]],
    );
  });

  it('finish a rotation just once if two of them are opened soon after each other', async () => {
    const id = await tabs.create(first, 'dev');
    const newId = await tabs.create(first, 'dev-2');
    const now = Date.now();
    await first.services.store.saveRotation({
      ...{ connectionId, oldId: id, oldName: 'dev', newName: 'dev-2', newId },
      ...{ startedAt: now, at: now, window: 'a closed window' },
    });
    const { fault, letGo } = holdCall();
    bench.emulator.fail('DELETE', fault);
    let isWaiting = false;
    const second = tabs.open(tabs.browser.newWindow(), 'second');
    const third = tabs.open(tabs.browser.newWindow(), 'third', async () => {
      isWaiting = true;
      await until('the deletion', () => calls('DELETE') > 0);
    });
    const leaving = recoverRotations(third.services);
    await until('a sign of life to be awaited', () => isWaiting);
    const finishing = recoverRotations(second.services);
    await leaving;
    letGo();
    await finishing;
    const entries = await third.services.activity.activityLog.read();
    assert.deepEqual(
      [calls('DELETE'), told().length, entries.filter(({ action }) => action === 'rotate').length],
      [1, 1, 1],
    );
    assert.deepEqual(names(), ['sign-in', 'dev-2']);
  });

  /** Begins to rotate a token. @returns what lets TIR answer with this status, or create the token, and the rotation */
  const beginRotation = async (id: number, status?: number) => {
    const { fault, letGo } = holdCall();
    bench.emulator.fail('POST', { ...fault, ...(status && { status }) });
    const before = calls('POST');
    const rotating = first.run('rotateToken', { id });
    rotating.catch(() => undefined);
    await until('the creation', () => calls('POST') > before);
    return { letGo, rotating };
  };

  it("don't bring a rotation back that failed while their page was loading", async () => {
    const id = await tabs.create(first, 'dev');
    const { letGo, rotating } = await beginRotation(id, 403);
    const second = listening('second');
    letGo();
    await assert.rejects(rotating, { code: 'forbidden' });
    assert.deepEqual(await first.services.store.rotations(), []);
    // The person creates a token on TIR's website, under the name that the new one would have had.
    bench.emulator.listWithValues = true;
    bench.emulator.seed('dev-2');
    await assertBehind(second);
    await recoverRotations(tabs.open(tabs.browser.newWindow(), 'third').services);
    assert.deepEqual(names(), ['sign-in', 'dev', 'dev-2']);
    assert.deepEqual(told(), []);
  });

  /** Begins a rotation in a tab whose browser freezes it before the new token is there. */
  const freeze = async () => {
    const id = await tabs.create(first, 'dev');
    let thaw: () => void = () => undefined;
    let thawed = Promise.resolve();
    const page = tabs.browser.newWindow();
    const [get, store, remove] = [page.get.bind(page), page.store.bind(page), page.delete.bind(page)];
    page.get = (key) => thawed.then(() => get(key));
    page.store = (key, value) => thawed.then(() => store(key, value));
    page.delete = (key) => thawed.then(() => remove(key));
    first = listening('frozen', page);
    const { letGo, rotating } = await beginRotation(id);
    thawed = new Promise((resolve) => (thaw = resolve));
    letGo();
    await until('the new token', () => names().includes('dev-2'));
    const signs = new SignsOfLife(vscode.Uri.file(tabs.folder));
    const lastSign = () => signs.last(`${connectionId}-${id}`);
    const nextSign = async () => {
      const seen = await lastSign();
      await until('a sign of life, which needs no secrets', async () => (await lastSign()) !== seen);
    };
    return { id, rotating, thaw: () => thaw(), nextSign };
  };

  it('keep a rotation that they work on while the browser keeps them frozen', async () => {
    const { rotating, thaw, nextSign } = await freeze();
    await recoverRotations(tabs.open(tabs.browser.newWindow(), 'second', nextSign).services);
    assert.deepEqual(told(), []);
    thaw();
    await rotating;
    assert.deepEqual(names(), ['sign-in', 'dev-2']);
    assert.ok(tabs.isKept(bench.emulator.tokens[1]!.id));
  });

  it('give a rotation up that another one has undone while the browser kept them frozen', async () => {
    const { id, rotating, thaw, nextSign } = await freeze();
    await nextSign();
    await recoverRotations(tabs.open(tabs.browser.newWindow(), 'second').services);
    assert.match(
      told().join(),
      /^Undid the interrupted rotation of "dev", which still works\. Delete the token "dev-2", unless/,
    );
    thaw();
    await assert.rejects(rotating, { code: 'storage-failed' });
    assert.deepEqual(names(), ['sign-in', 'dev', 'dev-2']);
    assert.ok(tabs.isKept(id));
  });
});
