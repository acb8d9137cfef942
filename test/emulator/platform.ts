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

const lifetime = 365 * 24 * 60 * 60 * 1000;

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
}

export function failed(status: number, message: string, errors: unknown): Answer {
  return { status, body: envelope(status, {}, message, errors) };
}

export function envelope(code: number, data: unknown, message: string, errors: unknown = {}): unknown {
  return { code, data, errors, message };
}

/** Returns a random value in the form of a JWT, as TIR's are, with no valid signature. @param name for the claims */
export function newValue(name?: string): string {
  const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');
  return [
    part({ alg: 'RS256', typ: 'JWT' }),
    part({ jti: randomUUID(), name, iat: Math.floor(Date.now() / 1000) }),
    randomBytes(64).toString('base64url'),
  ].join('.');
}
