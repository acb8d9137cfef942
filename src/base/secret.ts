import { createHash, createHmac, randomBytes } from 'node:crypto';

/** Matches what VS Code would change in a value on its way to a terminal: it interpolates `${…}`. */
export const changedInTerminals = /\$\{|\\|(?!\n)\p{Cc}/u;

/** Matches a value that is masked or cut off. */
export const masked = /\*{3}|[•●…]|\.\.\.$/;

/**
 * A token value or an API key. However it's printed (string, JSON, `console.log`, template), the output is
 * `[secret]`. Only {@link Secret.reveal} returns the text, so searching for that word finds every place that reads one.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Returns the text. Pass it only to where a value belongs, such as a request, secret storage or a terminal. */
  reveal(): string {
    return this.#text;
  }

  equals(other: Secret): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  /** Called by Node's `util.inspect`, and so by `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

/** Credentials of an API call: a token and the API key created with it. Some calls work without the key. */
export interface Credentials {
  readonly token: Secret;
  readonly apiKey?: Secret;
}

/** Maximum length of a token or API key in characters, which is what an HTTP header can carry. */
export const maxCredentialLength = 8192;

/** How many characters of a text {@link quotable} looks at. */
const maxQuotableLength = 4 * maxCredentialLength;

/** Matches what may be another token's value or API key: a JWT, a UUID, or any long run of their characters. */
const looksSecret = /\beyJ[\w.-]+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[\w-]{40,}/g;

/** Cleans a server's or program's message: one line, at most 200 characters, without credentials that it may echo. */
export function quotable(says: string, { token, apiKey }: Credentials): string {
  // Cut first, because the text may have megabytes. Drop a partial last word: it may be part of a credential.
  const cut = says.length > maxQuotableLength ? says.slice(0, maxQuotableLength).replace(/\S*$/, '') : says;
  let words = cut.replace(/[\p{C}\s]+/gu, ' ').trim();
  for (const secret of [token, apiKey]) {
    words = secret ? words.replaceAll(secret.reveal(), '[secret]') : words;
  }
  words = words.replace(looksSecret, '[secret]');
  return words.length > 200 ? `${words.slice(0, 199)}…` : words;
}

/** Returns a hash function with its own random key. The key is never stored, so the hashes are useless elsewhere. */
export function keyedHash(): (text: string) => string {
  const key = randomBytes(32);
  return (text) => createHmac('sha256', key).update(text).digest('base64');
}

/** Hashes a value with a key of this process. Values that are only compared are kept as this hash. */
export const fingerprint = keyedHash();

/**
 * Returns 64 bits of the SHA-256 of key and text, in hexadecimal digits: enough to recognize a value, too little to
 * find one. Shells can compute it too.
 */
export function digestOf(key: string, text: string): string {
  return createHash('sha256')
    .update(key + text)
    .digest('hex')
    .slice(0, digestLength);
}

export const digestLength = 16;
