import assert from 'node:assert/strict';

import { coalesced, Queue, SharedCalls } from '../../../src/base/async';

describe('coalesced work', () => {
  /** Ends of the work that has begun, each by what it is given. */
  let begun: ((error?: Error) => void)[];
  let ask: () => Promise<void>;
  beforeEach(() => {
    begun = [];
    ask = coalesced(
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

describe('a queue', () => {
  it('runs one work after the other, also after one that failed', async () => {
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

describe('shared calls', () => {
  it('share a call under the same key until it is answered or forgotten', async () => {
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
