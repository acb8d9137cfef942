/** Where tokens live: a project in a location, seen by oneself or (`activeIam`) in a contact person's account. */
export interface Project {
  readonly projectId: number;
  readonly location: string;
  readonly activeIam?: number;
}

/** The locations that the API reference names. */
export const locations = ['Delhi', 'Chennai'] as const;

/** A Personal Access Token as the list shows it: everything but its value. */
export interface Token {
  readonly id: number;
  readonly name: string;
  /** When it was created: milliseconds since 1970 where the API gives a time, and else its words ("3 months ago"). */
  readonly created: number | string | undefined;
  /** Milliseconds since 1970; undefined where neither an expiry nor a time of creation is known. */
  readonly expires: number | undefined;
}

const day = 24 * 60 * 60 * 1000;

/** A token stops working this many days after its creation (guide "Use a token in API calls"). */
export const lifetimeDays = 365;

export function expiryOf(created: Token['created'], expires: number | undefined): number | undefined {
  return expires ?? (typeof created === 'number' ? created + lifetimeDays * day : undefined);
}

export type ExpiryState = 'valid' | 'expiring' | 'expired';

/** @param now milliseconds since 1970 */
export function expiryState(token: Token, now: number, warnBeforeDays: number): ExpiryState {
  if (token.expires === undefined) {
    return 'valid';
  }
  if (token.expires <= now) {
    return 'expired';
  }
  return token.expires - now < warnBeforeDays * day ? 'expiring' : 'valid';
}

/** Creation time for a command's result: ISO 8601 where it is a time, the API's words where it is not. */
export function createdText(created: Token['created']): string | undefined {
  return typeof created === 'number' ? new Date(created).toISOString() : created;
}
