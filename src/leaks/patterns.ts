import {
  isFromOtherVendor,
  isTirIssuer,
  isUuid,
  looksLikeCode,
  looksLikeCredential,
  looksRandom,
  wordFrom,
} from '../tir/credentials';
import {
  contextLength,
  isGivenToTir,
  isNearTir,
  isTirToken,
  jwt,
  type Lines,
  linesAround,
  type MatchPlace,
  surroundings,
  tirToken,
} from '../tir/surroundings';

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
  String.raw`TIR_API_TOKEN|E2E_(TIR_ACCESS_TOKEN|TIR_API_KEY|API_KEY|AUTH_TOKEN|API_TOKEN|TOKEN|NETWORKS_)`,
  String.raw`bearer[^\w]{1,8}[\w.~+/-]{16}`,
  String.raw`e2enetworks\.|(\b|\\n)tir\.init\b`,
] as const;

/** A credential in an HTTP header (`token68` of RFC 7235). Put something before it that can't be part of it.
 * JSON may escape its slashes. */
const value = String.raw`(?<!\\)([A-Za-z0-9._~+/-]{16,4096}={0,2})(?![A-Za-z0-9._~+/-]|\\/)`;
const uuid = String.raw`[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![\w-])`;

/** Variables that TIR's guide and SDK read. */
const variables = 'TIR_API_TOKEN|E2E_TIR_ACCESS_TOKEN|E2E_TIR_API_KEY';
/** Variables of public code. `E2E_` also means end-to-end tests, so their values have to be of the right kind. */
const otherVariables = String.raw`E2E_(?:API_KEY|AUTH_TOKEN|API_TOKEN|TOKEN|NETWORKS_(?!(?:\w{0,40}_)?ID\b)\w{1,40})`;
/** What stands between a name and its value in assignments, calls, maps and tables. */
const separator = [
  String.raw`[\\"'${'`'}}\])]{0,4}`,
  // A type: `: str`, `: &'static str`, Go's `string`, Python's `: Final`.
  String.raw`(?::? {0,2}(?:&(?:'static )?str|str|[Ss]tring|Final(?:\[str\])?))?`,
  String.raw`(?: {0,8}(?:\t|=>|[:?]?=|:-|\?\?=?|\|\|=?|[:,>| ]) {0,8}|-|["'],? ?["']?value["']? ?[:=] ?)`,
  // A YAML anchor, and a string's prefix.
  String.raw`(?:&\w{1,30} )?(?:[brfu]{1,2}(?=\\?["'${'`'}]))?\\?["'${'`'}]{0,3}(?:Bearer )?`,
].join('');

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
    expression: new RegExp(String.raw`(?<![A-Za-z0-9])(?<!(?<!TF_VAR)_)(?:${variables})${separator}${value}`, 'gi'),
    isLeak: (text, match) => isValue(text, match),
    isApiKey: (match) => /^E2E_TIR_API_KEY/i.test(match),
  },
  {
    // Other code between the name and its value, such as a type, a default or an option: an API key is known by its form.
    code: 'variable-value',
    expression: new RegExp(
      String.raw`(?<![A-Za-z0-9])(?<!(?<!TF_VAR)_)(?:${variables})(?!\w)(?:(?!\b(?:id|request|trace|run|missing|invalid|not)\b)[^\n]){0,40}?["'${'`'}(=: >](${uuid})`,
      'gi',
    ),
    isLeak: (text) => looksRandom(text),
    isApiKey: () => true,
  },
  {
    code: 'variable-value',
    expression: new RegExp(String.raw`(?<!\w)(?:${otherVariables})${separator}(${jwt}|${uuid})`, 'g'),
    isLeak: (text) => looksLikeCredential(text) && !isFromOtherVendor(text),
  },
  {
    // Lists of variables have the name on one line and the value on the next, or the other way round.
    code: 'variable-value',
    expression: new RegExp(String.raw`(?<!\w)[Vv]alue["']? {0,4}[:=] {0,4}["']?${value}`, 'g'),
    isLeak: (text, match, place) => isNamedBeside(place) && isValue(text, match),
  },
  {
    code: 'url-api-key',
    expression: new RegExp(String.raw`(?:[?&]|&amp;|\\u0026|%26|%3F)api_?key(?:=|%3D)${value}`, 'gi'),
    isLeak: (text, _, place) => looksRandom(text) && namesTir(addressBefore(place), place),
    isApiKey: () => true,
  },
  {
    code: 'api-key',
    expression: new RegExp(String.raw`(?<![A-Za-z0-9])api[-_ ]?key\W{1,8}(${uuid})`, 'gi'),
    isLeak: (text, _, place) => looksRandom(text) && linesAround(place).some((facts) => facts.hasTirToken),
    isApiKey: () => true,
  },
  {
    code: 'bearer-token',
    expression: new RegExp(String.raw`(?<![A-Za-z0-9])bearer(?: {1,4}|%20|\\t|["'], ?["'])${value}`, 'gi'),
    isLeak: (text, _, place) =>
      looksLikeCredential(text) && !isFromOtherVendor(text) && isAuthorization(place) && !isSentElsewhere(place),
  },
  {
    // Not `csrf_token`, `aws_session_token` and the like.
    code: 'parameter-value',
    expression: new RegExp(
      String.raw`(?<![A-Za-z0-9_-])(?:(?:my|tir|e2e)[-_])?(?:access[-_]?token|(?:api_)?auth_?token|api_?key|token)["']?\]? {0,4}(?::=|=>|[:=]) {0,4}["'${'`'}]${value}["'${'`'}]`,
      'gi',
    ),
    isLeak: (text, match, place) =>
      looksLikeCredential(text) &&
      !isFromOtherVendor(text) &&
      // TIR's parameter, in a map of them.
      (isGivenToTir(place, variableIn(match)) || (isUuid(text) && /^apikey["']/.test(match) && isNearTir(place))),
    isApiKey: (match) => /api_?key/i.test(match),
  },
  {
    // Configuration without quotes, and prose.
    code: 'parameter-value',
    expression: new RegExp(String.raw`(?<![A-Za-z0-9_-])api[-_ ]?key\W{1,8}(${uuid})`, 'gi'),
    isLeak: (text, _, place) => looksRandom(text) && isGivenToTir(place),
    isApiKey: () => true,
  },
];

const hint = /eyJ|TIR_|E2E_NETWORKS_|value|api[-_ ]?key|bearer|token/i;
/** Characters of the shortest value that a pattern matches. */
export const shortestMatch = 16;

/** Returns whether a pattern can match, so most lines need one check instead of one per pattern. */
export function mayMatch(text: string): boolean {
  return wordFrom(text, 0, shortestMatch) !== undefined && hint.test(text);
}

/** Without quotes, a name or a call in code can stand where a value would. */
function isValue(text: string, match: string): boolean {
  const isQuoted = /["'`]$/.test(match.slice(0, match.lastIndexOf(text)).replace(/Bearer $/, ''));
  return looksLikeCredential(text) && !isFromOtherVendor(text) && (isQuoted || !looksLikeCode(text));
}

