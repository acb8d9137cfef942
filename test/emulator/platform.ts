import { randomBytes, randomUUID } from 'node:crypto';

/** A token as TIR stores it. */
export interface PlatformToken {
  readonly id: number;
  readonly name: string;
  readonly value: string;
  readonly apiKey: string;
  readonly projectId: number;
  readonly location: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** False for a valid token that the list omits, as TIR's list does with tokens that someone else created. */
  readonly listed: boolean;
  /** ID of the contact person in whose account it acts (`active_iam`). */
  readonly activeIam?: number;
}

const day = 24 * 60 * 60 * 1000;
const lifetime = 365 * day;

/** Returns whether a token and its API key still work. They do for 365 days after their creation. */
export function isValid(token: PlatformToken): boolean {
  return token.createdAt + lifetime > Date.now();
}

/** Returns whether two tokens belong to the same project, location and account. */
export function isSameHome(a: PlatformToken, b: PlatformToken): boolean {
  return a.projectId === b.projectId && a.location === b.location && a.activeIam === b.activeIam;
}

/** A server's key and certificate, as PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function failed(status: number, message: string, errors: unknown): Answer {
  return { status, body: envelope(status, {}, message, errors) };
}

/** Answers as the gateway in front of TIR does to a call without a known API key. */
export function notPublic(): Answer {
  const body = { responseCode: 500, message: 'API not public', trace: null };
  return { status: 500, body, headers: { 'x-gateway-error': 'true' } };
}

/** Answers as a policy of the gateway does to a token that it refuses. */
export function policyFailure(message: string): Answer {
  const body = { type: 'Authentication', failureCode: 11005, responseCode: 401, message, headers: {} };
  const [type, code] = ['Authentication', '11005'];
  return {
    status: 401,
    body,
    headers: { 'x-policy-failure-type': type, 'x-policy-failure-message': message, 'x-policy-failure-code': code },
  };
}

export function envelope(code: number, data: unknown, message: string, errors: unknown = {}): unknown {
  return { code, data, errors, message };
}

/** How values look: TIR's JWTs, or texts that say nothing, as no document rules out. */
export type ValueShape = 'jwt' | 'opaque';

/** How many values were made. */
let made = 0;

/** Returns random text. No two have the same length, so tests can tell values apart without reading them. */
function randomText(): string {
  return randomBytes(64 + (made++ % 64)).toString('base64url');
}

/** Returns a random value, as a JWT with TIR's claims and no valid signature. @param createdAt milliseconds since 1970 */
export function newValue(createdAt = Date.now(), shape: ValueShape = 'jwt'): string {
  if (shape === 'opaque') {
    return randomText();
  }
  const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');
  const iat = Math.floor(createdAt / 1000);
  return [
    part({ alg: 'RS256', typ: 'JWT', kid: randomUUID() }),
    part({
      exp: iat + lifetime / 1000,
      iat,
      jti: randomUUID(),
      iss: 'https://gateway.e2enetworks.com/auth/realms/apiman',
      email: 'asha@example.com',
      // The person's, not the token's.
      name: 'Asha Rao',
    }),
    randomText(),
  ].join('.');
}

/**
 * Which times the list and the answer to a creation have. `documented`: words and the date of the expiry; `iso`: the
 * time of the creation; `words`: nothing but words.
 */
export type Times = 'documented' | 'iso' | 'words';

/** Returns the fields of a token's times. @param now milliseconds since 1970 */
export function timesOf({ createdAt }: PlatformToken, now: number, times: Times): Record<string, string> {
  if (times === 'iso') {
    return { created_at: new Date(createdAt).toISOString() };
  }
  const expiry = new Date(createdAt + lifetime).toISOString().slice(0, 10);
  return { created_at: agoOf(Math.floor((now - createdAt) / day)), ...(times === 'documented' && { expiry }) };
}

/** Says how long ago a day was, as TIR does: `0 Day ago`, `21 Days ago`, `1 Months ago`. */
function agoOf(days: number): string {
  return days < 30 ? `${days} ${days > 1 ? 'Days' : 'Day'} ago` : `${Math.floor(days / 30)} Months ago`;
}

/** An account of a contact person that someone can act in. */
export interface Account {
  readonly id: number;
  readonly owner: { readonly name: string; readonly email: string };
  readonly role: string;
  readonly has_tir_access: boolean;
}
