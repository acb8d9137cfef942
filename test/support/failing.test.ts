/*
 * Ways in which a test file can fail. No suite runs it; `test/unit/project/runner.test.ts` checks how it's counted.
 */

describe('a hook that fails', () => {
  let begun = 0;
  beforeEach(() => {
    if (++begun === 2) {
      throw new Error('the second time');
    }
  });
  for (const number of [1, 2, 3]) {
    it(`test ${number}`, () => undefined);
  }
});

describe('a promise without a handler', () => {
  it('is rejected', async () => {
    void Promise.reject(new Error('unhandled'));
    await new Promise(() => undefined);
  });
  it.skip('is skipped', () => undefined);
});
