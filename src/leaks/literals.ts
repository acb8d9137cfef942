/*
 * Judges a text by itself: whether it looks like a credential, and who issued it.
 */

/** Prefixes of other vendors' credentials. The vendors document them for tools like this one. */
const otherVendors =
  /^(?:sk-|[spr]k_(?:live|test)_|gh[opsur]_|github_pat_|gl[a-z]{2,5}-|xox[abeprs]-|xapp-|hf_|AKIA|ASIA|ya29\.|AIza|npm_|pypi-|SG\.|do[op]_v1_|r8_|nvapi-|gsk_|whsec_|lin_api_|shp[a-z]{2}_|dckr_pat_|figd_|ATATT|v1\.0-|secret_|pplx-|ops_|dapi|tfp_|rubygems_|CCIPAT_|sntrys_|key-)/;

/** Words that mark placeholders in documents and tests. They must stand alone, since a random text can contain them. */
const placeholderWord =
  /(?:^|[-_.~+/])(?:your|example|sample|dummy|fake|mock|test|testing|invalid|expired|wrong|placeholder|changeme|replace|redacted|hidden|masked|insert|undefined)(?=$|[-_.~+/])/i;

/** Rows of the keyboard and the alphabet, and repeated characters. At least six, since random texts can have five. */
const typedByHand = /012345|123456|987654|abcdef|qwerty|asdfgh|(.)\1{7}/i;

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}

export function isFromOtherVendor(text: string): boolean {
  const jwt = readJwt(text);
  return jwt?.issuer !== undefined ? !isTirIssuer(jwt.issuer) : otherVendors.test(text);
}

/** Returns whether a longer text is random, as credentials are, and not a name, a path, code or a placeholder. */
export function looksRandom(text: string): boolean {
  if (placeholderWord.test(text) || typedByHand.test(text) || new Set(text).size < 7) {
    return false;
  }
  return isUuid(text) || kindChanges(text) >= 0.25;
}

/** Returns whether a text is random, or a JWT of any issuer. */
export function looksLikeCredential(text: string): boolean {
  return looksRandom(text) || readJwt(text) !== undefined;
}

const kinds = [/\d/, /[a-z]/, /[A-Z]/];

/**
 * Returns how often, from 0 to 1, a character's kind (lower case, upper case, digit) differs from the previous one's:
 * about every second time in random text, and seldom in names, even if they have a number or a date.
 */
function kindChanges(text: string): number {
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

/** Reads a JWT's issuer, if its claims name one. Returns undefined if the text isn't a JWT. */
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
 * Returns whether an issuer, or a URL's host, is TIR's. The issuer in TIR's tokens is
 * `http://gateway.e2enetworks.com/auth/realms/apiman`.
 */
export function isTirIssuer(issuer: string): boolean {
  const host = issuer.replace(/^[a-z]{1,10}:\/\//i, '').split(/[/:?#]/)[0] ?? '';
  return /(?:^|\.)e2enetworks\.(?:com|net)$/i.test(host);
}

/** A quoted text on one line, including its quotes and prefix. */
export interface Literal {
  readonly start: number;
  readonly end: number;
  /** The quote at its beginning and end. */
  readonly quote: string;
  /** Letters right before the first quote, such as `f` or `rb`. */
  readonly prefix: string;
}

/** How a language writes quoted texts and comments. */
export interface LiteralSyntax {
  /** Longer ones first: `"""` before `"`. */
  readonly quotes: readonly string[];
  /** Quotes within which a backslash escapes nothing. */
  readonly raw?: readonly string[];
  readonly prefix?: RegExp;
  /** Starts a comment that runs to the end of its line. */
  readonly comment: string;
  /** Comments start only after white space, as in shells, where `a#b` is a word. */
  readonly spaced?: boolean;
}

/**
 * Returns the quoted text around a place on a line, or `comment` if the place is in one. Returns undefined if it's in
 * neither, or in a text that spans several lines.
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

/** Returns where a quoted text ends, after its closing quote. */
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
