import { isFromOtherVendor, isTirIssuer, looksLikeCredential, looksRandom, readJwt } from './literals';

/** Codes for how a token was recognized. They are public: comments and settings that ignore a match use them. */
export const leakCodes = [
  'stored-value',
  'platform-token',
  'variable-value',
  'url-api-key',
  'api-key',
  'bearer-token',
  'parameter-value',
] as const;
export type LeakCode = (typeof leakCodes)[number];

/** Returns a line's text by its number, from 0; undefined outside of the text. */
export type Lines = (index: number) => string | undefined;

/** Number of lines before and after a line that help to judge what's on it. */
export const surroundings = 5;

/** Where a match is. */
export interface MatchPlace {
  readonly lines: Lines;
  readonly line: number;
  /** Where the whole match starts in its line. */
  readonly start: number;
}

export interface Pattern {
  readonly code: Exclude<LeakCode, 'stored-value'>;
  /** Its first group is the value. It must match in linear time, which `linearTime.test.ts` checks. */
  readonly expression: RegExp;
  /** Returns whether a match is a leaked token: decides what an expression can't. */
  readonly isLeak: (value: string, match: string, place: MatchPlace) => boolean;
  /** Returns whether the value is an API key rather than a token. */
  readonly isApiKey?: (match: string) => boolean;
}

/**
 * Expressions that choose the files to scan, without regard to surroundings. Each file with a leaked token, other than
 * a stored value, matches one of them. They use the syntax that JavaScript and ripgrep share, and ignore case.
 */
export const prefilters = [
  String.raw`[\w-]\.eyJ`,
  String.raw`TIR_API_TOKEN|E2E_TIR_(ACCESS_TOKEN|API_KEY)`,
  String.raw`bearer[^\w]{1,8}[\w.~+/-]{16}`,
  String.raw`e2enetworks\.|\btir\.init\b`,
] as const;

/** A credential in an HTTP header (`token68` of RFC 7235). Put something before it that can't be part of it. */
const value = String.raw`([A-Za-z0-9._~+/-]{16,4096}={0,2})(?![A-Za-z0-9._~+/-])`;
const jwt = String.raw`eyJ[\w-]{8,4096}\.eyJ[\w-]{8,4096}\.[\w-]{16,4096}`;
/** The lookbehind keeps matching linear: without it, every "eyJ" in a run would start another scan. */
const tirToken = new RegExp(String.raw`(?:(?<![\w-])|(?<=%[0-9A-Fa-f]{2}|\\[nrt]))(${jwt})`, 'g');
const uuid = String.raw`([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})(?![\w-])`;
const variables = 'TIR_API_TOKEN|E2E_TIR_ACCESS_TOKEN|E2E_TIR_API_KEY';

