import type { Secret } from '../base/secret';

/*
 * When tokens were created and expire. Only this file decides that. TIR's list has words for the creation
 * ("0 Day ago") and a date for the expiry, but a value is a JWT that contains both times.
 */

/** Milliseconds. */
export const day = 24 * 60 * 60 * 1000;

/** Days after its creation when a token stops working (guide "Use a token in API calls"). */
const lifetimeDays = 365;

/** A day, such as `2027-02-11`. TIR doesn't say in which time zone. */
type Day = string;

export interface TokenTimes {
  /** Milliseconds since 1970; or the day, or TIR's words ("3 Months ago"), if no more is known. */
  readonly created: number | string | undefined;
  /** When it stops working: milliseconds since 1970, or its last day if no more is known. */
  readonly expires: number | Day | undefined;
}

/**
 * Reads the times of a token from an answer or a stored record: those in its value if that's a JWT, or else the given
 * ones. Ignores what can't be a time, such as `365`.
 * @param created,expires ISO 8601, epoch seconds or milliseconds, or words. A time without a zone counts as a day
 */
export function readTimes(value: Secret | undefined, created: unknown, expires: unknown): TokenTimes {
  const claims = value && readClaims(value);
  const end = readTime(claims?.['exp']) ?? readTime(expires) ?? readDay(expires);
  const start =
    readTime(claims?.['iat']) ?? readTime(created) ?? readDay(created) ?? addLifetime(end, -1) ?? readWords(created);
  return { created: start, expires: end ?? addLifetime(start, 1) };
}

/** Returns the value that says most exactly when something was: the first time, else the first day, else the first. */
export function mostExact(values: readonly unknown[]): unknown {
  return (
    values.find((value) => readTime(value) !== undefined) ??
    values.find((value) => readDay(value) !== undefined) ??
    values.find((value) => value != null)
  );
}

/** Takes the creation time from the stored record if that knows more of it than the list. Keeps a listed expiry. */
export function withStoredTimes<T extends TokenTimes>(token: T, stored: TokenTimes | undefined): T {
  if (!stored || exactness(token.created) >= exactness(stored.created)) {
    return token;
  }
  return { ...token, created: stored.created, expires: token.expires ?? addLifetime(stored.created, 1) };
}

/** Returns how much a creation time says: 0 for words or nothing, 1 for a day, 2 for a time. */
function exactness(created: TokenTimes['created']): 0 | 1 | 2 {
  return typeof created === 'number' ? 2 : isDay(created) ? 1 : 0;
}

/** Checks if a value can be that of a token with this creation time. Only a JWT says when it was made. */
export function mayBeValueOf({ created }: TokenTimes, value: Secret): boolean {
  const [issued, shown] = [readTimes(value, undefined, undefined).created, timeOf(created)];
  const tolerance = exactness(created) === 2 ? 60_000 : 2 * day;
  return typeof issued !== 'number' || shown === undefined || Math.abs(issued - shown) <= tolerance;
}

/** Returns the claims of a JWT; undefined if the value isn't one. */
export function readClaims(value: Secret): Record<string, unknown> | undefined {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(value.reveal())?.[1];
  if (payload === undefined) {
    return undefined;
  }
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? { ...claims } : undefined;
  } catch {
    return undefined;
  }
}

/** Adds the lifetime to a creation, or subtracts it from an expiry. Returns undefined for words. */
function addLifetime(time: number | string | undefined, sign: 1 | -1): number | Day | undefined {
  const added = sign * lifetimeDays * day;
  if (typeof time === 'number') {
    return time + added;
  }
  return isDay(time) ? new Date(Date.parse(time) + added).toISOString().slice(0, 10) : undefined;
}

function isDay(text: unknown): text is Day {
  return typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text);
}

/** TIR is younger than the first, and no token lasts until the second. What lies outside isn't a time. */
const [earliest, latest] = [Date.UTC(2015, 0), Date.UTC(2100, 0)];

function readTime(value: unknown): number | undefined {
  if (typeof value === 'number') {
    const time = [value * 1000, value].find((candidate) => candidate > earliest && candidate < latest);
    return time === undefined ? undefined : Math.round(time);
  }
  if (typeof value !== 'string') {
    return undefined;
  }
  if (/^\d{4}-\d{2}-\d{2}[T ][\d:.]+ ?(?:Z|[+-]\d{2}:?\d{2})$/.test(value)) {
    return readTime(Date.parse(value));
  }
  return /^\d{9,13}(\.\d+)?$/.test(value) ? readTime(Number(value)) : undefined;
}

function readDay(value: unknown): Day | undefined {
  const text = typeof value === 'string' ? /^\d{4}-\d{2}-\d{2}(?![\d-])/.exec(value)?.[0] : undefined;
  return text !== undefined && readTime(Date.parse(text)) !== undefined ? text : undefined;
}

function readWords(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' && !/^[\d.]+$/.test(value.trim()) ? value.trim() : undefined;
}

/** Returns the time to show and to sort by: the end of a day in this machine's zone. Undefined for words. */
export function timeOf(time: number | string | undefined): number | undefined {
  if (!isDay(time)) {
    return typeof time === 'number' ? time : undefined;
  }
  const [year = 0, month = 1, dayOfMonth = 1] = time.split('-').map(Number);
  return new Date(year, month - 1, dayOfMonth, 23, 59, 59, 999).getTime();
}

/** Returns the latest time that's possible: a day ends last in the zone UTC-12. Undefined for words. */
export function latestOf(time: number | string | undefined): number | undefined {
  return isDay(time) ? Date.parse(time) + 1.5 * day : typeof time === 'number' ? time : undefined;
}

export type ExpiryState = 'valid' | 'expiring' | 'expired';

/** @param now milliseconds since 1970 */
export function expiryState(
  { expires }: Pick<TokenTimes, 'expires'>,
  now: number,
  warnBeforeDays: number,
): ExpiryState {
  const [shown, latest] = [timeOf(expires), latestOf(expires)];
  if (shown === undefined || latest === undefined) {
    return 'valid';
  }
  if (latest <= now) {
    return 'expired';
  }
  return shown - now < warnBeforeDays * day ? 'expiring' : 'valid';
}

/** Returns the days until an expiry, rounded up; at least 1, also while a day is over in this zone alone. */
export function daysUntil(expires: number | Day, now: number): number {
  return Math.max(1, Math.ceil(((timeOf(expires) ?? now) - now) / day));
}

/** Returns the days left, rounded up, of a token that expires soon; undefined for all others. */
export function daysLeft(token: Pick<TokenTimes, 'expires'>, now: number, warnBeforeDays: number): number | undefined {
  const isSoon = token.expires !== undefined && expiryState(token, now, warnBeforeDays) === 'expiring';
  return isSoon ? daysUntil(token.expires, now) : undefined;
}

/** Returns the days since creation, rounded down, at least 0; undefined if nothing tells the day. */
export function ageInDays(created: TokenTimes['created'], now: number): number | undefined {
  const latest = latestOf(created);
  return latest === undefined ? undefined : Math.max(0, Math.floor((now - latest) / day));
}

/** Formats a creation time for a command's result: as ISO 8601, or in TIR's words if nothing tells the day. */
export function createdAtForResult(created: TokenTimes['created']): string | undefined {
  return typeof created === 'number' ? new Date(created).toISOString() : created;
}
