import assert from 'node:assert/strict';

import { coalesced, Queue, SharedCalls } from '../../../src/base/async';

describe('coalesced', () => {
  /** Functions that each end one started run, or fail it if given an error. */
  let begun: ((error?: Error) => void)[];
  let ask: () => Promise<void>;
  beforeEach(() => {
    begun = [];
    ask = coalesced(
      () => new Promise((resolve, reject) => begun.push((error) => (error === undefined ? resolve() : reject(error)))),
    );
  });

  it('starts in the first call, and runs once more for all calls made during a run', async () => {
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

  it('rejects only the calls of a failed run, and continues', async () => {
    const failing = ask();
    const next = ask();
    begun[0]!(new Error('the disk is full'));
    await assert.rejects(failing, /the disk is full/);
    await Promise.resolve();
    begun[1]!();
    await next;
  });
});

describe('Queue', () => {
  it('runs one task after another, even after a failed one', async () => {
    const queue = new Queue();
    const log: string[] = [];
    const first = queue.run(async () => {
      await Promise.resolve();
      log.push('first');
      throw new Error('no');
    });
    const second = queue.run(() => Promise.resolve(log.push('second')));
    await assert.rejects(first, /no/);
    assert.equal(await second, 2);
    assert.deepEqual(log, ['first', 'second']);
  });
});

describe('SharedCalls', () => {
  it('shares a call with the same key until it is answered or forgotten', async () => {
    const answers: ((answer: number) => void)[] = [];
    const calls = new SharedCalls<number>();
    const ask = (key: string) => calls.ask(key, () => new Promise((resolve) => answers.push(resolve)));
    const [first, same, other] = [ask('a'), ask('a'), ask('b')];
    assert.ok(first === same && first !== other);
    calls.forget();
    const second = ask('a');
    assert.equal(answers.length, 3);
    answers.forEach((answer, index) => answer(index));
    assert.deepEqual(await Promise.all([first, other, second]), [0, 1, 2]);
    assert.notEqual(ask('a'), second);
  });
});
