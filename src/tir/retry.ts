import { TirError } from './errors';

/** Resolves after the pause. Rejects with `cancelled` as soon as the signal aborts. */
export type Wait = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;

const retries = 3;
const firstPauseMilliseconds = 250;
/** Someone is waiting: a server that asks for a longer pause than this is not called again. */
const longestPauseSeconds = 30;

/**
 * Runs `work` up to four times, with growing, jittered pauses, while it fails for a reason that passes: the network, 429
 * and 502, 503, 504. Adds the pause that the server asks for (`Retry-After`). For calls that may safely run twice.
 * @param work gets the number of the attempt, from 1
 */
export async function retried<T>(
  work: (attempt: number) => Promise<T>,
  signal: AbortSignal | undefined,
  wait: Wait = pause,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt > retries || !passes(error)) {
        throw error;
      }
      const backoff = firstPauseMilliseconds * 2 ** (attempt - 1) * (1 + Math.random());
      await wait((error.details.retryAfterSeconds ?? 0) * 1000 + backoff, signal);
    }
  }
}

function passes(error: unknown): error is TirError {
  if (!(error instanceof TirError) || (error.details.retryAfterSeconds ?? 0) > longestPauseSeconds) {
    return false;
  }
  const { status, certificate } = error.details;
  const isUnreachable = error.code === 'offline' && certificate === undefined;
  return isUnreachable || error.code === 'rate-limited' || status === 502 || status === 503 || status === 504;
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

/** Pauses by the real clock. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new TirError('cancelled', 'cancelled'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) {
      stop();
    }
  });
}
