import { isOtherVendors, isTirIssuer, looksLikeCredential, looksRandom, readJwt } from './literals';

/** What was found, by the way it was recognised. Public: comments and settings that ignore a finding name it. */
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

/** The lines of a text, by their number from 0; undefined outside of it. */
export type Lines = (index: number) => string | undefined;

/** So many lines before and after a line are looked at to tell what is on it. */
export const surroundings = 5;

/** Where a match is. */
export interface MatchPlace {
  readonly lines: Lines;
  readonly line: number;
  /** Of the whole match in its line. */
  readonly start: number;
}

export interface Pattern {
  readonly code: Exclude<LeakCode, 'stored-value'>;
  /** The value is its first group. Matches in a time that grows with the text alone; the tests see to it. */
  readonly expression: RegExp;
  /** Whether what was matched is a leak: for what an expression cannot tell. */
  readonly isLeak: (value: string, match: string, place: MatchPlace) => boolean;
  /** Whether the value is an API key and no token. */
  readonly isApiKey?: (match: string) => boolean;
}

/**
 * Every file with a leak has one of these in it, but for stored values: what a search for words, which knows no
 * surroundings, looks for first. In the syntax that JavaScript and ripgrep share; whether letters are small does not matter.
 */
export const prefilters = [
  String.raw`[\w-]\.eyJ`,
  String.raw`TIR_API_TOKEN|E2E_TIR_(ACCESS_TOKEN|API_KEY)`,
  String.raw`bearer[^\w]{1,8}[\w.~+/-]{16}`,
  String.raw`e2enetworks\.|\btir\.init\b`,
] as const;

/** A credential as HTTP carries it (`token68` of RFC 7235). What stands before must not be a part of it. */
const value = String.raw`([A-Za-z0-9._~+/-]{16,4096}={0,2})(?![A-Za-z0-9._~+/-])`;
const jwt = String.raw`eyJ[\w-]{8,4096}\.eyJ[\w-]{8,4096}\.[\w-]{16,4096}`;
/** The lookbehind keeps matching linear: without it, every "eyJ" in a run would start another scan. */
const tirToken = new RegExp(String.raw`(?:(?<![\w-])|(?<=%[0-9A-Fa-f]{2}|\\[nrt]))(${jwt})`, 'g');
const uuid = String.raw`([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})(?![\w-])`;
const variables = 'TIR_API_TOKEN|E2E_TIR_ACCESS_TOKEN|E2E_TIR_API_KEY';

/** In the order in which they are believed: what one has found is not looked at by the next. */
export const patterns: readonly Pattern[] = [
  {
    code: 'platform-token',
    expression: tirToken,
    isLeak: isTirToken,
  },
  {
    // The variable itself, set in a script, a file, a call or a table: `NAME=…`, `NAME: …`, `["NAME"] = …`, `("NAME", …`.
    code: 'variable-value',
    expression: new RegExp(
      String.raw`(?<!\w)(?:${variables})[\\"'${'`'}\])}]{0,4}(?:: ?(?:str|string|String))? {0,8}(?:\t|=>|:=|:-|\?\?|\|\||[=:,> ]) {0,8}[brfu]?\\?["'${'`'}]{0,3}(?:Bearer )?${value}`,
      'g',
    ),
    isLeak: looksLikeCredential,
    isApiKey: (match) => match.startsWith('E2E_TIR_API_KEY'),
  },
  {
    // As lists of variables have it: the name on one line, the value on the next, or the other way round.
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
      looksLikeCredential(text) && !isOtherVendors(text) && isAuthorization(place) && !isSentElsewhere(place),
  },
  {
    code: 'parameter-value',
    expression: new RegExp(
      String.raw`(?<![A-Za-z0-9])(?:access[-_]?token|(?:api_)?auth_?token|api_?key|token)["']?\]? {0,4}(?::=|=>|[:=]) {0,4}["'${'`'}]${value}["'${'`'}]`,
      'gi',
    ),
    isLeak: (text, _, place) => looksLikeCredential(text) && !isOtherVendors(text) && linesAround(place).some(isOfTir),
    isApiKey: (match) => /^api_?key/i.test(match),
  },
];

/** A line without one of these matches no expression: most lines are looked at once instead of once for each. */
export const hint = /eyJ|TIR_|value|api[-_ ]?key|bearer|token/i;

function isTirToken(text: string): boolean {
  const issuer = readJwt(text)?.issuer;
  return issuer !== undefined && isTirIssuer(issuer);
}

/** So much of a line is looked at around a place: one line can hold a whole program. Characters. */
const contextLength = 2000;

/** A line near a place; of a long one, what is nearest. */
function lineNear({ lines, line, start }: MatchPlace, index: number): string {
  const from = index === line ? Math.max(0, start - contextLength) : 0;
  return (lines(index) ?? '').slice(from, from + 2 * contextLength);
}

/** The lines around a place, its own among them. */
function linesAround(place: MatchPlace): string[] {
  return Array.from({ length: 2 * surroundings + 1 }, (_, index) => lineNear(place, place.line - surroundings + index));
}

function hasTirToken(text: string): boolean {
  return (text.match(tirToken) ?? []).some(isTirToken);
}

/** That the platform or its SDK is spoken to. */
function isOfTir(text: string): boolean {
  return /(?<![\w-])e2enetworks\.(?:com|net|cloud)|\.e2enetworks\.|(?<!\w)tir\.init\b/i.test(text);
}

const named = new RegExp(String.raw`(?:name|key)["']? {0,4}[:=] {0,4}["']?(?:${variables})(?!\w)`, 'i');

/** Whether the line before or after names a variable of ours, as `name: TIR_API_TOKEN`. */
function isNamedBeside(place: MatchPlace): boolean {
  return [place.line - 1, place.line + 1].some((index) => named.test(lineNear(place, index)));
}

/** What stands before a query on its line, back to where an address begins. */
function addressBefore({ lines, line, start }: MatchPlace): string {
  const before = (lines(line) ?? '').slice(Math.max(0, start - contextLength), start);
  return before.split(/[\s"'`<>()]/).at(-1) ?? '';
}

/** Whether an address is the platform's; of one that is put together from pieces, whether the lines around name the platform. */
function namesTir(address: string, place: MatchPlace): boolean {
  const host = /^https?:\/\/([^/?#]+)/i.exec(address)?.[1];
  return host !== undefined && /^[\w.-]+$/.test(host) ? isTirIssuer(host) : linesAround(place).some(isOfTir);
}

/** That it is given to `Authorization`, on its own line or the one before. */
function isAuthorization(place: MatchPlace): boolean {
  return [place.line, place.line - 1].some((index) =>
    /authorization|oauth2-bearer|header/i.test(lineNear(place, index)),
  );
}

/** That the lines around name addresses, and all of them are somebody else's. */
function isSentElsewhere(place: MatchPlace): boolean {
  const around = linesAround(place);
  const hosts = around.flatMap((text) => [...text.matchAll(/https?:\/\/([\w.-]+)/gi)].map(([, host = '']) => host));
  const isOthers = (host: string) => !isTirIssuer(host) && !/^(?:localhost|127\.|0\.0\.0\.0)/.test(host);
  return hosts.some(isOthers) && !hosts.some(isTirIssuer) && !around.some(isOfTir);
}
