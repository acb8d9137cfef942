import pRetry from 'p-retry';

import { TirError } from './errors';

/** Times tried again after the first. */
const retries = 3;
/** Someone is waiting: a server that asks for a longer pause than this gets none, and the person is told. */
const longestPauseSeconds = 30;

/**
 * Calls again with growing, jittered pauses what failed for a reason that passes: the network, 429 and
 * 502, 503, 504. A pause that the server asks for (`Retry-After`) is kept. For calls that may safely run twice.
 * @param work gets the number of the attempt, from 1
 */
export function retried<T>(work: (attempt: number) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return pRetry(work, {
    retries,
    minTimeout: 250,
    factor: 2,
    randomize: true,
    shouldRetry: ({ error }) => passes(error),
    onFailedAttempt: async ({ error, retriesLeft }) => {
      if (error instanceof TirError && retriesLeft > 0 && passes(error)) {
        await pause(error.details.retryAfterSeconds ?? 0, signal);
      }
    },
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    throw signal?.aborted && !(error instanceof TirError) ? new TirError('cancelled', 'cancelled') : error;
  });
}

function passes(error: unknown): boolean {
  if (!(error instanceof TirError)) {
    return false;
  }
  if (error.code === 'rate-limited') {
    return (error.details.retryAfterSeconds ?? 0) <= longestPauseSeconds;
  }
  const { status, certificate } = error.details;
  return (error.code === 'offline' && certificate === undefined) || status === 502 || status === 503 || status === 504;
}

/**
 * Seconds that a `Retry-After` header asks for, in either of its forms (RFC 9110, 10.2.3).
 * @param now milliseconds since 1970
 */
export function retryAfterSeconds(header: string | null, now: number): number | undefined {
  if (header === null) {
    return undefined;
  }
  if (/^\s*\d+\s*$/.test(header)) {
    return Number(header);
  }
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new TirError('cancelled', 'cancelled'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
