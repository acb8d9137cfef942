import assert from 'node:assert/strict';
import { hostname } from 'node:os';

import { Secret } from '../../src/base/secret';
import { recoverRotations } from '../../src/commands/rotateToken';
import type { Rotation } from '../../src/secrets/records';
import type { ShowValueOnce } from '../../src/tokens/rotation';
import { Keyring } from '../support/keyring';
import { credentialsOf, newWindow, type TestWindow } from '../support/testWindow';
import { until } from '../support/until';
import { begin, type TestSetup } from './support';

const connectionId = 'p-4711-delhi';
const minute = 60 * 1000;

describe('rotation and its recovery', () => {
  let bench: TestSetup;
  let keyring: Keyring;
  let now: number;
  let windows: TestWindow[];
  let showOnce: ShowValueOnce;
  const open = () => {
    const window = newWindow(bench.emulator, keyring, {
      now: () => now,
      showOnce: (name, credentials) => showOnce(name, credentials),
    });
    windows.push(window);
    return window.services;
  };
  beforeEach(async () => {
    bench = await begin();
    keyring = new Keyring();
    now = Date.now();
    windows = [];
    showOnce = () => Promise.reject(new Error('shown'));
    const self = bench.emulator.seed('dev-laptop');
    const { store } = open();
    const connection = { id: connectionId, label: 'Test', projectId: 4711, location: 'Delhi', signInTokenId: self.id };
    const credentials = credentialsOf(self);
    await store.saveConnection({ connection, credentials });
    const ref = { connectionId, id: self.id };
    await store.saveToken(ref, { name: self.name, created: self.createdAt, expires: undefined, credentials });
    await store.use({ ...ref, name: self.name });
    await store.use({ ...ref, name: self.name }, 'file:///folder');
  });
  afterEach(async () => {
    windows.forEach((window) => window.end());
    await bench.end();
  });

  const openLoaded = async () => {
    const { store, tokens } = open();
    return { store, tokens: await tokens() };
  };
  const names = () => bench.emulator.tokens.map(({ name }) => name);
  const begun = (given: Partial<Rotation>): Rotation => ({
    ...{ connectionId, oldId: bench.emulator.tokens[0]!.id, oldName: 'dev-laptop', newName: 'dev-laptop-2' },
    ...{ startedAt: now, at: now, host: hostname(), pid: process.pid },
    ...given,
  });

  it("moves the uses in all folders and the project's sign-in to the new token", async () => {
    const { tokens, store } = await openLoaded();
    const old = { connectionId, id: bench.emulator.tokens[0]!.id };
    const newToken = await tokens.rotate(old, 'dev-laptop');
    assert.equal((await store.connection(connectionId))?.connection.signInTokenId, newToken.id);
    const uses = (await store.uses()).map(({ id, folder }) => [id, folder]);
    assert.deepEqual(uses, [
      [newToken.id, undefined],
      [newToken.id, 'file:///folder'],
    ]);
    assert.deepEqual(
      [...keyring.kept.keys()].filter((key) => key.startsWith('rotation:') || key.endsWith(`:${old.id}`)),
      [],
    );
  });

  it('skips a name whose value is still stored, even if its token is gone', async () => {
    const { tokens, store } = await openLoaded();
    const credentials = { token: new Secret('value-of-one-that-is-gone') };
    const gone = { name: 'dev-laptop-2', created: undefined, expires: undefined, credentials };
    await store.saveToken({ connectionId, id: 7 }, gone);
    const newToken = await tokens.rotate({ connectionId, id: 1001 }, 'dev-laptop');
    assert.equal(newToken.name, 'dev-laptop-3');
  });

  it('leaves a rotation to its process while that runs here, or was recently active elsewhere', async () => {
    const { tokens, store } = await openLoaded();
    await store.saveRotation(begun({ pid: process.ppid }));
    assert.deepEqual(await tokens.recoverRotations(), []);
    const old = { connectionId, id: bench.emulator.tokens[0]!.id };
    await assert.rejects(tokens.rotate(old, 'dev-laptop'), { code: 'conflict' });
    await store.saveRotation(begun({ host: 'another-machine' }));
    assert.deepEqual(await tokens.recoverRotations(), []);
    assert.deepEqual(names(), ['dev-laptop']);
    now += 16 * minute;
    assert.deepEqual(
      (await tokens.recoverRotations()).map(({ outcome }) => outcome),
      ['undone'],
    );
    assert.deepEqual(await store.rotations(), []);
  });

  it("deletes a new token whose value isn't stored", async () => {
    const { tokens, store } = await openLoaded();
    await store.saveRotation(begun({}));
    bench.emulator.listWithValues = false;
    bench.emulator.seed('dev-laptop-2');
    const [recovery] = await tokens.recoverRotations();
    assert.equal(recovery?.outcome, 'undone');
    assert.deepEqual(names(), ['dev-laptop']);
    assert.deepEqual((await store.uses()).length, 2);
  });

  it('leaves a token of the new name alone if it is older than the rotation', async () => {
    const { tokens, store } = await openLoaded();
    await store.saveRotation(begun({}));
    bench.emulator.seed('dev-laptop-2', { createdAt: now - 60 * minute });
    await tokens.recoverRotations();
    assert.deepEqual(names(), ['dev-laptop', 'dev-laptop-2']);
  });

  it('finishes with the value from a list that contains it', async () => {
    const { tokens, store } = await openLoaded();
    await store.saveRotation(begun({}));
    const { id } = bench.emulator.seed('dev-laptop-2');
    const [recovery] = await tokens.recoverRotations();
    assert.deepEqual([recovery?.outcome, recovery?.token?.id], ['finished', id]);
    assert.deepEqual(names(), ['dev-laptop-2']);
    assert.deepEqual(new Set((await store.uses()).map((use) => use.id)), new Set([id]));
  });

  it('keeps the record of a rotation while TIR answers with an error', async () => {
    const { tokens, store } = await openLoaded();
    await store.saveRotation(begun({}));
    bench.emulator.fail('GET', { status: 500 });
    const [recovery] = await tokens.recoverRotations();
    assert.deepEqual([recovery?.outcome, recovery?.error?.code], ['unfinished', 'server-error']);
    assert.equal((await store.rotations()).length, 1);
  });

  it('reports each unfinished rotation, even while another report waits for an answer', async () => {
    const services = open();
    await services.store.saveRotation(begun({}));
    await services.store.saveRotation(begun({ oldId: 7, oldName: 'ci', newName: 'ci-2' }));
    bench.emulator.fail('GET', { status: 500 }, 2);
    bench.person.leavesOpen = true;
    void recoverRotations(services);
    await until('both messages', () => bench.person.read.length === 2 || undefined);
    assert.deepEqual(
      bench.person.read.map(({ message }) => /"(.*?)"/.exec(message)?.[1]),
      ['dev-laptop', 'ci'],
    );
  });

  it("shows the new value once if it can't be stored, and leaves the old token in use", async () => {
    const { tokens, store } = await openLoaded();
    keyring.failsOn = /^value:.*:(?!1001$)/;
    const shown: string[] = [];
    showOnce = (name, { token }) => {
      assert.ok(token.reveal() === bench.emulator.tokens.at(-1)?.value);
      shown.push(name);
      return Promise.resolve();
    };
    const old = { connectionId, id: 1001 };
    await assert.rejects(tokens.rotate(old, 'dev-laptop'), { code: 'storage-failed' });
    assert.deepEqual(shown, ['dev-laptop-2']);
    assert.deepEqual(names(), ['dev-laptop', 'dev-laptop-2']);
    assert.deepEqual(
      (await store.uses()).map(({ id }) => id),
      [1001, 1001],
    );
    assert.deepEqual(await store.rotations(), []);
  });
});
