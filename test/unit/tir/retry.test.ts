import assert from 'node:assert/strict';
import { setImmediate as idle } from 'node:timers/promises';

import { TirError } from '../../../src/base/errors';
import { pause, retried, retryAfterSeconds } from '../../../src/tir/retry';

const unavailable = (retryAfter?: number) =>
  new TirError('server-error', 'HTTP 503', {
    status: 503,
    ...(retryAfter !== undefined && { retryAfterSeconds: retryAfter }),
  });

/** Runs work that always fails. Resolves to the pauses between the attempts, in milliseconds. */
async function pausesAfter(error: TirError): Promise<number[]> {
  const pauses: number[] = [];
  const work = () => Promise.reject(error);
  const wait = (milliseconds: number) => Promise.resolve(void pauses.push(milliseconds));
  await assert.rejects(retried(work, undefined, wait), error);
  return pauses;
}

describe('retried', () => {
  it('waits for growing random times', async () => {
    const runs = await Promise.all(Array.from({ length: 500 }, () => pausesAfter(unavailable())));
    [250, 500, 1000].forEach((base, index) => {
      const factors = runs.map((pauses) => pauses[index]! / base);
      assert.ok(Math.min(...factors) >= 1 && Math.max(...factors) < 2);
      // 500 random numbers come close to both ends of the range.
      assert.ok(Math.min(...factors) < 1.1 && Math.max(...factors) > 1.9);
    });
    assert.ok(runs.every(({ length }) => length === 3));
  });

  for (const error of [
    unavailable(),
    new TirError('rate-limited', 'HTTP 429', { status: 429 }),
    new TirError('server-error', 'HTTP 502', { status: 502 }),
    new TirError('server-error', 'HTTP 504', { status: 504 }),
    new TirError('offline', 'ECONNRESET'),
  ]) {
    it(`adds Retry-After to each pause, and gives up if it exceeds 30 seconds: ${error.message}`, async () => {
      const pauses = await pausesAfter(error.with({ retryAfterSeconds: 30 }));
      assert.equal(pauses.length, 3);
      assert.ok(Math.min(...pauses) >= 30_250 && Math.max(...pauses) < 32_000, pauses.join());
      assert.deepEqual(await pausesAfter(error.with({ retryAfterSeconds: 31 })), []);
    });
  }

  for (const error of [
    new TirError('server-error', 'HTTP 500', { status: 500 }),
    new TirError('server-error', 'HTTP 501', { status: 501 }),
    new TirError('timeout', 'no answer within 15 s'),
    new TirError('offline', 'CERT_HAS_EXPIRED', { sent: false, certificate: 'CERT_HAS_EXPIRED' }),
    new TirError('cancelled', 'cancelled'),
  ]) {
    it(`does not retry ${error.code}: ${error.message}`, async () => {
      assert.deepEqual(await pausesAfter(error), []);
    });
  }

  it('does not retry an error other than a TirError', async () => {
    const wait = () => assert.fail('waited');
    await assert.rejects(
      retried(() => Promise.reject(new RangeError('a bug')), undefined, wait),
      RangeError,
    );
  });

  it('waits in real time, and stops when cancelled during the pause', async () => {
    const controller = new AbortController();
    let attempts = 0;
    const running = retried((attempt) => {
      attempts = attempt;
      return Promise.reject(unavailable(30));
    }, controller.signal);
    // If there were no pause, all attempts would be over by now.
    await idle();
    controller.abort();
    await assert.rejects(running, { code: 'cancelled' });
    assert.equal(attempts, 1);
  }).timeout(10_000);
});

describe('pause', () => {
  it('ends after its time, and rejects if cancelled before or during it', async () => {
    await pause(1, new AbortController().signal);
    await assert.rejects(pause(3600_000, AbortSignal.abort()), { code: 'cancelled' });
    const controller = new AbortController();
    const paused = pause(3600_000, controller.signal);
    controller.abort();
    await assert.rejects(paused, { code: 'cancelled' });
  }).timeout(10_000);
});

describe('retryAfterSeconds', () => {
  it('reads seconds and dates, and nothing else', () => {
    const now = Date.UTC(2026, 0, 1);
    assert.equal(retryAfterSeconds('120', now), 120);
    assert.equal(retryAfterSeconds('Thu, 01 Jan 2026 00:02:00 GMT', now), 120);
    assert.equal(retryAfterSeconds('Thu, 01 Jan 2026 00:02:00 GMT', now - 1), 121);
    assert.equal(retryAfterSeconds('Wed, 31 Dec 2025 00:00:00 GMT', now), 0);
    assert.equal(retryAfterSeconds('soon', now), undefined);
    assert.equal(retryAfterSeconds(null, now), undefined);
  });
});
