import assert from 'node:assert/strict';

import { Secret } from '../../../src/base/secret';
import { createToken } from '../../../src/commands/createToken';
import { deleteToken } from '../../../src/commands/deleteToken';
import { signIn } from '../../../src/commands/signIn';
import { signOut } from '../../../src/commands/signOut';
import { useToken } from '../../../src/commands/useToken';
import { Store } from '../../../src/secrets/store';
import type { Services } from '../../../src/services';
import { takeSnapshot } from '../../../src/view/snapshot';
import { Emulator, type PlatformToken } from '../../emulator/emulator';
import { Keyring, machine } from '../../support/keyring';
import { Person } from '../../support/person';
import { credentialsOf, newWindow, type TestWindow } from '../../support/testWindow';

const connectionId = 'p-4711-delhi';
const damaged = '{"v":1,"half":';
const newer = '{"v":2,"credentials":"in another form"}';

describe('stored records', () => {
  let emulator: Emulator;
  let keyring: Keyring;
  let window: TestWindow;
  let services: Services;
  let self: PlatformToken;
  /** Another window's. */
  let other: Store;

  beforeEach(async () => {
    emulator = await Emulator.start();
    self = emulator.seed('self');
    keyring = new Keyring();
    window = newWindow(emulator, keyring);
    services = window.services;
    other = new Store(keyring, machine, () => undefined);
    await enter();
  });
  afterEach(() => {
    other.dispose();
    window.end();
    return emulator.stop();
  });

  const call = (argument: unknown) => ({ argument, selection: [], interactive: false });
  const enter = () => {
    const { value: token, apiKey, projectId, location } = self;
    return signIn(services, call({ token, apiKey, projectId, location }));
  };
  const rows = async () =>
    (await takeSnapshot({ ...services, host: () => 'host' }, { sorting: 'name', filter: '', warnBeforeDays: 30 }))
      .roots;

  for (const [name, text, words] of [
    ['damaged', damaged, /damaged\. Sign in to the project again/],
    ['newer', newer, /newer version of TIR Tokens.*Update the extension/],
  ] as const) {
    it(`affect only their own project if they are ${name}: a row explains them, and a sign-out works`, async () => {
      keyring.kept.set('connection:p-1-delhi', text);
      assert.deepEqual(
        (await services.store.connections()).map(({ id }) => id),
        [connectionId],
      );
      const row = (await rows()).find((node) => node.connectionId === 'p-1-delhi');
      assert.match(row?.kind === 'connection' ? (row.problem?.sentence ?? '') : '', words);
      await createToken(services, call({ name: 'beside', connectionId }));
      await signOut(services, call({ connectionId: 'p-1-delhi' }));
      assert.ok(!keyring.kept.has('connection:p-1-delhi'));
      assert.equal((await rows()).length, 2, 'the two tokens of the other project');
    });

    it(`stay usable if another value, use or rotation record is ${name}`, async () => {
      keyring.kept.set(`value:${connectionId}:77`, text);
      keyring.kept.set(`rotation:${connectionId}:77`, text);
      keyring.kept.set('in-use:file:///elsewhere', text);
      assert.deepEqual(
        (await services.store.storedTokens(connectionId)).map(({ id }) => id),
        [self.id],
      );
      assert.deepEqual(await (await services.tokens()).recoverRotations(), []);
      await useToken(services, call({ id: self.id, connectionId }));
      assert.equal((await services.store.uses()).length, 1);
      await assert.rejects(services.store.token({ connectionId, id: 77 }), { code: 'storage-failed' });
    });

    it(`don't keep others from being deleted or rotated if a project or value is ${name}`, async () => {
      const { id } = await createToken(services, call({ name: 'beside', connectionId }));
      keyring.kept.set('connection:p-1-delhi', text);
      keyring.kept.set(`value:${connectionId}:${self.id}`, text);
      const person = new Person();
      person.clicks = 'Delete';
      const rows = [
        { connectionId: 'p-1-delhi', id: 5 },
        { connectionId, id },
      ];
      const { deleted, failed } = await deleteToken(services, { argument: {}, selection: rows, interactive: false });
      person.leave();
      assert.deepEqual(deleted, [id]);
      assert.deepEqual(failed, [{ id: 5, code: 'storage-failed' }]);
      const rotated = await (await services.tokens()).rotate({ connectionId, id: self.id }, 'self');
      assert.equal(rotated.name, 'self-2');
      assert.deepEqual(await services.store.rotations(), []);
    });
  }

  it('are overwritten if they are damaged, but never if a newer version wrote them', async () => {
    keyring.kept.set(`connection:${connectionId}`, damaged);
    await enter();
    assert.equal((await services.store.connections()).length, 1);
    for (const key of [`connection:${connectionId}`, `value:${connectionId}:${self.id}`]) {
      const before = keyring.kept.get(key) ?? assert.fail(key);
      keyring.kept.set(key, newer);
      await assert.rejects(enter(), { code: 'storage-failed' });
      assert.equal(keyring.kept.get(key), newer);
      keyring.kept.set(key, before);
    }
  });

  it('are tested with a probe, which fails a creation early if the keyring keeps nothing', async () => {
    const store = keyring.store.bind(keyring);
    keyring.store = (key, text) => (key.startsWith('probe') ? Promise.resolve() : store(key, text));
    await assert.rejects(createToken(services, call({ name: 'never' })), { code: 'storage-failed' });
    assert.deepEqual(
      emulator.tokens.map(({ name }) => name),
      ['self'],
    );
    assert.ok(![...keyring.kept.keys()].some((key) => key.startsWith('probe')));
  });

  it('are refused, and not left behind, for a project that was signed out of', async () => {
    const { store } = services;
    await store.forgetConnection(connectionId);
    const stored = { name: 'late', created: 1, expires: undefined, credentials: { token: new Secret(self.value) } };
    const rotation = { connectionId, oldId: 1, oldName: 'a', newName: 'a-2', startedAt: 1, at: 1, window: 'x' };
    await assert.rejects(store.saveToken({ connectionId, id: 1 }, stored), { code: 'not-signed-in' });
    await assert.rejects(store.use({ connectionId, id: 1, name: 'late' }), { code: 'not-signed-in' });
    await assert.rejects(store.saveRotation(rotation), { code: 'not-signed-in' });
    assert.deepEqual([...keyring.kept.keys()], []);
  });

  it('are all forgotten, even if another window stores one meanwhile', async () => {
    const late = { name: 'late', created: 1, expires: undefined, credentials: { token: new Secret(self.value) } };
    const keys = keyring.keys.bind(keyring);
    let saving: Promise<unknown> | undefined;
    keyring.keys = async () => {
      const found = await keys();
      saving ??= other.saveNewToken({ connectionId, id: 99 }, late).catch(() => undefined);
      return found;
    };
    await services.store.forgetEverything();
    await saving;
    assert.deepEqual([...keyring.kept.keys()], []);
  });

  it("don't come back if another window deletes a value while its times are stored", async () => {
    const ref = { connectionId, id: self.id };
    const get = keyring.get.bind(keyring);
    let deleting: Promise<void> | undefined;
    keyring.get = async (key) => {
      const found = await get(key);
      if (key.startsWith('value:')) {
        await (deleting ??= other.forgetToken(ref));
      }
      return found;
    };
    await services.store.saveTimes(ref, { created: Date.now(), expires: undefined });
    assert.ok(deleting);
    assert.ok(!keyring.kept.has(`value:${connectionId}:${self.id}`));
  });

  it('are found again in the window that forgot them if another one stores them again', async () => {
    const { store } = services;
    const ref = { connectionId, id: self.id };
    await store.forgetToken(ref);
    assert.equal(await store.token(ref), undefined);
    await other.saveToken(ref, { name: 'self', created: 1, expires: undefined, credentials: credentialsOf(self) });
    assert.equal((await store.token(ref))?.name, 'self');
    assert.equal((await store.tokenIfReadable(ref))?.name, 'self');
    assert.ok((await store.storedIds(connectionId)).has(self.id));
  });

  it("are forgotten if TIR refuses their unlisted token, unless it's in use or less than a day old", async () => {
    const { store, lists, revokedValues } = services;
    const [gone, unlisted, used] = ['gone', 'unlisted', 'used'].map((name) =>
      emulator.seed(name, { listed: name !== 'unlisted', createdAt: Date.now() - 3 * 24 * 60 * 60 * 1000 }),
    ) as [PlatformToken, PlatformToken, PlatformToken];
    const fresh = emulator.seed('fresh');
    for (const { id, name, createdAt, ...token } of [gone, unlisted, used, fresh]) {
      const credentials = credentialsOf(token);
      await store.saveToken({ connectionId, id }, { name, created: createdAt, expires: undefined, credentials });
    }
    await store.use({ connectionId, id: used.id, name: 'used' });
    [gone, used, fresh].forEach(({ id }) => emulator.revoke(id));
    await lists.refresh(connectionId);
    assert.deepEqual(await revokedValues.forgetRevoked(connectionId), [{ connectionId, id: gone.id }]);
    assert.deepEqual(
      [...(await store.storedIds(connectionId))].sort((a, b) => a - b),
      [self, unlisted, used, fresh].map(({ id }) => id),
    );
    const calls = emulator.calls.length;
    assert.deepEqual(await revokedValues.forgetRevoked(connectionId), [], 'each list is checked once');
    assert.equal(emulator.calls.length, calls);
  });
});
