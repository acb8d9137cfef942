import assert from 'node:assert/strict';

import { Lasting } from '../../../src/secrets/lasting';
import { begin, type TestSetup } from '../../scenarios/support';
import { Memory } from '../../support/keyring';

describe('a secret storage that forgets', () => {
  let bench: TestSetup;
  let state: Memory;
  let left: boolean;
  const running: Lasting[] = [];
  beforeEach(async () => {
    bench = await begin();
    state = new Memory();
    left = false;
  });
  afterEach(() => {
    running.splice(0).forEach((one) => one.dispose());
    return bench.end();
  });

  const start = async (session: string) => {
    const lasting = new Lasting(bench.window.services.store, state, () => Promise.resolve(left), Date.now, session);
    running.push(lasting);
    const isGone = await lasting.look();
    return { isDoubtful: lasting.isDoubtful, isGone };
  };
  /** What a keyring in memory does when VS Code ends. */
  const restart = () => {
    running.splice(0).forEach((one) => one.dispose());
    bench.keyring.kept.clear();
    return bench.keyring.store('probe:restart', '');
  };

  it('is noticed at a start by what was stored, whatever windows were open in between', async () => {
    assert.equal((await start('first')).isDoubtful, false);
    await bench.signIn();
    await bench.window.services.store.uses();
    assert.equal((await start('first')).isDoubtful, false, 'in a window that is not trusted, or of another folder');
    await restart();
    assert.deepEqual(await start('second'), { isDoubtful: true, isGone: true });
    assert.deepEqual(await start('second'), { isDoubtful: true, isGone: false }, 'said once');
  });

  it("isn't reported after a sign-out in any window or profile", async () => {
    await start('first');
    await bench.signIn();
    await bench.run('signOut', { connectionId: 'p-4711-delhi' });
    assert.equal((await start('second')).isDoubtful, false);
    await bench.signIn();
    await restart();
    left = true;
    assert.deepEqual(await start('third'), { isDoubtful: false, isGone: false });
  });

  it('is no longer reported once something has lasted until the next start', async () => {
    await start('first');
    await bench.signIn();
    await restart();
    await start('second');
    await bench.signIn();
    assert.equal((await start('second')).isDoubtful, true, 'in a second window');
    assert.equal((await start('third')).isDoubtful, false);
  });

  it('is pointed out before a token is created or rotated', async () => {
    const { lasting, store } = bench.window.services;
    await lasting.look();
    await bench.signIn();
    const { id } = await bench.run<{ id: number }>('createToken', { name: 'dev', activate: false });
    await restart();
    await store.connections();
    await lasting.look();
    await bench.signIn();
    const posts = () => bench.emulator.calls.filter((call) => call.startsWith('POST')).length;
    const before = posts();
    await bench.runInteractively('createToken', { name: 'precious' });
    assert.match(
      bench.person.read.at(-1)?.message ?? '',
      /^Create a token even though this machine may lose its value\?/,
    );
    await bench.runInteractively('rotateToken', { id, connectionId: 'p-4711-delhi' });
    assert.match(bench.person.read.at(-1)?.detail ?? '', /keeps secrets only in memory/);
    assert.equal(posts(), before);
    bench.person.clicks = 'Create Anyway';
    await bench.runInteractively('createToken', { name: 'precious' });
    assert.equal(posts(), before + 1);
  });
});
