import assert from 'node:assert/strict';

import type { PlatformToken } from '../../emulator/emulator';
import { begin, type Bench } from '../../scenarios/support';
import { Keyring } from '../../support/storage';
import { credentialsOf, newWindow, type TestWindow } from '../../support/testWindow';

const connectionId = 'p-4711-delhi';
const day = 24 * 60 * 60 * 1000;

describe('stored values whose tokens went elsewhere', () => {
  let bench: Bench;
  let window: TestWindow;
  beforeEach(async () => {
    bench = await begin();
    window = newWindow(bench.emulator, new Keyring());
    const connection = { id: connectionId, label: 'Test', projectId: 4711, location: 'Delhi' };
    await window.services.store.saveConnection({
      connection,
      credentials: credentialsOf(bench.emulator.seed('sign-in')),
    });
  });
  afterEach(() => {
    window.end();
    return bench.end();
  });

  /** A token whose value is stored here. */
  const stored = async (name: string, ageInDays = 9, given: Partial<PlatformToken> = {}) => {
    const token = bench.emulator.seed(name, { createdAt: Date.now() - ageInDays * day, ...given });
    const { id, createdAt: created } = token;
    const credentials = credentialsOf(token);
    await window.services.store.saveToken({ connectionId, id }, { name, created, expires: undefined, credentials });
    return id;
  };
  /** Ids of those that are forgotten once the list is asked for anew. */
  const look = async () => {
    const { leftovers, lists } = window.services;
    await lists.refresh(connectionId);
    return (await leftovers.forgetRevoked(connectionId)).map(({ id }) => id);
  };

  it('are forgotten where TIR refuses them and does not list them', async () => {
    const [gone, there] = [await stored('gone'), await stored('there')];
    bench.emulator.revoke(gone);
    assert.deepEqual(await look(), [gone]);
    assert.deepEqual([...(await window.services.store.storedIds(connectionId))], [there]);
  });

  it('stay where the token works, though no list has it', async () => {
    await stored('not-listed', 9, { listed: false });
    assert.deepEqual(await look(), []);
  });

  it('stay where TIR does not say that it refuses them', async () => {
    const gone = await stored('gone');
    bench.emulator.revoke(gone);
    await window.services.lists.refresh(connectionId);
    bench.emulator.fail('GET', { status: 403 });
    assert.deepEqual(await window.services.leftovers.forgetRevoked(connectionId), []);
  });

  it('stay while the token is in use, and on the day on which it was made', async () => {
    const [used, fresh] = [await stored('used'), await stored('fresh', 0)];
    await window.services.store.use({ connectionId, id: used, name: 'used' });
    bench.emulator.revoke(used);
    bench.emulator.revoke(fresh);
    assert.deepEqual(await look(), []);
  });
});