/** The patterns in order of precedence: a match that overlaps an earlier pattern's is dropped. */
export const patterns: readonly Pattern[] = [
  {
    code: 'platform-token',
    expression: tirToken,
    isLeak: isTirToken,
  },
  {
    // Sets the variable in a script, a file, a call or a table: `NAME=…`, `NAME: …`, `["NAME"] = …`, `("NAME", …`.
    code: 'variable-value',
    expression: new RegExp(
      String.raw`(?<!\w)(?:${variables})[\\"'${'`'}\])}]{0,4}(?:: ?(?:str|string|String))? {0,8}(?:\t|=>|:=|:-|\?\?|\|\||[=:,> ]) {0,8}[brfu]?\\?["'${'`'}]{0,3}(?:Bearer )?${value}`,
      'g',
    ),
    isLeak: looksLikeCredential,
    isApiKey: (match) => match.startsWith('E2E_TIR_API_KEY'),
  },
  {
    // Lists of variables have the name on one line and the value on the next, or the other way round.
    code: 'variable-value',
    expression: new RegExp(String.raw`(?<!\w)[Vv]alue["']? {0,4}[:=] {0,4}["']?${value}`, 'g'),
    isLeak: (text, _, place) => isNamedBeside(place) && looksLikeCredential(text),
  },
  {
    code: 'url-api-key',
    expression: new RegExp(String.raw`[?&]api_?key=${value}`, 'gi'),
    isLeak: (text, _, place) => looksRandom(text) && namesTir(addressBefore(place), place),
    isApiKey: () => true,
  },
  {
    code: 'api-key',
    expression: new RegExp(String.raw`(?<![A-Za-z0-9])api[-_ ]?key\W{1,8}${uuid}`, 'gi'),
    isLeak: (text, _, place) => looksRandom(text) && linesAround(place).some(hasTirToken),
    isApiKey: () => true,
  },
  {
    code: 'bearer-token',
    expression: new RegExp(String.raw`(?<![A-Za-z0-9])bearer(?: {1,4}|%20|\\t|["'], ?["'])${value}`, 'gi'),
    isLeak: (text, _, place) =>
      looksLikeCredential(text) && !isFromOtherVendor(text) && isAuthorization(place) && !isSentElsewhere(place),
  },
  {
    code: 'parameter-value',
    expression: new RegExp(
      String.raw`(?<![A-Za-z0-9])(?:access[-_]?token|(?:api_)?auth_?token|api_?key|token)["']?\]? {0,4}(?::=|=>|[:=]) {0,4}["'${'`'}]${value}["'${'`'}]`,
      'gi',
    ),
    isLeak: (text, _, place) =>
      looksLikeCredential(text) && !isFromOtherVendor(text) && linesAround(place).some(isOfTir),
    isApiKey: (match) => /^api_?key/i.test(match),
  },
];

/** Matches each line that a pattern can match, so most lines need one check instead of one per pattern. */
export const hint = /eyJ|TIR_|value|api[-_ ]?key|bearer|token/i;

function isTirToken(text: string): boolean {
  const issuer = readJwt(text)?.issuer;
  return issuer !== undefined && isTirIssuer(issuer);
}

/** Characters of a line to read on each side of a match: one line can hold a whole program. */
const contextLength = 2000;

/** Returns a line near a match. Shortens long lines: around the match on its own line, else to the beginning. */
function lineNear({ lines, line, start }: MatchPlace, index: number): string {
  const from = index === line ? Math.max(0, start - contextLength) : 0;
  return (lines(index) ?? '').slice(from, from + 2 * contextLength);
}

/** Returns the lines around a match, including its own. */
function linesAround(place: MatchPlace): string[] {
  return Array.from({ length: 2 * surroundings + 1 }, (_, index) => lineNear(place, place.line - surroundings + index));
}

function hasTirToken(text: string): boolean {
  return (text.match(tirToken) ?? []).some(isTirToken);
}

/** Returns whether a text names TIR's hosts or SDK. */
function isOfTir(text: string): boolean {
  return /(?<![\w-])e2enetworks\.(?:com|net|cloud)|\.e2enetworks\.|(?<!\w)tir\.init\b/i.test(text);
}

const named = new RegExp(String.raw`(?:name|key)["']? {0,4}[:=] {0,4}["']?(?:${variables})(?!\w)`, 'i');

/** Returns whether the line before or after names one of the variables, as in `name: TIR_API_TOKEN`. */
function isNamedBeside(place: MatchPlace): boolean {
  return [place.line - 1, place.line + 1].some((index) => named.test(lineNear(place, index)));
}

/** Returns the text before a query, back to the start of its URL. */
function addressBefore({ lines, line, start }: MatchPlace): string {
  const before = (lines(line) ?? '').slice(Math.max(0, start - contextLength), start);
  return before.split(/[\s"'`<>()]/).at(-1) ?? '';
}

/** Returns whether a URL is TIR's. If code composes its host, the lines around have to name TIR. */
function namesTir(address: string, place: MatchPlace): boolean {
  const host = /^https?:\/\/([^/?#]+)/i.exec(address)?.[1];
  return host !== undefined && /^[\w.-]+$/.test(host) ? isTirIssuer(host) : linesAround(place).some(isOfTir);
}

/** Returns whether the value is set as `Authorization`, on its own line or the one before. */
function isAuthorization(place: MatchPlace): boolean {
  return [place.line, place.line - 1].some((index) =>
    /authorization|oauth2-bearer|header/i.test(lineNear(place, index)),
  );
}

/** Returns whether the lines around have other vendors' URLs and don't name TIR. Local URLs aren't other vendors'. */
function isSentElsewhere(place: MatchPlace): boolean {
  const around = linesAround(place);
  const hosts = around.flatMap((text) => [...text.matchAll(/https?:\/\/([\w.-]+)/gi)].map(([, host = '']) => host));
  const isOthers = (host: string) => !isTirIssuer(host) && !/^(?:localhost|127\.|0\.0\.0\.0)/.test(host);
  return hosts.some(isOthers) && !hosts.some(isTirIssuer) && !around.some(isOfTir);
}
