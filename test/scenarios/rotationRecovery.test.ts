import assert from 'node:assert/strict';

import { Secret } from '../../src/base/secret';
import { recoverRotations } from '../../src/commands/rotateToken';
import type { Rotation } from '../../src/secrets/records';
import type { ShowValueOnce } from '../../src/tokens/rotationSteps';
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
  let waitForSign: () => Promise<unknown>;
  const open = () => {
    const window = newWindow(bench.emulator, keyring, {
      now: () => now,
      wait: async () => {
        await waitForSign();
      },
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
    waitForSign = () => Promise.resolve();
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
    ...{ startedAt: now, at: now, window: 'a closed window' },
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

  it('leaves a rotation to the window that works on it', async () => {
    const { tokens, store } = await openLoaded();
    const { tokens: others } = await openLoaded();
    const old = { connectionId, id: bench.emulator.tokens[0]!.id };
    let arrived: () => void = () => undefined;
    const isCreating = new Promise<void>((resolve) => (arrived = resolve));
    let letGo: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (letGo = resolve));
    const saveNewToken = store.saveNewToken.bind(store);
    store.saveNewToken = async (...given) => {
      arrived();
      await waiting;
      return saveNewToken(...given);
    };
    const rotating = tokens.rotate(old, 'dev-laptop');
    await isCreating;
    // The other window waits until this one has given a sign of life.
    waitForSign = async () => {
      now++;
      const [seen] = await store.rotations();
      await until('a sign of life', async () => (await store.rotations())[0]?.at !== seen?.at);
    };
    assert.deepEqual(await others.recoverRotations(), []);
    await assert.rejects(others.rotate(old, 'dev-laptop'), { code: 'conflict' });
    letGo();
    await rotating;
    assert.deepEqual(names(), ['dev-laptop-2']);
  });

  for (const [what, given] of [
    ['its value is lost', () => (bench.emulator.listWithValues = false)],
    ['it was created a day later', () => bench.emulator.seed('dev-laptop-2', { createdAt: now + 24 * 60 * minute })],
    ['only its day is known', () => (bench.emulator.values = 'opaque')],
  ] as const) {
    it(`leaves a token of the new name to the person if ${what}, and undoes the rotation`, async () => {
      const { tokens, store } = await openLoaded();
      await store.saveRotation(begun({}));
      given();
      if (names().length === 1) {
        bench.emulator.seed('dev-laptop-2');
      }
      const [recovery] = await tokens.recoverRotations();
      assert.deepEqual([recovery?.outcome, recovery?.left?.name], ['undone', 'dev-laptop-2']);
      assert.deepEqual(names(), ['dev-laptop', 'dev-laptop-2']);
      assert.deepEqual((await store.uses()).length, 2);
      assert.deepEqual(await store.rotations(), []);
      assert.equal((await store.storedIds(connectionId)).size, 1);
    });
  }

  it("doesn't take a value that was added under the new name for the rotation's", async () => {
    const { tokens, store } = await openLoaded();
    await store.saveRotation(begun({}));
    const made = bench.emulator.seed('dev-laptop-2', { createdAt: now + 24 * 60 * minute });
    const value = { name: made.name, created: made.createdAt, expires: undefined, credentials: credentialsOf(made) };
    await store.saveToken({ connectionId, id: made.id }, value);
    await tokens.recoverRotations();
    assert.deepEqual(names(), ['dev-laptop', 'dev-laptop-2']);
  });

  it('offers to delete a token that it may have left', async () => {
    const services = open();
    await services.store.saveRotation(begun({}));
    bench.emulator.listWithValues = false;
    bench.emulator.seed('dev-laptop-2');
    await recoverRotations(services);
    const { message } = bench.person.read.at(-1)!;
    assert.match(
      message,
      /^Undid the interrupted rotation of "dev-laptop", which still works\. Delete the token "dev-laptop-2", unless/,
    );
  });

  it('keeps a new token that was shown once because the storage failed, also at the next start', async () => {
    const { tokens, store } = await openLoaded();
    bench.emulator.listWithValues = false;
    keyring.failsOn = /^value:.*:(?!1001$)/;
    showOnce = () => {
      keyring.failsOn = /^(value:.*:(?!1001$)|rotation:)/;
      return Promise.resolve();
    };
    await assert.rejects(tokens.rotate({ connectionId, id: 1001 }, 'dev-laptop'), { code: 'storage-failed' });
    keyring.failsOn = /^$/;
    assert.equal((await store.rotations()).length, 1, 'the record stayed');
    const { tokens: next } = await openLoaded();
    assert.equal((await next.recoverRotations())[0]?.left?.name, 'dev-laptop-2');
    assert.deepEqual(names(), ['dev-laptop', 'dev-laptop-2']);
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
