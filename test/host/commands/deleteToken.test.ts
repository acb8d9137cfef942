import assert from 'node:assert/strict';

import { begin, type TestSetup, run, signIn, lengthInTerminal } from '../support';

describe('deleteToken', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    await bench.end();
  });

  it('says what will break, deletes several tokens, and reports which failed', async () => {
    const { emulator, person } = bench;
    await signIn(emulator);
    const [a, b] = [emulator.seed('token-a'), emulator.seed('token-b')];
    const { id } = await run<{ id: number }>('createToken', { name: 'in-use' });
    person.clicks = 'Delete';
    emulator.fail('DELETE', { status: 403 });
    assert.deepEqual(await run('deleteToken', { ids: [a.id, b.id, id, id] }), {
      deleted: [b.id, id],
      failed: [{ id: a.id, code: 'forbidden' }],
    });
    const [question, ...more] = person.read;
    assert.deepEqual(more, []);
    assert.equal(question?.message, 'Delete 3 tokens?');
    assert.match(
      question.detail,
      /• token-a\n• token-b\n• in-use\n"in-use" is in use: new terminals will have no token/,
    );
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), 0);
    assert.deepEqual(await run('refresh'), { tokenCount: 2 });
  });

  it('accepts a row of the tree, and warns if its token is the one that signed in', async () => {
    const { emulator, person } = bench;
    const first = await signIn(emulator);
    const connectionId = 'p-4711-delhi';
    await run('addTokenValue', { id: first.id, token: first.value });
    person.clicks = 'Delete';
    await run('deleteToken', { kind: 'token', id: first.id, connectionId });
    assert.match(person.read[0]?.detail ?? '', /You signed in with "sign-in", so you'll have to sign in again/);
    await assert.rejects(run('refresh'), { code: 'unauthorized' });
  });
});
