import assert from 'node:assert/strict';

import type { PlatformToken } from '../../emulator/emulator';
import { begin, type TestSetup } from '../../scenarios/support';
import { Keyring } from '../../support/keyring';
import { credentialsOf, newWindow, type TestWindow } from '../../support/testWindow';

const connectionId = 'p-4711-delhi';
const day = 24 * 60 * 60 * 1000;

describe('forgetRevoked', () => {
  let bench: TestSetup;
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

  /** Creates a token whose value is stored on this machine. Resolves to its ID. */
  const stored = async (name: string, ageInDays = 9, given: Partial<PlatformToken> = {}) => {
    const token = bench.emulator.seed(name, { createdAt: Date.now() - ageInDays * day, ...given });
    const { id, createdAt: created } = token;
    const credentials = credentialsOf(token);
    await window.services.store.saveToken({ connectionId, id }, { name, created, expires: undefined, credentials });
    return id;
  };
  /** Refreshes the list. Resolves to the IDs of the tokens whose values are forgotten. */
  const forgetAfterRefresh = async () => {
    const { revokedValues, lists } = window.services;
    await lists.refresh(connectionId);
    return (await revokedValues.forgetRevoked(connectionId)).map(({ id }) => id);
  };

  it('forgets the value of a token that TIR refuses and does not list', async () => {
    const [gone, there] = [await stored('gone'), await stored('there')];
    bench.emulator.revoke(gone);
    assert.deepEqual(await forgetAfterRefresh(), [gone]);
    assert.deepEqual([...(await window.services.store.storedIds(connectionId))], [there]);
  });

  it('keeps the value of a token that works, even if it is not listed', async () => {
    await stored('not-listed', 9, { listed: false });
    assert.deepEqual(await forgetAfterRefresh(), []);
  });

  it('keeps the value if TIR answers 403, which does not mean that the token is refused', async () => {
    const gone = await stored('gone');
    bench.emulator.revoke(gone);
    await window.services.lists.refresh(connectionId);
    bench.emulator.fail('GET', { status: 403 });
    assert.deepEqual(await window.services.revokedValues.forgetRevoked(connectionId), []);
  });

  it('keeps the value of a token that is in use or less than a day old', async () => {
    const [used, fresh] = [await stored('used'), await stored('fresh', 0)];
    await window.services.store.use({ connectionId, id: used, name: 'used' });
    bench.emulator.revoke(used);
    bench.emulator.revoke(fresh);
    assert.deepEqual(await forgetAfterRefresh(), []);
  });
});
