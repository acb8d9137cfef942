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
  /**
   * The message of the gateway in front of TIR about a call that it refuses (`X-Policy-Failure-Message`, or nothing with
   * `X-Gateway-Error`); undefined if the answer is TIR's own.
   */
  readonly gatewaySays: string | undefined;
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
      gatewaySays: headers.get('x-policy-failure-message') ?? (headers.has('x-gateway-error') ? '' : undefined),
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
      const aim = next?.origin ?? 'an invalid URL';
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
