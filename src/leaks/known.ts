import type { Secret } from '../base/secret';
import type { TokenRef } from '../secrets/records';
import type { Store } from '../secrets/store';
import { isUuid } from './literals';

/** A value that is stored here, without the value. */
export interface KnownValue {
  readonly isApiKey: boolean;
  /** The token that it is of; undefined where a project was signed in to with one that the list does not show. */
  readonly token?: TokenRef & { readonly name: string };
}

export interface KnownMatch {
  readonly start: number;
  readonly end: number;
  readonly value: KnownValue;
  readonly fingerprint: string;
}

/**
 * The stored values as keyed hashes. What a text holds is hashed and compared: a window that looks for thousands of
 * values all day holds none of them for it.
 */
export class KnownValues {
  readonly #byFingerprint = new Map<string, KnownValue>();
  readonly #lengths = new Set<number>();
  readonly #shapes = new Set<string>();
  #shortest = Infinity;

  /** @param fingerprint a keyed hash */
  constructor(readonly fingerprint: (text: string) => string) {}

  add(secret: Secret, known: KnownValue): void {
    const text = secret.reveal();
    const fingerprint = this.fingerprint(text);
    // The record of a token says more than that of the sign-in with it.
    if (!this.#byFingerprint.get(fingerprint)?.token) {
      this.#byFingerprint.set(fingerprint, known);
    }
    this.#lengths.add(text.length);
    this.#shapes.add(shapeOf(text));
    this.#shortest = Math.min(this.#shortest, text.length);
  }

  /** Where values may be at all, in the syntax of `prefilters`: told by their length and kind, and by nothing else of them. */
  prefilters(): string[] {
    return [...this.#shapes];
  }

  /** Whether these are the same values of the same tokens. */
  equals(other: KnownValues): boolean {
    return JSON.stringify([...this.#byFingerprint]) === JSON.stringify([...other.#byFingerprint]);
  }

  /** The stored values in a line. */
  *find(line: string): Generator<KnownMatch> {
    // A run that is long enough has a character at one of these places; what pads it is no part of a run.
    const step = this.#shortest - mostPadding;
    for (let at = step - 1; at < line.length; at += step) {
      if (!isOfValue(line.charCodeAt(at))) {
        continue;
      }
      let [start, end] = [at, at + 1];
      while (start > 0 && isOfValue(line.charCodeAt(start - 1))) {
        start--;
      }
      while (end < line.length && isOfValue(line.charCodeAt(end))) {
        end++;
      }
      if (end - start >= step) {
        yield* this.#compare(line, start, end);
      }
      at = Math.max(at, end - step);
    }
  }

  /**
   * A value is a run by itself, or what a run begins or ends with: after a `/` in an address, before the full stop of a
   * sentence. At its end it may have `=`, which elsewhere stands between a name and a value.
   */
  *#compare(line: string, start: number, end: number): Generator<KnownMatch> {
    const padding = /^=*/.exec(line.slice(end, end + mostPadding))?.[0].length ?? 0;
    const starts = [start, ...slashesIn(line, start, end).map((slash) => slash + 1)];
    const ends = [end, end + padding, line[end - 1] === '.' ? end - 1 : end];
    for (const length of this.#lengths) {
      for (const from of new Set([...starts, ...ends.map((to) => to - length)])) {
        if (from < start || from + length > end + padding) {
          continue;
        }
        const fingerprint = this.fingerprint(line.slice(from, from + length));
        const value = this.#byFingerprint.get(fingerprint);
        if (value) {
          yield { start: from, end: from + length, value, fingerprint };
        }
      }
    }
  }
}

/** So many `=` a value may have at its end. */
const mostPadding = 2;

/** Longer runs are data, in which a slash separates nothing. Characters. */
const longestAddress = 10_000;

function slashesIn(line: string, start: number, end: number): number[] {
  const slashes: number[] = [];
  if (end - start <= longestAddress) {
    for (let at = line.indexOf('/', start); at >= 0 && at < end; at = line.indexOf('/', at + 1)) {
      slashes.push(at);
    }
  }
  return slashes;
}

/** Kinds that are told apart so that not every long word has to be hashed. */
function shapeOf(text: string): string {
  if (text.startsWith('eyJ')) {
    return String.raw`[\w-]\.eyJ`;
  }
  return isUuid(text)
    ? String.raw`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`
    : `[A-Za-z0-9._~+/=-]{${Math.min(text.length, 64)}}`;
}

/** What a credential in an HTTP header is made of (`token68` of RFC 7235), but for the `=` at its end. */
const ofValue = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/') {
  ofValue[character.charCodeAt(0)] = 1;
}

function isOfValue(code: number): boolean {
  return ofValue[code] === 1;
}

/** Reads every stored value once, and keeps its hash. @param fingerprint a keyed hash */
export async function loadKnown(store: Store, fingerprint: (text: string) => string): Promise<KnownValues> {
  const known = new KnownValues(fingerprint);
  for (const { id: connectionId } of await store.connections()) {
    for (const { id, name, credentials } of await store.storedTokens(connectionId)) {
      const token = { connectionId, id, name };
      known.add(credentials.token, { isApiKey: false, token });
      if (credentials.apiKey) {
        known.add(credentials.apiKey, { isApiKey: true, token });
      }
    }
    const signedIn = await store.connection(connectionId);
    if (signedIn) {
      known.add(signedIn.credentials.token, { isApiKey: false });
      if (signedIn.credentials.apiKey) {
        known.add(signedIn.credentials.apiKey, { isApiKey: true });
      }
    }
  }
  return known;
}
