import assert from 'node:assert/strict';

import { recoverRotations } from '../../../src/commands/rotateToken';
import { begin, type TestSetup } from '../../scenarios/support';
import { credentialsOf } from '../../support/testWindow';

const connectionId = 'p-4711-delhi';

describe('a rotation that failed', () => {
  let bench: TestSetup;
  let id: number;
  beforeEach(async () => {
    bench = await begin();
    await bench.signIn();
    ({ id } = await bench.run<{ id: number }>('createToken', { name: 'dev' }));
  });
  afterEach(() => bench.end());

  const names = () => bench.emulator.tokens.map(({ name }) => name);
  const rotate = (old = id) => bench.run<{ id: number; name: string }>('rotateToken', { id: old });
  const told = () => bench.person.read.map(({ message }) => message);
  /** Rotates the token, but leaves the old one on TIR. */
  const rotateWithoutDeletion = async () => {
    bench.emulator.fail('DELETE', { status: 500 });
    await assert.rejects(rotate(), { code: 'server-error' });
    assert.deepEqual(names(), ['sign-in', 'dev', 'dev-2']);
  };
  /** Rotates the token, but leaves the old value in the keyring. */
  const rotateWithoutForgetting = async () => {
    const remove = bench.keyring.delete.bind(bench.keyring);
    const locked = `value:${connectionId}:${id}`;
    bench.keyring.delete = (key) => (key === locked ? Promise.reject(new Error('locked')) : remove(key));
    await assert.rejects(rotate(), { code: 'storage-failed' });
    assert.deepEqual(names(), ['sign-in', 'dev-2']);
  };

  for (const [what, why, fail] of [
    [
      'its record cannot be written',
      "VS Code's secret storage failed\\. Check that this machine's keyring is unlocked\\.",
      () => {
        const store = bench.keyring.store.bind(bench.keyring);
        bench.keyring.store = (key, text) =>
          key.startsWith('rotation:') ? Promise.reject(new Error('locked')) : store(key, text);
      },
    ],
    [
      'TIR fails',
      'Something went wrong on TIR\\. Rotate "dev" again to finish\\.',
      () => {
        bench.emulator.fail('GET', {});
        bench.emulator.fail('GET', { status: 500 });
      },
    ],
  ] as const) {
    it(`never says that the deleted token works if it's rotated again and ${what}`, async () => {
      await rotateWithoutForgetting();
      fail();
      await assert.rejects(rotate(), {
        message: new RegExp(`^The new token for "dev" is stored, but "dev" may still exist: ${why}$`),
      });
    });
  }

  it('is recorded for other windows once the old token is deleted, even if its value cannot be', async () => {
    await rotateWithoutForgetting();
    const entries = await bench.window.services.activity.activityLog.read();
    assert.ok(
      entries.some(({ action, outcome, tokenId }) => action === 'delete' && outcome === 'ok' && tokenId === id),
    );
  });

  it('gives terminals the old token again if TIR refuses the new one later', async () => {
    await rotateWithoutDeletion();
    bench.emulator.revoke(bench.emulator.tokens.at(-1)!.id);
    const { services } = bench.window;
    await recoverRotations(services);
    assert.deepEqual(told(), ['Undid the interrupted rotation of "dev", which still works.']);
    assert.deepEqual(
      (await services.store.uses()).map((use) => use.id),
      [id],
    );
    await services.terminals.update();
    assert.equal(await bench.status(), 200);
  });

  it('is finished first if its new token is rotated', async () => {
    await rotateWithoutDeletion();
    assert.equal((await rotate(bench.emulator.tokens.at(-1)!.id)).name, 'dev-3');
    assert.deepEqual(names(), ['sign-in', 'dev-3']);
    assert.deepEqual(await bench.window.services.store.rotations(), []);
  });

  it('tells of a token that it may have left, even if the next try fails, too', async () => {
    const { emulator } = bench;
    emulator.listWithValues = false;
    emulator.fail('POST', { reset: 'after' });
    emulator.fail('GET', {});
    emulator.fail('GET', { status: 500 });
    await assert.rejects(rotate(), { message: /^Can't tell whether TIR created the new token for "dev"/ });
    assert.deepEqual(told(), []);
    emulator.fail('POST', { status: 403 });
    await assert.rejects(rotate(), { code: 'forbidden', message: /^Couldn't rotate the token "dev": / });
    assert.deepEqual(names(), ['sign-in', 'dev', 'dev-2']);
    assert.match(told()[0] ?? '', /^The token "dev-2" may be left over from a rotation\. Delete it, unless/);
  });

  it("is recovered even if another project's record can't be read", async () => {
    const { store, tokens } = bench.window.services;
    const other = bench.emulator.seed('other', { projectId: 52 });
    const connection = { id: 'p-52-delhi', label: 'Other', projectId: 52, location: 'Delhi' };
    await store.saveConnection({ connection, credentials: credentialsOf(other) });
    const begun = { startedAt: Date.now(), at: 1, window: 'a closed window' };
    await store.saveRotation({
      ...{ ...begun, connectionId: connection.id, oldId: other.id, oldName: 'other', newName: 'other-2' },
    });
    await store.saveRotation({ ...begun, connectionId, oldId: id, oldName: 'dev', newName: 'dev-2' });
    await bench.keyring.store(`connection:${connection.id}`, '{');
    const recoveries = await (await tokens()).recoverRotations();
    assert.deepEqual(
      recoveries.map(({ rotation, outcome, error }) => [rotation.oldName, outcome, error?.code]),
      [
        ['other', 'unfinished', 'storage-failed'],
        ['dev', 'undone', undefined],
      ],
    );
    assert.deepEqual(
      (await store.rotations()).map(({ oldName }) => oldName),
      ['other'],
    );
  });

  it('says that the new token is stored if the progress cannot be', async () => {
    const store = bench.keyring.store.bind(bench.keyring);
    bench.keyring.store = (key, text) =>
      key.startsWith('rotation:') && text.includes('newId') ? Promise.reject(new Error('locked')) : store(key, text);
    await assert.rejects(rotate(), { message: /^The new token for "dev" is stored/ });
  });

  it('leaves a new token to the person that TIR refuses at a later start', async () => {
    await rotateWithoutDeletion();
    bench.emulator.fail('GET', { status: 401 });
    await recoverRotations(bench.window.services);
    assert.deepEqual(names(), ['sign-in', 'dev', 'dev-2']);
  });
});
