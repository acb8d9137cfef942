import assert from 'node:assert/strict';

import { Lasting } from '../../../src/secrets/lasting';
import { begin, type TestSetup } from '../../scenarios/support';
import { Memory } from '../../support/keyring';

describe('a secret storage that forgets', () => {
  let bench: TestSetup;
  let state: Memory;
  beforeEach(async () => {
    bench = await begin();
    state = new Memory();
  });
  afterEach(() => bench.end());

  const start = async (wasInUse: boolean) => {
    const lasting = new Lasting(bench.window.services.store, state);
    await lasting.look(wasInUse);
    return lasting.isDoubtful;
  };

  it('is noticed at a start by what was in use, and forgiven once something lasts', async () => {
    assert.equal(await start(false), false);
    assert.equal(bench.person.read.length, 0, 'nothing was in use');
    assert.equal(await start(true), true);
    assert.match(bench.person.read[0]?.message ?? '', /^The tokens that were stored here are gone\./);
    assert.equal(await start(false), true, 'it may forget again');
    await bench.signIn();
    assert.equal(await start(true), false);
    assert.equal(bench.person.read.length, 1);
  });

  it('is pointed out before a token is created', async () => {
    await bench.signIn();
    await bench.window.services.lasting.look(false);
    await bench.window.services.store.forgetConnection('p-4711-delhi');
    await bench.window.services.lasting.look(true);
    await bench.signIn();
    const posts = () => bench.emulator.calls.filter((call) => call.startsWith('POST')).length;
    await bench.runInteractively('createToken', { name: 'precious' });
    assert.match(bench.person.read.at(-1)?.message ?? '', /^Create a token although this machine may lose its value\?/);
    assert.equal(posts(), 0);
    bench.person.clicks = 'Create Anyway';
    await bench.runInteractively('createToken', { name: 'precious' });
    assert.equal(posts(), 1);
  });
});
