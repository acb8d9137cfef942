/*
 * Values that look like credentials, generated when the tests run and the same in each run.
 */

/** Returns a generator of numbers between 0 and 1, the same ones for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const small = 'abcdefghijklmnopqrstuvwxyz';
const alphabets = {
  base64url: `${small.toUpperCase()}${small}0123456789-_`,
  base62: `${small.toUpperCase()}${small}0123456789`,
  hex: '0123456789abcdef',
};

export class Values {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = numbers(seed);
  }

  text(length: number, alphabet: keyof typeof alphabets = 'base64url'): string {
    const characters = alphabets[alphabet];
    const pick = () => characters.charAt(Math.floor(this.#next() * characters.length));
    // A letter and a digit at the ends, so there's a word boundary at each.
    const inner = Array.from({ length: length - 2 }, pick).join('');
    return `${alphabet === 'hex' ? 'e' : 'Q'}${inner}7`;
  }

  uuid(): string {
    const hex = this.text(32, 'hex');
    return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join(
      '-',
    );
  }

  /** @param issuer undefined for a token without one */
  jwt(issuer?: string): string {
    const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');
    const claims = { jti: this.uuid(), iat: 1_760_000_000, exp: 1_791_536_000, iss: issuer, sub: this.uuid() };
    return [part({ alg: 'RS256', typ: 'JWT', kid: this.text(43) }), part(claims), this.text(342)].join('.');
  }

  /** A token as in examples: signed with a shared secret, by no issuer. */
  example(): string {
    const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');
    return [part({ alg: 'HS256', typ: 'JWT' }), part({ sub: '1234567890', name: 'John Doe' }), this.text(43)].join('.');
  }
}

export const platform = 'http://gateway.e2enetworks.com/auth/realms/apiman';

/** Fills in values for `{jwt}`, `{jwt:https://issuer}`, `{plain-jwt}`, `{hs256}`, `{uuid}`, `{opaque}`, `{hex}`, `{base62:20}`. */
export function fill(template: string, seed: number): string {
  const values = new Values(seed);
  return template.replace(
    /\{(jwt|plain-jwt|hs256|uuid|opaque|hex|base62)(?::([^}]*))?\}/g,
    (_, kind: string, what?: string) => {
      switch (kind) {
        case 'jwt':
          return values.jwt(what ?? platform);
        case 'plain-jwt':
          return values.jwt();
        case 'hs256':
          return values.example();
        case 'uuid':
          return values.uuid();
        case 'hex':
          return values.text(Number(what ?? 40), 'hex');
        case 'base62':
          return values.text(Number(what ?? 40), 'base62');
        default:
          return values.text(Number(what ?? 43));
      }
    },
  );
}

/** Returns the text of a notebook with one cell, and what the cell printed. */
export function notebook(source: string, printed = ''): string {
  const lines = (text: string) => text.split(/(?<=\n)/);
  const outputs = printed === '' ? [] : [{ output_type: 'stream', name: 'stdout', text: lines(printed) }];
  const cell = { cell_type: 'code', execution_count: 1, metadata: {}, outputs, source: lines(source) };
  const metadata = { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } };
  return JSON.stringify({ cells: [cell], metadata, nbformat: 4, nbformat_minor: 5 }, undefined, 1);
}
