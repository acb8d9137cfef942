/*
 * Finds named values in any text, such as a .env or start-up file, a curl command, a config file, an answer of the API
 * or a URL. VS Code's input boxes turn line breaks into spaces, so only comments depend on lines. All expressions match
 * in linear time, which `pastedTime.test.ts` checks.
 */

/** Names by what they hold. `_` stands for `_`, `-`, a space or nothing. Longer names come first. */
const names = {
  token:
    'tir_api_token|e2e_tir_access_token|e2e_auth_token|e2e_api_token|e2e_token|api_auth_token|auth_token|access_token|token',
  // Public code has a token, another service's key or MyAccount's API key in these.
  mixed: 'e2e_api_key|e2e_networks_api_key|openai_api_key|litellm_api_key',
  apiKey: 'e2e_tir_api_key|api_key',
  projectId: 'e2e_tir_project_id|e2e_project_id|default_project_id|project_id',
  location: 'e2e_tir_location|e2e_location|default_location|location',
  activeIam: 'active_iam',
  teamId: 'e2e_tir_team_id|team_id',
};
type Kind = keyof typeof names;

const kinds = new Map(
  (Object.keys(names) as Kind[]).flatMap((kind) =>
    names[kind].split('|').map((name) => [name.replaceAll('_', ''), kind] as const),
  ),
);
const anyName = Object.values(names).join('|').replaceAll('_', '[_ -]?');
const quote = String.raw`\\?["'\x60]|%2[27]`;
/**
 * A name and its `=` or `:`, as in `NAME=`, `"name":`, `environ["NAME"] =`, `--name=` and HTTPie's `name==`; or
 * `Authorization: Bearer `.
 */
