import assert from 'node:assert/strict';
import { setImmediate as idle } from 'node:timers/promises';

import { TirError } from '../../../src/base/errors';
import { TokenLists } from '../../../src/tir/lists';
import type { Token } from '../../../src/tir/token';

const token = (id: number): Token => ({ id, name: `t${id}`, created: undefined, expires: undefined });

/** A loader whose answers are given by hand. */
function byHand() {
  const calls: { answer: (tokens: Token[]) => void; fail: (error: TirError) => void }[] = [];
  const lists = new TokenLists(
    () => new Promise((resolve, reject) => void calls.push({ answer: resolve, fail: reject })),
  );
  return { lists, calls };
}

describe('token lists', () => {
  it('makes one call for all who ask at the same time', async () => {
    const { lists, calls } = byHand();
    const asked = Array.from({ length: 1000 }, () => lists.refresh('a'));
    assert.equal(calls.length, 1);
    calls[0]!.answer([token(1)]);
    assert.deepEqual(new Set(await Promise.all(asked)).size, 1);
    assert.equal(lists.loading, false);
  });

  it('gives what is at hand without a call', async () => {
    const { lists, calls } = byHand();
    lists.put('a', [token(1)]);
    assert.deepEqual(await lists.get('a'), [token(1)]);
    assert.equal(calls.length, 0);
  });

  it('keeps the last tokens when a call fails, and says so', async () => {
    const { lists, calls } = byHand();
    lists.put('a', [token(1)]);
    const refresh = lists.refresh('a');
    calls[0]!.fail(new TirError('offline', 'gone'));
    await assert.rejects(refresh, { code: 'offline' });
    const { tokens, error, loading } = lists.current('a');
    assert.deepEqual([tokens, error?.code, loading], [[token(1)], 'offline', false]);
  });

  it('calls again for who asks after a failure', async () => {
    const { lists, calls } = byHand();
    lists.put('a', [token(1)]);
    const refresh = lists.refresh('a');
    calls[0]!.fail(new TirError('offline', 'gone'));
    await assert.rejects(refresh);
    const got = lists.get('a');
    calls[1]!.answer([token(2)]);
    assert.deepEqual(await got, [token(2)]);
  });

  it('tells a cancellation from a bug', async () => {
    const cancelled = Object.assign(new Error('stop'), { name: 'AbortError' });
    for (const [thrown, code] of [
      [cancelled, 'cancelled'],
      [new Error('a bug'), 'server-error'],
    ] as const) {
      await assert.rejects(new TokenLists(() => Promise.reject(thrown)).refresh('a'), { code });
    }
  });

  it('takes no answer of a call that was under way when it forgot the list', async () => {
    for (const end of ['answer', 'fail'] as const) {
      const { lists, calls } = byHand();
      const before = lists.refresh('a').catch(() => undefined);
      lists.forget('a');
      const after = lists.refresh('a');
      if (end === 'answer') {
        calls[0]!.answer([token(1)]);
      } else {
        calls[0]!.fail(new TirError('offline', 'gone'));
      }
      // The answer of the second call comes last.
      await idle();
      assert.deepEqual(lists.current('a'), { tokens: [], at: undefined, error: undefined, loading: true });
      calls[1]!.answer([token(2)]);
      assert.deepEqual(await after, [token(2)]);
      await before;
      assert.deepEqual(lists.current('a').tokens, [token(2)]);
    }
  });

  it('does not let an answer from before a change undo it', async () => {
    const { lists, calls } = byHand();
    lists.put('a', [token(1), token(2)]);
    const refresh = lists.refresh('a');
    lists.remove('a', 1);
    calls[0]!.answer([token(1), token(2)]);
    calls[1]!.answer([token(2), token(3)]);
    assert.deepEqual(await refresh, [token(2), token(3)]);
    assert.deepEqual(lists.current('a').tokens, [token(2), token(3)]);
  });

  it('shows a creation and a deletion at once, and tells', () => {
    const { lists } = byHand();
    let told = 0;
    const subscription = lists.onDidChange(() => told++);
    lists.put('a', [token(1)]);
    lists.add('a', token(2));
    lists.add('a', token(2));
    lists.remove('a', 1);
    assert.deepEqual(lists.current('a').tokens, [token(2)]);
    assert.equal(told, 4);
    subscription.dispose();
    lists.forget('a');
    assert.equal(told, 4);
    assert.equal(lists.current('a').at, undefined);
  });
});
