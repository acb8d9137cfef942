import { cancelled, TirError } from '../base/errors';

/** Resolves after the pause. Rejects with `cancelled` as soon as the signal aborts. */
export type Wait = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;

const retries = 3;
const firstPauseMilliseconds = 250;
/** Someone is waiting, so a call is not retried if the server asks for a longer pause than this. */
const longestPauseSeconds = 30;

/**
 * Runs `work` up to four times, with growing, jittered pauses, if it fails for a temporary reason: a network error
 * (but not a refused certificate or a proxy's refusal), or status 429, 502, 503 or 504. Adds the pause that the server asks for
 * (`Retry-After`). Use it only for calls that are safe to repeat.
 * @param work receives the number of the attempt, starting at 1
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
      if (attempt > retries || !isRetryable(error)) {
        throw error;
      }
      const backoff = firstPauseMilliseconds * 2 ** (attempt - 1) * (1 + Math.random());
      await wait((error.details.retryAfterSeconds ?? 0) * 1000 + backoff, signal);
    }
  }
}

function isRetryable(error: unknown): error is TirError {
  if (!(error instanceof TirError) || (error.details.retryAfterSeconds ?? 0) > longestPauseSeconds) {
    return false;
  }
  const { status, certificate } = error.details;
  const isUnreachable = error.code === 'offline' && certificate === undefined && status === undefined;
  return isUnreachable || error.code === 'rate-limited' || status === 502 || status === 503 || status === 504;
}

/**
 * Returns the seconds that a `Retry-After` header asks for, as a number or as a date (RFC 9110, 10.2.3).
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

/** Waits in real time. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(cancelled());
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