/** Returns the variable that is set, as in `api_key = "…"`. */
function variableIn(match: string): string | undefined {
  return /^\w+(?= {0,4}:?=)/.exec(match)?.[0];
}

const named = new RegExp(String.raw`(?:name|key)["']? {0,4}[:=] {0,4}["']?(?:${variables})(?!\w)`, 'i');

/** Returns whether the line before or after names one of the variables, as in `name: TIR_API_TOKEN`. */
function isNamedBeside(place: MatchPlace): boolean {
  const [before, own, after] = [-1, 0, 1].map((offset) => place.near.line(place, place.line + offset).text);
  const ownStart = (own ?? '').slice(0, 200);
  if (/(?:name|key)["']? {0,4}[:=]/i.test(ownStart)) {
    return false;
  }
  // `-` and `{` begin another entry of a list.
  return named.test(before ?? '') || (!/^\s*[-{]/.test(after ?? '') && named.test(after ?? ''));
}

/** Returns the text before a query, back to the start of its URL. */
function addressBefore({ near, line, start }: MatchPlace): string {
  const before = (near.lines(line) ?? '').slice(Math.max(0, start - contextLength), start);
  return before.split(/[\s"'`<>()]/).at(-1) ?? '';
}

/** Returns whether a URL is TIR's. If code composes its host, the lines around have to name TIR. */
function namesTir(address: string, place: MatchPlace): boolean {
  const host = /^https?:\/\/([^/?#]+)/i.exec(address)?.[1];
  return host !== undefined && /^[\w.-]+$/.test(host) ? isTirIssuer(host) : isNearTir(place);
}

/** Returns whether the value is set as `Authorization`, on its own line or the one before. */
function isAuthorization(place: MatchPlace): boolean {
  return [place.line, place.line - 1].some((index) =>
    /authorization|oauth2-bearer|header/i.test(place.near.line(place, index).text),
  );
}

/** Returns whether the lines around have other vendors' URLs and don't name TIR. Local URLs aren't other vendors'. */
function isSentElsewhere(place: MatchPlace): boolean {
  const around = linesAround(place);
  const hosts = around.flatMap((facts) => facts.hosts);
  const isOthers = (host: string) => !isTirIssuer(host) && !/^(?:localhost|127\.|0\.0\.0\.0)/.test(host);
  return hosts.some(isOthers) && !hosts.some(isTirIssuer) && !around.some((facts) => facts.isOfTir);
}

/** `tir-ignore` ignores every match, `tir-ignore bearer-token` only matches with that code. */
const ignore = /\btir-ignore\b(?: +([\w-]+))?/;

/** Returns the line to put a comment above: a command that spans several lines can't have a comment inside. */
export function commentedLine(lines: Lines, line: number): number {
  let first = line;
  while (line - first < surroundings - 1 && lines(first - 1)?.endsWith('\\')) {
    first--;
  }
  return first;
}

/**
 * Returns a function that tells whether a comment on the line or above it ignores a code. Values that are stored on this
 * machine aren't ignored: they're tokens for certain.
 */
export function ignoredIn(lines: Lines, line: number): (code: LeakCode) => boolean {
  const comments = [line, commentedLine(lines, line) - 1]
    .map((index) => ignore.exec(lines(index) ?? ''))
    .filter((comment) => comment !== null);
  return (code) =>
    code !== 'stored-value' && comments.some(([, name]) => !leakCodes.some((one) => one === name) || name === code);
}
