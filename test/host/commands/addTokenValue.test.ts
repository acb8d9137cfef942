import assert from 'node:assert/strict';

import { begin, type TestSetup, run, signIn, lengthInTerminal } from '../support';

describe('addTokenValue', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    await bench.end();
  });

  it('makes a token that was created elsewhere usable, until stopUsingToken', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    const { id, value, apiKey } = emulator.seed('made-elsewhere');
    assert.deepEqual(await run('addTokenValue', { id, token: `Bearer ${value}`, apiKey }), {
      id,
      name: 'made-elsewhere',
    });
    assert.deepEqual(await run('useToken', { id }), { id, name: 'made-elsewhere' });
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), value.length);
    assert.deepEqual(await run('stopUsingToken'), {});
    assert.deepEqual(await run('stopUsingToken'), {}, 'stopping again is harmless');
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), 0);
  });
});
