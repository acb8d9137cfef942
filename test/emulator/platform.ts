import { randomBytes, randomUUID } from 'node:crypto';

/** A token as the platform keeps it. */
export interface PlatformToken {
  readonly id: number;
  readonly name: string;
  readonly value: string;
  readonly apiKey: string;
  readonly projectId: number;
  readonly location: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** False for a token that works but that the list leaves out, as the list does with tokens that someone else made. */
  readonly listed: boolean;
  /** The account of the contact person that it acts in, as `active_iam` names it. */
  readonly activeIam?: number;
}

const lifetime = 365 * 24 * 60 * 60 * 1000;

/** A token and its API key stop working 365 days after their creation. */
export function isValid(token: PlatformToken): boolean {
  return token.createdAt + lifetime > Date.now();
}

/** Seen in the same project, location and account. */
export function isSameHome(a: PlatformToken, b: PlatformToken): boolean {
  return a.projectId === b.projectId && a.location === b.location && a.activeIam === b.activeIam;
}

/** What a server is known by, as PEM. */
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

/** In the shape of a JWT, as the platform's are; signed by nobody. @param name goes into the claims */
export function newValue(name?: string): string {
  const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');
  return [
    part({ alg: 'RS256', typ: 'JWT' }),
    part({ jti: randomUUID(), name, iat: Math.floor(Date.now() / 1000) }),
    randomBytes(64).toString('base64url'),
  ].join('.');
}
