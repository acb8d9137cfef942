import type { Secret } from '../base/secret';
import type { TokenRef } from '../secrets/records';
import type { Store } from '../secrets/store';
import { isUuid } from './literals';

/** Describes a value stored on this machine, without the value itself. */
export interface KnownValue {
  readonly isApiKey: boolean;
  /** The token with this value. Undefined for a project's sign-in token that isn't among its stored tokens. */
  readonly token?: TokenRef & { readonly name: string };
}

export interface KnownMatch {
  readonly start: number;
  readonly end: number;
  readonly value: KnownValue;
  readonly fingerprint: string;
}

/**
 * Holds the stored values as keyed hashes. Text is hashed and compared with them, so a window can look for thousands of
 * values all day without keeping them in memory.
 */
export class KnownValues {
  readonly #byFingerprint = new Map<string, KnownValue>();
  readonly #lengths = new Set<number>();
  readonly #shapes = new Set<string>();
  #shortest = Infinity;

  /** @param fingerprint returns a text's keyed hash */
  constructor(readonly fingerprint: (text: string) => string) {}

  add(secret: Secret, known: KnownValue): void {
    const text = secret.reveal();
    const fingerprint = this.fingerprint(text);
    // A stored token says more than the sign-in with it.
    if (!this.#byFingerprint.get(fingerprint)?.token) {
      this.#byFingerprint.set(fingerprint, known);
    }
    this.#lengths.add(text.length);
    this.#shapes.add(shapeOf(text));
    this.#shortest = Math.min(this.#shortest, text.length);
  }

  /** Returns `prefilters` for the stored values. They reveal a value's length and kind, and nothing else of it. */
  prefilters(): string[] {
    return [...this.#shapes];
  }

  /** Returns whether both hold the same values of the same tokens. */
  equals(other: KnownValues): boolean {
    return JSON.stringify([...this.#byFingerprint]) === JSON.stringify([...other.#byFingerprint]);
  }

  /** Yields the stored values in a line. */
  *find(line: string): Generator<KnownMatch> {
    // A run of value characters that is long enough covers one of these positions. Padding isn't part of a run.
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
   * Yields stored values that are the whole run, or its beginning or end: after a `/` in a URL, or before the full stop
   * of a sentence. A value can end with `=`, which elsewhere separates a name from a value.
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

/** Most `=` that a value can end with. */
const mostPadding = 2;

/** Characters. Longer runs are data, in which a slash separates nothing. */
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

/** Returns an expression for the value's kind. For a JWT or a UUID, other long words needn't be hashed. */
function shapeOf(text: string): string {
  if (text.startsWith('eyJ')) {
    return String.raw`[\w-]\.eyJ`;
  }
  return isUuid(text)
    ? String.raw`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`
    : `[A-Za-z0-9._~+/=-]{${Math.min(text.length, 64)}}`;
}

/** Characters of a credential in an HTTP header (`token68` of RFC 7235), except the `=` at its end. */
const ofValue = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/') {
  ofValue[character.charCodeAt(0)] = 1;
}

function isOfValue(code: number): boolean {
  return ofValue[code] === 1;
}

/** Reads every stored value once, and keeps only its hash. @param fingerprint returns a text's keyed hash */
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
