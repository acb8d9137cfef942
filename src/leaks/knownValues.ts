import type { Secret } from '../base/secret';
import type { TokenRef } from '../secrets/records';
import type { Store } from '../secrets/store';
import { isUuid, wordFrom } from '../tir/credentials';

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
  /** `base` to the power of each value's length, by length. */
  readonly #lengths = new Map<number, number>();
  readonly #sums = new Set<number>();
  readonly #shapes = new Set<string>();
  #shortest = Infinity;

  /** @param fingerprint returns a text's keyed hash */
  constructor(readonly fingerprint: (text: string) => string) {}

  add(secret: Secret, known: KnownValue): void {
    const text = secret.reveal();
    if (text.length < shortest) {
      return;
    }
    const fingerprint = this.fingerprint(text);
    // A stored token says more than the sign-in with it.
    if (!this.#byFingerprint.get(fingerprint)?.token) {
      this.#byFingerprint.set(fingerprint, known);
    }
    this.#lengths.set(text.length, powerOf(text.length));
    const sums = sumsOf(text, 0, text.length);
    this.#sums.add(sums[text.length] ?? 0);
    sums.fill(0, 0, text.length + 1);
    this.#shapes.add(shapeOf(text));
    this.#shortest = Math.min(this.#shortest, text.length);
  }

  /** Characters of a value that stand together, at least: `=` at its end can be apart. */
  get shortestRun(): number {
    return this.#shortest - mostPadding;
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
    const length = this.shortestRun;
    for (let run = wordFrom(line, 0, length); run; run = wordFrom(line, run.end + 1, length)) {
      yield* this.#compare(line, run.start, run.end);
    }
  }

  /**
   * Returns stored values that are the whole run, or its beginning or end, or between slashes, as in a URL, or before the
   * full stop of a sentence. A value can end with `=`, which elsewhere separates a name from a value.
   */
  #compare(line: string, start: number, end: number): KnownMatch[] {
    const padding = /^=*/.exec(line.slice(end, end + mostPadding))?.[0].length ?? 0;
    const found = new Map<string, KnownMatch>();
    const sums = sumsOf(line, start, end + padding);
    const compare = (from: number, length: number) => {
      const power = this.#lengths.get(length);
      if (power === undefined || from < start || from + length > end + padding) {
        return;
      }
      const [before = 0, through = 0] = [sums[from - start], sums[from - start + length]];
      if (this.#sums.has((through - Math.imul(before, power)) | 0)) {
        const fingerprint = this.fingerprint(line.slice(from, from + length));
        const value = this.#byFingerprint.get(fingerprint);
        if (value) {
          found.set(`${from} ${length}`, { start: from, end: from + length, value, fingerprint });
        }
      }
    };
    const stop = line[end - 1] === '.' ? end - 1 : end;
    for (const length of this.#lengths.keys()) {
      for (const from of [start, end - length, end + padding - length, stop - length]) {
        compare(from, length);
      }
    }
    for (let from = start; from < end;) {
      const slash = line.indexOf('/', from);
      const to = slash < 0 || slash > end ? end : slash;
      compare(from, to - from);
      from = to + 1;
    }
    sums.fill(0, 0, end + padding - start + 1);
    return [...found.values()];
  }
}

const base = 31;

function powerOf(length: number): number {
  let power = 1;
  for (let index = 0; index < length; index++) {
    power = Math.imul(power, base);
  }
  return power;
}

/** Used for each word again: a new one each time would be much garbage. */
let buffer = new Int32Array(1000);

/**
 * Returns a sum of each beginning of a part of a text, from which the sum of any piece follows. It tells most texts apart
 * quickly, so few of them are hashed. One sum says too little of a value to be of use, but all of them together give the
 * text away, so the caller has to overwrite them after use.
 */
function sumsOf(text: string, start: number, end: number): Int32Array {
  if (buffer.length <= end - start) {
    buffer = new Int32Array(2 * (end - start));
  }
  let sum = 0;
  for (let index = start; index < end; index++) {
    sum = (Math.imul(sum, base) + text.charCodeAt(index)) | 0;
    buffer[index - start + 1] = sum;
  }
  return buffer;
}

/** Characters of a value to look for. A shorter one is no credential, and would be found in many words. */
const shortest = 8;

/** Most `=` that a value can end with. */
const mostPadding = 2;

/** Returns an expression for the value's kind. For a JWT or a UUID, other long words needn't be hashed. */
function shapeOf(text: string): string {
  if (text.startsWith('eyJ')) {
    return String.raw`[\w-]\.eyJ`;
  }
  return isUuid(text)
    ? String.raw`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`
    : `[A-Za-z0-9._~+/=-]{${Math.min(text.length, 64)}}`;
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
