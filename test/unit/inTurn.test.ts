import assert from 'node:assert/strict';

import { inTurn } from '../../src/base/async';

describe('work in turn', () => {
  /** Ends of the work that has begun, each by what it is given. */
  let begun: ((error?: Error) => void)[];
  let ask: () => Promise<void>;
  beforeEach(() => {
    begun = [];
    ask = inTurn(
      () => new Promise((resolve, reject) => begun.push((error) => (error === undefined ? resolve() : reject(error)))),
    );
  });

  it('begins in the call, and does once more what was asked for meanwhile, for all who asked', async () => {
    const first = ask();
    assert.equal(begun.length, 1);
    const later = [ask(), ask()];
    assert.equal(begun.length, 1);
    begun[0]!();
    await first;
    assert.equal(later[0], later[1]);
    await Promise.resolve();
    assert.equal(begun.length, 2);
    const last = ask();
    begun[1]!();
    await Promise.all(later);
    await Promise.resolve();
    assert.equal(begun.length, 3);
    begun[2]!();
    await last;
    void ask();
    assert.equal(begun.length, 4);
  });

  it('tells a failure those whose work it was, and goes on', async () => {
    const failing = ask();
    const next = ask();
    begun[0]!(new Error('the disk is full'));
    await assert.rejects(failing, /the disk is full/);
    await Promise.resolve();
    begun[1]!();
    await next;
  });
});