const nameExpression = new RegExp(
  String.raw`(?<!\w|\w-)(?:(${anyName})(?:${quote})?\]?\s*(?:=>|:=|:\s*[>|][+-]?(?=\s)|=(?:=(?=(?:${quote})?(?:eyJ|[\da-f]{8}-)))?|:|%3[AD])|authorization\W{1,8}bearer(?:\s+|%20))`,
  'gi',
);
/** `setx NAME value`, `set -gx NAME value`, `setenv NAME value`. */
const spacedName = new RegExp(
  String.raw`\b(?:setx|setenv|set(?: {1,4}-\w{1,9}){1,4}) {1,4}(${anyName}) {1,4}(?![=: ])`,
  'gi',
);
const opening = new RegExp(String.raw` *(?:bearer(?: |%20)+)*(${quote})?`, 'iy');
/** Longer than any credential. This and the next limit matter if one word of the text has many names. */
const word = /[^\s"'`]{0,9000}/y;
const maxFields = 300;
/** A value that stands for another one, such as `$NAME`, `%NAME%`, `<your token>`, `null` and `os.getenv(`. */
const reference =
  /^(?:\$\{[^{}]*\}|\$[\w:]+|%\w+%|<[^<>]*>|\{[^{}]*\}|your[_ -].*|.*[([{]|(?:null|none|undefined)\W*|)$/is;

export interface Field {
  readonly kind: Kind;
  /** In lower case, without `_`, `-` and spaces. */
  readonly name: string;
  /** Empty if it's missing, or refers to another one. */
  readonly value: string;
}

const jwt = String.raw`eyJ[\w-]+\.[\w-]+\.[\w-]+`;
const uuid = String.raw`[\da-fA-F]{8}-(?:[\da-fA-F]{4}-){3}[\da-fA-F]{12}`;
const onlyJwt = new RegExp(`^${jwt}$`);
const onlyUuid = new RegExp(`^${uuid}$`);
/** A JWT or UUID, as TIR's tokens and API keys are, with what may follow it. */
const known = new RegExp(String.raw`^(?:${jwt}|${uuid})(?=\.?(?:$|[,;:&)}\]<>|!?#"'\x60]|%2))`);

export const isJwt = (text: string) => onlyJwt.test(text);
export const isUuid = (text: string) => onlyUuid.test(text);
export const isReference = (text: string) => reference.test(text);

export function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Removes what e-mail, web pages and shells add: invisible characters, marks of HTML and Markdown, curly quotes, line continuations, comments. */
export function cleanText(pasted: string): string {
  const text = pasted
    .replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]/g, '')
    .replace(/(?<!\*)\*\*(?!\*)|<\/?(?:b|br|code|div|em|i|li|p|pre|span|strong|td|tr)(?=[\s/>])[^<>]{0,99}>/gi, ' ')
    .replace(/&amp;/gi, '&')
    .replace(/%25(?=2[0267]|3[AD])/gi, '%')
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’‚‹›]/g, "'")
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]/g, ' ')
    // In Windows' command prompt, `^` also escapes a quote or `&`.
    .replace(/(?:\\|(?<= )`)(?=\s)|\^(?=[\s"&])/g, ' ')
    .trim();
  const code = text.includes('\n') ? text.replace(/^ *(?:#|\/\/|rem ).*$/gim, '').trim() : text;
  return code.replace(spacedName, '$1=');
}

/** Finds the values that have a name. @param text cleaned */
export function fieldsOf(text: string): Field[] {
  return [...text.matchAll(nameExpression)].slice(0, maxFields).map((match) => {
    const name = match[1]?.toLowerCase().replace(/[_ -]/g, '') ?? 'token';
    const value = tidy(valueAt(text, match.index + match[0].length));
    let kind = kinds.get(name) ?? 'mixed';
    if ((kind === 'mixed' || kind === 'apiKey') && value.startsWith('eyJ')) {
      kind = 'token';
    } else if (name === 'e2eapikey' && isUuid(value)) {
      kind = 'apiKey';
    }
    return { kind, name, value: isReference(value) ? '' : value };
  });
}

/** Returns the values of fields. TIR's own names come before those that MyAccount and others share. */
export function valuesOf(fields: readonly Field[], kind: Kind): string[] {
  const all = fields.filter((field) => field.kind === kind && field.value !== '');
  const own = kind === 'token' ? [] : all.filter(({ name }) => name.includes('tir'));
  return unique((own.length > 0 ? own : all).map(({ value }) => value));
}

function valueAt(text: string, at: number): string {
  opening.lastIndex = at;
  const [before = '', open] = opening.exec(text) ?? [];
  const start = at + before.length;
  const end = open === undefined ? -1 : text.indexOf(open, start);
  if (end >= 0) {
    return text.slice(start, end);
  }
  word.lastIndex = start;
  // Outside quotes, these end a value in shells, URLs and connection strings.
  const value = word.exec(text)?.[0].replace(/(?:[;|&#]|%26).*/s, '') ?? '';
  // In `NAME= OTHER=value`, the first name has no value.
  return before.startsWith(' ') && /^\w+=[^=]|:$/.test(value) ? '' : value;
}

/** Removes what is around a value, such as quotes, and joins a JWT that was broken over lines. */
export function tidy(raw: string): string {
  const value = strip(raw);
  const joined = value.replace(/\s+/g, '');
  if (!isJwt(/^\S*/.exec(value)?.[0] ?? '') && isJwt(joined)) {
    const [header, claims] = joined
      .split('.')
      .map((part) => parseJson(Buffer.from(part, 'base64url').toString()) as { alg?: unknown } | null | undefined);
    if (header?.alg !== undefined && claims) {
      return joined;
    }
  }
  // As Kubernetes shows a secret.
  const decoded = /^ZXlK[\w+/]+={0,2}$/.test(value) ? Buffer.from(value, 'base64').toString() : '';
  return isJwt(decoded) ? decoded : (known.exec(value)?.[0] ?? value);
}

/** Removes quotes, `Bearer`, white space and punctuation around a value. */
export function strip(raw: string): string {
  let value = raw.replace(/^(?:["'`\s]|%2[027]|bearer(?=\s|%20)|(?:<|\w+=)(?=["'`]?eyJ))+/i, '');
  for (let tail: string | undefined = ''; tail !== undefined;) {
    value = value.slice(0, value.length - tail.length);
    tail = /(?:["'`\s,;]|%2[027]|(?<=["'`])\.)$/.exec(value.slice(-3))?.[0];
  }
  return value;
}
