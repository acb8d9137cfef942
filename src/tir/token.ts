import { l10n } from 'vscode';

/** A project in a location. `activeIam` is the ID of the contact person whose account it's in, if that isn't yours. */
export interface Project {
  readonly projectId: number;
  readonly location: string;
  readonly activeIam?: number;
}

/** The locations in the API reference. */
export const locations = ['Delhi', 'Chennai'] as const;

/** A Personal Access Token as TIR lists it: everything but its value. */
export interface Token {
  readonly id: number;
  readonly name: string;
  /** Creation time: milliseconds since 1970 if the API gives a time, otherwise its words ("3 months ago"). */
  readonly created: number | string | undefined;
  /** Milliseconds since 1970; undefined if neither the expiry nor the creation time is known. */
  readonly expires: number | undefined;
}

/** Milliseconds. */
export const day = 24 * 60 * 60 * 1000;

/** Days after its creation when a token stops working (guide "Use a token in API calls"). */
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

/** Returns the days until a time, rounded up; 0 or less once it has passed. */
export function daysUntil(time: number, now: number): number {
  return Math.ceil((time - now) / day);
}

/** Returns the days left, rounded up, of a token that expires soon; undefined for all others. */
export function daysLeft(token: Token, now: number, warnBeforeDays: number): number | undefined {
  const isSoon = token.expires !== undefined && expiryState(token, now, warnBeforeDays) === 'expiring';
  return isSoon ? daysUntil(token.expires, now) : undefined;
}

/** Returns the days since creation, rounded down; undefined if the creation time is not known. */
export function ageInDays(created: Token['created'], now: number): number | undefined {
  return typeof created === 'number' ? Math.floor((now - created) / day) : undefined;
}

export const sortings = ['name', 'age', 'expiry'] as const;
export type Sorting = (typeof sortings)[number];

/** Sorts by name, oldest first, or first to expire. Tokens without that time come last, by name. */
export function sortTokens(tokens: readonly Token[], by: Sorting): Token[] {
  const time = ({ created, expires }: Token) =>
    by === 'age' ? (typeof created === 'number' ? created : Infinity) : by === 'expiry' ? (expires ?? Infinity) : 0;
  // Compared rather than subtracted, because Infinity - Infinity is NaN.
  const order = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
  return [...tokens].sort((a, b) => order(time(a), time(b)) || a.name.localeCompare(b.name));
}

/** Formats a creation time for a command's result: as ISO 8601, or in the API's words if they aren't a time. */
export function createdAtForResult(created: Token['created']): string | undefined {
  return typeof created === 'number' ? new Date(created).toISOString() : created;
}

/** Returns the label of a project that the person gave no name. */
export function defaultLabel({ projectId, location, activeIam }: Project): string {
  return activeIam === undefined
    ? l10n.t('Project {0} ({1})', projectId, location)
    : l10n.t('Project {0} ({1}), account {2}', projectId, location, activeIam);
}
