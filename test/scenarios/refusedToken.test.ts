import assert from 'node:assert/strict';

import { Emulator } from '../emulator/emulator';
import { holdCall } from '../emulator/fault';
import { Keyring } from '../support/keyring';
import { credentialsOf, newWindow } from '../support/testWindow';
import { until } from '../support/until';

const connectionId = 'p-4711-delhi';

describe('a project whose token is refused', () => {
  it('uses the token that another window switched to while the call was under way', async () => {
    const emulator = await Emulator.start();
    const keyring = new Keyring();
    const [first, second] = [newWindow(emulator, keyring), newWindow(emulator, keyring)];
    const { store } = first.services;
    const [self, next] = ['self', 'next'].map((name) => {
      const { id, ...token } = emulator.seed(name);
      return { id, name, credentials: credentialsOf(token) };
    });
    const connection = { id: connectionId, label: 'One', projectId: 4711, location: 'Delhi', signInTokenId: self!.id };
    await store.saveConnection({ connection, credentials: self!.credentials });
    for (const { id, ...token } of [self!, next!]) {
      await store.saveToken({ connectionId, id }, { ...token, created: 1, expires: undefined });
    }
    const { fault, letGo } = holdCall();
    emulator.fail('GET', fault);
    const waiting = second.services.lists.refresh(connectionId);
    await until('the call', () => emulator.calls.length === 1);
    emulator.revoke(self!.id);
    await first.services.lists.refresh(connectionId);
    letGo();
    assert.deepEqual(
      (await waiting).map(({ name }) => name),
      ['next'],
    );
    assert.equal((await store.signedIn(connectionId)).connection.signInTokenId, next!.id);
    first.end();
    second.end();
    await emulator.stop();
  });
});
