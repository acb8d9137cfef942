import { l10n } from 'vscode';

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

/** Milliseconds. */
export const day = 24 * 60 * 60 * 1000;

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

/** Whole days that are left until a time, today's rest counted as one; 0 or less once it is over. */
export function daysUntil(time: number, now: number): number {
  return Math.ceil((time - now) / day);
}

/** Whole days that are left to a token that expires soon; undefined for all others. */
export function daysLeft(token: Token, now: number, warnBeforeDays: number): number | undefined {
  const isSoon = token.expires !== undefined && expiryState(token, now, warnBeforeDays) === 'expiring';
  return isSoon ? daysUntil(token.expires, now) : undefined;
}

/** Whole days since a creation whose time is known. */
export function ageInDays(created: Token['created'], now: number): number | undefined {
  return typeof created === 'number' ? Math.floor((now - created) / day) : undefined;
}

export const sortings = ['name', 'age', 'expiry'] as const;
export type Sorting = (typeof sortings)[number];

/** By name; or the oldest, or the first to expire, on top. What has no time comes last, by name. */
export function sortTokens(tokens: readonly Token[], by: Sorting): Token[] {
  const time = ({ created, expires }: Token) =>
    by === 'age' ? (typeof created === 'number' ? created : Infinity) : by === 'expiry' ? (expires ?? Infinity) : 0;
  // Compared and not subtracted: two infinities have no difference.
  const order = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
  return [...tokens].sort((a, b) => order(time(a), time(b)) || a.name.localeCompare(b.name));
}

/** Creation time for a command's result: ISO 8601 where it is a time, the API's words where it is not. */
export function createdText(created: Token['created']): string | undefined {
  return typeof created === 'number' ? new Date(created).toISOString() : created;
}

/** What a project is called that nobody named. */
export function defaultLabel({ projectId, location, activeIam }: Project): string {
  return activeIam === undefined
    ? l10n.t('Project {0} ({1})', projectId, location)
    : l10n.t('Project {0} ({1}), account {2}', projectId, location, activeIam);
}
