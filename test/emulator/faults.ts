import { STATUS_CODES } from 'node:http';

import type { ErrorCode } from '../../src/base/errors';
import type { Emulator } from './emulator';
import { type Fault, holdCall } from './fault';

/** A fault of the API, and its expected result. */
export interface FaultCase {
  readonly name: string;
  /** @param other another API, which must not be called */
  readonly fault: (other: Pick<Emulator, 'apiUrl'>) => Fault;
  /** Error code of a call with this fault; undefined if the call succeeds. */
  readonly code: ErrorCode | undefined;
  /** Whether the API does the call's work, even if the answer is lost or broken. */
  readonly doesWork: boolean;
  /** Milliseconds that the API's clock is ahead. */
  readonly clockAhead?: number;
  /** Whether the call only ends with its timeout. */
  readonly isSlow?: boolean;
}

const hour = 60 * 60 * 1000;

/** Returns the expected error code for an HTTP status. */
function codeOf(status: number): ErrorCode {
  const known: Record<number, ErrorCode> = {
    400: 'invalid-input',
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not-found',
    408: 'timeout',
    409: 'conflict',
    410: 'not-found',
    422: 'invalid-input',
    429: 'rate-limited',
  };
  return known[status] ?? (status >= 500 ? 'server-error' : 'bad-response');
}

const statuses = Object.keys(STATUS_CODES)
  .map(Number)
  .filter((status) => status >= 400);

const refused = (name: string, code: ErrorCode, fault: FaultCase['fault']): FaultCase => ({
  name,
  code,
  doesWork: false,
  fault,
});
const spoilt = (name: string, fault: Fault): FaultCase => ({
  name,
  code: 'bad-response',
  doesWork: true,
  fault: () => fault,
});
const harmless = (name: string, fault: Fault, given: Partial<FaultCase> = {}): FaultCase => ({
  name,
  code: undefined,
  doesWork: true,
  fault: () => fault,
  ...given,
});

const inList = (change: (entries: unknown[]) => unknown[]) => (data: unknown) =>
  Array.isArray(data) ? change(data as unknown[]) : data;

/** Adds keys to an object's JSON that careless code would take for its prototype or methods. */
function polluted(data: unknown): unknown {
  const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data);
  const fields = Object.entries(isObject ? data : {});
  const all = [...fields, ...keys.map((key): [string, unknown] => [key, { polluted: true, id: 1, code: 500 }])];
  return isObject ? Object.fromEntries(all) : data;
}

/** JSON that isn't TIR's envelope, so no call can read it. */
const noEnvelope = ['null', '5', '"text"', '[]', '[{"id":1}]', 'true'];

export const faultCases: readonly FaultCase[] = [
  { ...refused('no answer within the timeout', 'timeout', () => holdCall().fault), isSlow: true },
  refused('reset before the work', 'offline', () => ({ reset: 'before' })),
  { ...refused('reset after the work', 'offline', () => ({ reset: 'after' })), doesWork: true },
  { ...refused('connection torn in the answer', 'offline', () => ({ body: 'torn' })), doesWork: true },
  ...statuses.map((status) => refused(`status ${status}`, codeOf(status), () => ({ status }))),
  ...[404, 500, 502, 503, 504].map((status) =>
    refused(`status ${status} with HTML`, codeOf(status), () => ({ status, body: 'html' })),
  ),
  refused('HTTP 200 with errors: true and no data', 'server-error', () => ({
    instead: { code: 200, data: [], errors: true, message: 'Not now' },
  })),
  refused('HTTP 200 with status_code 403', 'forbidden', () => ({
    instead: { status_code: 403, detail: 'status 403', data: [] },
  })),
  refused('429, Retry-After in seconds', 'rate-limited', () => ({ status: 429, retryAfter: '3600' })),
  refused('429, Retry-After as a date', 'rate-limited', () => ({
    status: 429,
    retryAfter: new Date(Date.now() + hour).toUTCString(),
  })),
  refused('redirect to another host', 'bad-response', (other) => ({ redirect: `${other.apiUrl}/auth-token/` })),
  refused('redirect to http:', 'bad-response', () => ({ redirect: 'http://api.example.com/auth-token/' })),
  refused('redirect to an invalid URL', 'bad-response', () => ({ redirect: '//[' })),
  spoilt("a captive portal's 200 with HTML", { body: 'html' }),
  spoilt('body cut in the middle', { body: 'cut' }),
  spoilt('body of 50 MB', { body: 'huge' }),
  ...noEnvelope.map((json) => spoilt(`answer ${json}`, { json })),
  harmless('the same entry twice', { data: inList((entries) => entries.flatMap((entry) => [entry, entry])) }),
  harmless('10,000 entries', {
    data: inList((entries) => [
      ...entries,
      ...Array.from({ length: 10_000 }, (_, index) => ({ id: 500_000 + index, token_name: `filler-${index}` })),
    ]),
  }),
  harmless('keys of prototypes', {
    data: (data) => polluted(inList((entries) => entries.map(polluted))(data)),
  }),
  harmless('a clock a day behind', {}, { clockAhead: -24 * hour }),
  harmless('a clock a day ahead', {}, { clockAhead: 24 * hour }),
  {
    ...refused('reset after the work, a clock a day ahead', 'offline', () => ({ reset: 'after' })),
    doesWork: true,
    clockAhead: 24 * hour,
  },
  {
    ...refused('reset after the work, a clock a day behind', 'offline', () => ({ reset: 'after' })),
    doesWork: true,
    clockAhead: -24 * hour,
  },
];

/** Faults with invalid `data`, for lists only: creations and deletions read less of it. */
export const wrongLists: readonly FaultCase[] = [
  null,
  {},
  'text',
  5,
  [null],
  [[]],
  ['text'],
  [{}],
  [{ id: null }],
  [{ id: {} }],
  [{ id: -1 }],
  [{ id: 1.5 }],
  [{ id: 'x' }],
  [{ id: 1e300 }],
].map((data) => spoilt(`list of ${JSON.stringify(data)}`, { data: () => data }));
