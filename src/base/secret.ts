import { createHmac, randomBytes } from 'node:crypto';

/**
 * A token value or an API key. Printing it in any way (string, JSON, `console.log`, a template)
 * gives `[secret]`; the one way to the text is {@link Secret.reveal}, so that every place which
 * opens one is found by searching for that word.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Hand it to the request, the storage, the terminal or the clipboard, and to nobody else. */
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

  /** What Node's `util.inspect`, and with it `console.log`, prints. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

/** What authenticates a call: the token, and the API key that was made together with it (the API takes some calls without). */
export interface Credentials {
  readonly token: Secret;
  readonly apiKey?: Secret;
}

/** Characters that are taken for one token or API key: what an HTTP header carries. */
export const longestCredential = 8192;

/** Characters that are looked at of what is to be quoted. */
const longestQuoted = 4 * longestCredential;

/** What a server or a program says, on one line of at most 200 characters, without the credentials that it may echo. */
export function quotable(says: string, { token, apiKey }: Credentials): string {
  // Cut first, since it may have megabytes, and where no credential is cut in two.
  const cut = says.length > longestQuoted ? says.slice(0, longestQuoted).replace(/\S*$/, '') : says;
  let words = cut.replace(/[\p{C}\s]+/gu, ' ').trim();
  for (const secret of [token, apiKey]) {
    words = secret ? words.replaceAll(secret.reveal(), '[secret]') : words;
  }
  return words.length > 200 ? `${words.slice(0, 199)}…` : words;
}

/** Hashes with a key of its own, which is made here and kept nowhere: what it gives says nothing to anybody else. */
export function keyedHash(): (text: string) => string {
  const key = randomBytes(32);
  return (text) => createHmac('sha256', key).update(text).digest('base64');
}
