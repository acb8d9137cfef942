import assert from 'node:assert/strict';

import { begin, type TestSetup, run, signIn } from '../support';

describe('refresh, sortTokens, filterTokens and clearFilter', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    await run('sortTokens', { by: 'name' });
    await run('clearFilter');
    await bench.end();
  });

  it('counts the tokens that TIR lists, in all projects', async () => {
    const { emulator } = bench;
    await assert.rejects(run('refresh'), { code: 'not-signed-in' });
    await signIn(emulator);
    emulator.seed('made-elsewhere');
    assert.deepEqual(await run('refresh'), { tokenCount: 2 });
  });

  it('sorts by name, age or expiry, and rejects any other order without quoting it', async () => {
    for (const by of ['age', 'expiry', 'name']) {
      assert.deepEqual(await run('sortTokens', { by }), { by });
    }
    await assert.rejects(run('sortTokens', { by: 'colour' }), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'invalid-input');
      assert.match(error.message, /"by"/);
      assert.ok(!error.message.includes('colour'));
      return true;
    });
  });

  it('filters by a trimmed part of a name, and clears the filter', async () => {
    await signIn(bench.emulator);
    assert.deepEqual(await run('filterTokens', { text: ' dev ' }), { text: 'dev' });
    assert.deepEqual(await run('clearFilter'), {});
    await assert.rejects(run('filterTokens', { text: 7 }), { code: 'invalid-input' });
  });
});
