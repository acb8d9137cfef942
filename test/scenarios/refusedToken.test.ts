import assert from 'node:assert/strict';

import { Emulator } from '../emulator/emulator';
import { holdCall } from '../emulator/fault';
import { Keyring } from '../support/keyring';
import { credentialsOf, newWindow } from '../support/testWindow';
import { until } from '../support/until';
import { begin, type TestSetup } from './support';

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

  describe('and that moves on to another token', () => {
    let bench: TestSetup;
    let refreshing: Promise<unknown>;
    let letGo: () => void;
    beforeEach(async () => {
      bench = await begin();
      const { emulator } = bench;
      const { id } = await bench.signIn();
      await bench.run('createToken', { name: 'next', activate: false });
      emulator.revoke(id);
      const held = holdCall();
      ({ letGo } = held);
      emulator.fail('GET', {});
      emulator.fail('GET', held.fault);
      const before = emulator.calls.length;
      refreshing = bench.run('refresh');
      await until('the test of the other token', () => emulator.calls.length === before + 2);
    });
    afterEach(() => bench.end());

    it('stays signed out if another window signs out meanwhile', async () => {
      const other = newWindow(bench.emulator, bench.keyring);
      await other.services.store.forgetConnection(connectionId);
      letGo();
      await assert.rejects(refreshing, { code: 'unauthorized' });
      assert.deepEqual([...bench.keyring.kept.keys()], []);
      other.end();
    });

    it('keeps the variable names that another window sets meanwhile', async () => {
      await bench.run('setVariableNames', { names: ['OPENAI_API_KEY'] });
      letGo();
      await refreshing;
      const { connection } = await bench.window.services.store.signedIn(connectionId);
      assert.deepEqual(connection.variables, ['OPENAI_API_KEY']);
      assert.equal(connection.signInTokenId, bench.emulator.tokens.at(-1)?.id);
    });
  });
});
