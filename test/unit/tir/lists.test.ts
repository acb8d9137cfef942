import assert from 'node:assert/strict';
import { setImmediate as idle } from 'node:timers/promises';

import { cancelled, TirError } from '../../../src/base/errors';
import { TokenLists } from '../../../src/tir/lists';
import type { Token } from '../../../src/tir/token';

const token = (id: number): Token => ({ id, name: `t${id}`, created: undefined, expires: undefined });

/** Creates lists whose calls wait for the test to answer them. */
function manualLists() {
  const calls: { answer: (tokens: Token[]) => void; fail: (error: TirError) => void }[] = [];
  const lists = new TokenLists(
    () => new Promise((resolve, reject) => void calls.push({ answer: resolve, fail: reject })),
  );
  return { lists, calls };
}

describe('TokenLists', () => {
  it('shares one call among concurrent refreshes', async () => {
    const { lists, calls } = manualLists();
    const asked = Array.from({ length: 1000 }, () => lists.refresh('a'));
    assert.equal(calls.length, 1);
    calls[0]!.answer([token(1)]);
    assert.deepEqual(new Set(await Promise.all(asked)).size, 1);
    assert.equal(lists.loading, false);
  });

  it('ends a call once everybody who waits for it has cancelled, and not before', async () => {
    let signals: AbortSignal[] = [];
    const lists = new TokenLists((_, signal) => {
      signals.push(signal);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(cancelled())));
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = [lists.get('a', first.signal), lists.refresh('a', second.signal)];
    first.abort();
    assert.equal(signals[0]?.aborted, false);
    second.abort();
    assert.equal(signals[0].aborted, true);
    await Promise.all(waiting.map((one) => assert.rejects(one, { code: 'cancelled' })));
    const { error, loading } = lists.current('a');
    assert.deepEqual([error, loading], [undefined, false]);
    signals = [];
    void lists.refresh('a', AbortSignal.abort());
    lists.refresh('a').catch(() => undefined);
    const third = new AbortController();
    lists.refresh('a', third.signal).catch(() => undefined);
    third.abort();
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [false],
      'the view waits, too',
    );
  });

  it("doesn't let a request join a call that was cancelled, even if that hasn't ended yet", async () => {
    const { lists, calls } = manualLists();
    const first = new AbortController();
    const cancelledOne = lists.refresh('a', first.signal);
    first.abort();
    const next = lists.refresh('a');
    calls[0]!.fail(cancelled());
    await assert.rejects(cancelledOne, { code: 'cancelled' });
    calls[1]?.answer([token(1)]);
    assert.deepEqual(await next, [token(1)]);
  });

  it('returns a list that it already has without a call', async () => {
    const { lists, calls } = manualLists();
    lists.put('a', [token(1)]);
    assert.deepEqual(await lists.get('a'), [token(1)]);
    assert.equal(calls.length, 0);
  });

  it('keeps the last tokens and exposes the error when a refresh fails', async () => {
    const { lists, calls } = manualLists();
    lists.put('a', [token(1)]);
    const refresh = lists.refresh('a');
    calls[0]!.fail(new TirError('offline', 'gone'));
    await assert.rejects(refresh, { code: 'offline' });
    const { tokens, error, loading } = lists.current('a');
    assert.deepEqual([tokens, error?.code, loading], [[token(1)], 'offline', false]);
  });

  it('calls again in get after a failed refresh', async () => {
    const { lists, calls } = manualLists();
    lists.put('a', [token(1)]);
    const refresh = lists.refresh('a');
    calls[0]!.fail(new TirError('offline', 'gone'));
    await assert.rejects(refresh);
    const got = lists.get('a');
    calls[1]!.answer([token(2)]);
    assert.deepEqual(await got, [token(2)]);
  });

  it('reports a cancellation as cancelled and a bug as server-error', async () => {
    const cancelled = Object.assign(new Error('stop'), { name: 'AbortError' });
    for (const [thrown, code] of [
      [cancelled, 'cancelled'],
      [new Error('a bug'), 'server-error'],
    ] as const) {
      await assert.rejects(new TokenLists(() => Promise.reject(thrown)).refresh('a'), { code });
    }
  });

  it('ignores the answer of a call that began before forget', async () => {
    for (const end of ['answer', 'fail'] as const) {
      const { lists, calls } = manualLists();
      const before = lists.refresh('a').catch(() => undefined);
      lists.forget('a');
      const after = lists.refresh('a');
      if (end === 'answer') {
        calls[0]!.answer([token(1)]);
      } else {
        calls[0]!.fail(new TirError('offline', 'gone'));
      }
      // The first call settles before the second is answered.
      await idle();
      assert.deepEqual(lists.current('a'), { tokens: [], at: undefined, error: undefined, loading: true });
      calls[1]!.answer([token(2)]);
      assert.deepEqual(await after, [token(2)]);
      await before;
      assert.deepEqual(lists.current('a').tokens, [token(2)]);
    }
  });

  it('calls again if the list changed during a refresh, so an old answer cannot undo the change', async () => {
    const { lists, calls } = manualLists();
    lists.put('a', [token(1), token(2)]);
    const refresh = lists.refresh('a');
    lists.remove('a', 1);
    calls[0]!.answer([token(1), token(2)]);
    calls[1]!.answer([token(2), token(3)]);
    assert.deepEqual(await refresh, [token(2), token(3)]);
    assert.deepEqual(lists.current('a').tokens, [token(2), token(3)]);
  });

  it('shows creations and deletions at once, and fires onDidChange', () => {
    const { lists } = manualLists();
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
