import assert from 'node:assert/strict';

import { begin, type TestSetup, run, signIn, lengthInTerminal } from '../support';

describe('createToken', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    await bench.end();
  });

  it('puts the first token in use, and later ones only if the argument says so', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    type Result = { id: number; name: string; createdAt: string; active: boolean };
    const first = await run<Result>('createToken', { name: 'first' });
    assert.deepEqual(first, {
      id: emulator.tokens.at(-1)?.id,
      name: 'first',
      // A JWT says it in seconds.
      createdAt: new Date(Math.floor((emulator.tokens.at(-1)?.createdAt ?? 0) / 1000) * 1000).toISOString(),
      active: true,
    });
    assert.equal((await run<Result>('createToken', { name: 'second' })).active, false);
    assert.equal(
      await lengthInTerminal('TIR_API_TOKEN'),
      emulator.made.find(({ name }) => name === 'first')?.value.length,
    );
    assert.equal((await run<Result>('createToken', { name: 'third-token', activate: true })).active, true);
    assert.equal(
      await lengthInTerminal('TIR_API_TOKEN'),
      emulator.made.find(({ name }) => name === 'third-token')?.value.length,
    );
    await run('stopUsingToken');
    assert.equal((await run<Result>('createToken', { name: 'fourth', activate: false })).active, false);
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), 0);
  });

  it('takes the ID from the list if the answer has none', async () => {
    await signIn(bench.emulator);
    bench.emulator.createWithout = ['id'];
    const { id } = await run<{ id: number }>('createToken', { name: 'x' });
    assert.equal(id, bench.emulator.tokens.at(-1)?.id);
    assert.ok((await lengthInTerminal('TIR_API_TOKEN')) > 0);
  });

  it('makes one call for each of several concurrent creations', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    await Promise.all(['a', 'b', 'c'].map((name) => run('createToken', { name })));
    assert.equal(emulator.calls.filter((call) => call.startsWith('POST')).length, 3);
    assert.equal(emulator.tokens.length, 4);
  });
});
