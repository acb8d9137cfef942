/*
 * What can be told of a text alone: whether it looks like a credential, and whose.
 */

/** Other vendors' credentials, by the beginnings that they document, so that tools like this one can tell. */
const otherVendors =
  /^(?:sk-|[spr]k_(?:live|test)_|gh[opsur]_|github_pat_|gl[a-z]{2,5}-|xox[abeprs]-|xapp-|hf_|AKIA|ASIA|ya29\.|AIza|npm_|pypi-|SG\.|do[op]_v1_|r8_|nvapi-|gsk_|whsec_|lin_api_|shp[a-z]{2}_|dckr_pat_|figd_|ATATT|v1\.0-|secret_|pplx-|ops_|dapi|tfp_|rubygems_|CCIPAT_|sntrys_|key-)/;

/** Words by which documents and tests say that this is none. They stand apart: a random text holds letters in any order. */
const placeholderWord =
  /(?:^|[-_.~+/])(?:your|example|sample|dummy|fake|mock|test|testing|invalid|expired|wrong|placeholder|changeme|replace|redacted|hidden|masked|insert|undefined)(?=$|[-_.~+/])/i;

/** Rows of the keyboard and of the alphabet, and one character over and over: a random text has five in a row at times. */
const typedByHand = /012345|123456|987654|abcdef|qwerty|asdfgh|(.)\1{7}/i;

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}

export function isOtherVendors(text: string): boolean {
  const jwt = readJwt(text);
  return jwt?.issuer !== undefined ? !isTirIssuer(jwt.issuer) : otherVendors.test(text);
}

/** Whether a text of some length is random, as credentials are, and not a name, a path, code, or what stands for one. */
export function looksRandom(text: string): boolean {
  if (placeholderWord.test(text) || typedByHand.test(text) || new Set(text).size < 7) {
    return false;
  }
  return isUuid(text) || changes(text) >= 0.25;
}

/** Whether a text is a JWT, whoever issued it, or random. */
export function looksLikeCredential(text: string): boolean {
  return looksRandom(text) || readJwt(text) !== undefined;
}

const kinds = [/\d/, /[a-z]/, /[A-Z]/];

/**
 * How often a character is of another kind (small letter, capital, digit) than the one before it, between 0 and 1:
 * about every second time in random text, and seldom in names, even with a number or a date in them.
 */
function changes(text: string): number {
  let [pairs, changed] = [0, 0];
  let before = -1;
  for (const character of text) {
    const kind = kinds.findIndex((ofKind) => ofKind.test(character));
    if (kind >= 0 && before >= 0) {
      pairs++;
      changed += kind === before ? 0 : 1;
    }
    before = kind;
  }
  return pairs === 0 ? 0 : changed / pairs;
}

/** The issuer in the claims of a JWT, where it names one; undefined for a text that is no JWT. */
export function readJwt(text: string): { readonly issuer?: string } | undefined {
  const [header, claims, signature] = text.split('.');
  if (header === undefined || claims === undefined || signature === undefined) {
    return undefined;
  }
  try {
    const read = (part: string): unknown => JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')));
    const [first, second] = [read(header), read(claims)];
    if (typeof first !== 'object' || typeof second !== 'object' || first === null || second === null) {
      return undefined;
    }
    return 'iss' in second && typeof second.iss === 'string' ? { issuer: second.iss } : {};
  } catch {
    return undefined;
  }
}

/**
 * Whether an issuer, or the host of an address, is the platform's. Its tokens name
 * `http://gateway.e2enetworks.com/auth/realms/apiman`.
 */
export function isTirIssuer(issuer: string): boolean {
  const host = issuer.replace(/^[a-z]{1,10}:\/\//i, '').split(/[/:?#]/)[0] ?? '';
  return /(?:^|\.)e2enetworks\.(?:com|net)$/i.test(host);
}

/** A quoted text on one line, its quotes included. */
export interface Literal {
  readonly start: number;
  readonly end: number;
  /** What it begins and ends with. */
  readonly quote: string;
  /** What stands right before it and belongs to it: `f`, `rb`. */
  readonly prefix: string;
}

/** How a language writes texts and comments. */
export interface LiteralSyntax {
  /** Longer ones first. */
  readonly quotes: readonly string[];
  /** Quotes within which a backslash is a backslash. */
  readonly raw?: readonly string[];
  readonly prefix?: RegExp;
  /** What begins a comment that goes to the end of its line. */
  readonly comment: string;
  /** A comment begins after white space alone, as in shells, where `a#b` is a word. */
  readonly spaced?: boolean;
}

/**
 * The quoted text around a place on a line, `comment` where that is in a comment, or undefined where it is in neither,
 * or in a text that goes over several lines.
 */
export function literalAround(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  { quotes, raw = [], prefix, comment, spaced = false }: LiteralSyntax,
): Literal | 'comment' | undefined {
  for (let at = 0; at <= start;) {
    if (text.startsWith(comment, at) && (!spaced || at === 0 || /\s/.test(text.charAt(at - 1)))) {
      return 'comment';
    }
    const quote = quotes.find((candidate) => text.startsWith(candidate, at));
    if (quote === undefined) {
      at += text[at] === '\\' ? 2 : 1;
      continue;
    }
    const before = prefix?.exec(text.slice(0, at))?.[0] ?? '';
    const isRaw = raw.includes(quote) || /r/i.test(before);
    const close = closing(text, at + quote.length, quote, isRaw);
    if (close === undefined) {
      return undefined;
    }
    if (close > start) {
      return close >= end + quote.length ? { start: at - before.length, end: close, quote, prefix: before } : undefined;
    }
    at = close;
  }
  return undefined;
}

/** Where a text ends whose quote was opened, the closing quote included. */
function closing(text: string, from: number, quote: string, isRaw: boolean): number | undefined {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\' && !isRaw) {
      at++;
    } else if (text.startsWith(quote, at)) {
      return at + quote.length;
    }
  }
  return undefined;
}
