import assert from 'node:assert/strict';

import { begin, type TestSetup, run, signIn, lengthInTerminal } from '../support';

describe('signOut and forgetEverything', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    await bench.end();
  });

  it("forget a project's values and its token in use on signOut", async () => {
    const { emulator } = bench;
    const { value: token, apiKey, projectId, location } = await signIn(emulator);
    const { id } = await run<{ id: number }>('createToken', { name: 'x' });
    assert.deepEqual(await run('signOut'), { connectionId: 'p-4711-delhi' });
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), 0);
    emulator.listWithValues = false;
    await run('signIn', { token, apiKey, projectId, location });
    await assert.rejects(run('useToken', { id }), { code: 'value-not-stored' });
    assert.equal((await run<{ active: boolean }>('createToken', { name: 'y' })).active, true, 'no token was in use');
  });

  it('forget all projects on forgetEverything, without deleting a token', async () => {
    const { emulator, person } = bench;
    await signIn(emulator);
    await run('createToken', { name: 'x' });
    person.clicks = 'Forget Everything';
    assert.deepEqual(await run('forgetEverything'), {});
    assert.equal(person.read.at(-1)?.modal, true);
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), 0);
    await assert.rejects(run('refresh'), { code: 'not-signed-in' });
    assert.equal(emulator.tokens.length, 2);
  });
});
