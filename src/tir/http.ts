import type { Response } from 'node-fetch';

import { cancelled, TirError } from '../base/errors';

export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal | undefined;
}

export interface RawAnswer {
  readonly status: number;
  /** The parsed body; undefined if it isn't JSON. */
  readonly json: unknown;
  /** The `Retry-After` header, not parsed. */
  readonly retryAfter: string | null;
  /** The server's time from the `Date` header, in milliseconds since 1970; undefined if the answer has none. */
  readonly date: number | undefined;
}

/** A list of 10,000 tokens with values is about 5 MB. A body over this limit doesn't come from the TIR API. */
const maxBodyBytes = 20 * 1024 * 1024;
const maxRedirects = 3;

/**
 * Sends one request and returns the answer, whatever its status.
 * @throws TirError `offline`, `timeout`, `cancelled`, or `bad-response` for a large body or a refused redirect
 */
export async function send(request: Request): Promise<RawAnswer> {
  const timeout = AbortSignal.timeout(request.timeoutSeconds * 1000);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  try {
    const response = await sendFollowingRedirects(request, signal);
    const body = await response.text();
    const { status, headers } = response;
    const date = Date.parse(headers.get('date') ?? '');
    return {
      status,
      json: parse(body),
      retryAfter: headers.get('retry-after'),
      date: Number.isNaN(date) ? undefined : date,
    };
  } catch (error) {
    if (error instanceof TirError) {
      throw error;
    }
    if (request.signal?.aborted) {
      throw cancelled();
    }
    if (timeout.aborted) {
      throw new TirError('timeout', `no answer within ${request.timeoutSeconds} s`);
    }
    throw networkError(error);
  }
}

/**
 * Follows redirects itself. Refuses a redirect to another origin, because credentials must not go there, and every
 * redirect of a POST, because it must not be sent twice.
 */
async function sendFollowingRedirects(request: Request, signal: AbortSignal): Promise<Response> {
  /*
   * node-fetch rather than the global fetch: it uses Node's `http` and `https`, which every version of VS Code patches
   * for `http.proxy`, `http.proxyStrictSSL` and the system's certificates. Loaded here because most windows never call
   * the API.
   */
  const { default: fetch } = await import('node-fetch');
  let url = request.url;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await fetch(url, {
      method: request.method,
      headers: request.headers,
      ...(request.body !== undefined && { body: request.body }),
      redirect: 'manual',
      size: maxBodyBytes,
      signal,
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) {
      return response;
    }
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next?.origin !== url.origin || request.method === 'POST') {
      const aim = next?.origin ?? 'what is no address';
      throw new TirError('bad-response', `refused a redirect of ${request.method} to ${aim}`, {
        status: response.status,
      });
    }
    url = next;
  }
  throw new TirError('bad-response', `more than ${maxRedirects} redirects`);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Node's error codes for a failed host lookup or connection, which mean that nothing was sent. */
const notConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** OpenSSL's and Node's error codes for a server certificate that isn't accepted. */
const refusedCertificate =
  /^(CERT_|CRL_|ERROR_IN_C|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|ERR_TLS_CERT|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED)/;

/** Converts a network error. Keeps only its code, because its message quotes the whole URL, API key included. */
export function networkError(error: unknown): TirError {
  const { code, type } = (error ?? {}) as { code?: unknown; type?: unknown };
  if (type === 'max-size') {
    return new TirError('bad-response', `the answer is larger than ${maxBodyBytes} bytes`);
  }
  const known = typeof code === 'string' ? code : 'the connection failed';
  if (refusedCertificate.test(known)) {
    return new TirError('offline', known, { sent: false, certificate: known });
  }
  return new TirError('offline', known, notConnected.has(known) ? { sent: false } : {});
}

/** Resolves after the pause. Rejects with `cancelled` as soon as the signal aborts. */
export type Wait = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;

const retries = 3;
const firstPauseMilliseconds = 250;
/** Someone is waiting, so a call is not retried if the server asks for a longer pause than this. */
const longestPauseSeconds = 30;

/**
 * Runs `work` up to four times, with growing, jittered pauses, if it fails for a temporary reason: a network error
 * (but not a refused certificate), or status 429, 502, 503 or 504. Adds the pause that the server asks for
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
  const isUnreachable = error.code === 'offline' && certificate === undefined;
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
