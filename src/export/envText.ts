import { l10n } from 'vscode';

import { refusal } from '../base/errors';

/*
 * The text of a `.env` file is handled as latin1, one character per byte: names and tokens are ASCII, and everything
 * else in the file stays unchanged in any encoding. Assignments are parsed like in dotenv, which most programs follow:
 * https://github.com/motdotla/dotenv/blob/master/lib/main.js
 */

/** An assignment, and where it is in a text. */
interface Assignment {
  readonly name: string;
  /** As dotenv reads it: without quotes. */
  readonly value: string;
  /** Where the value is: its quotes included, the rest of its line excluded. */
  readonly start: number;
  readonly end: number;
  /** Where its lines are, the last line's end included. Only a quoted value has more than one line. */
  readonly firstLine: number;
  readonly nextLine: number;
}

/** Matches `export NAME = ` or `NAME: ` up to the value, also after a byte order mark at the start of a file. */
const head = /(?:\xef\xbb\xbf)?[ \t]*(?:export[ \t]+)?([\w.-]+)(?:[ \t]*=|:(?=[ \t]))(?:[ \t]+(?=[^ \t#\r\n]))?/y;

/** Matches a quoted value, which may span lines. */
const quoted = /(?:"(?:\\"|[^"])*"|'(?:\\'|[^'])*'|`(?:\\`|[^`])*`)(?=[ \t]*(?:#.*)?$)/my;
const bare = /(?=#)|[^\r\n]*?(?=[ \t]+#|[ \t]*$)/my;
const byteOrderMark = /^\xef\xbb\xbf/;
const lineEnd = /\r\n|\n|\r/;
const restOfLine = /[^\r\n]*(?:\r\n|\n|\r)?/y;

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function lineAfter(text: string, at: number): number {
  return at + (match(restOfLine, text, at)?.[0].length ?? 0);
}

/** Returns all assignments, in order. If a name has several, the last one counts. */
export function readAssignments(text: string): readonly { readonly name: string; readonly value: string }[] {
  return assignments(text);
}

function assignments(text: string): Assignment[] {
  const found: Assignment[] = [];
  for (let at = 0; at < text.length;) {
    const begun = match(head, text, at);
    if (begun?.[1] === undefined) {
      at = lineAfter(text, at);
      continue;
    }
    const start = at + begun[0].length;
    const inQuotes = match(quoted, text, start)?.[0];
    const written = inQuotes ?? match(bare, text, start)?.[0] ?? '';
    const end = start + written.length;
    const nextLine = lineAfter(text, end);
    // dotenv ends a value without quotes at any "#". `bare` doesn't, because some programs read on.
    const value = unquote(inQuotes ?? written.replace(/#.*/, '').trim());
    found.push({ name: begun[1], value, start, end, firstLine: at, nextLine });
    at = nextLine;
  }
  return found;
}

function unquote(value: string): string {
  const inside = value.replace(/\r\n?/g, '\n').replace(/^(['"`])([^]*)\1$/, '$2');
  return value.startsWith('"') ? inside.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : inside;
}

/** Reads the variables in the text of a `.env` file. If a name is assigned more than once, the last value counts. */
export function readVariables(text: string): Map<string, string> {
  return new Map(assignments(text).map(({ name, value }) => [name, value]));
}

/** Removes the lines of the assignments whose values match. Leaves everything else unchanged. */
export function removeVariables(
  text: string,
  isRemoved: (value: string, name: string) => boolean,
): { text: string; names: string[] } {
  const removed = assignments(text).filter(({ value, name }) => isRemoved(value, name));
  let result = byteOrderMark.exec(text)?.[0] ?? '';
  let copied = result.length;
  for (const { firstLine, nextLine } of removed) {
    result += text.slice(copied, firstLine);
    copied = nextLine;
  }
  return { text: result + text.slice(copied), names: [...new Set(removed.map(({ name }) => name))] };
}

/**
 * Sets variables in the text of a `.env` file. Replaces the value in every existing assignment, appends a line for
 * each missing variable, and leaves everything else unchanged.
 * @throws TirError `invalid-input` if programs would read a value in different ways
 */
export function setVariables(text: string, variables: ReadonlyMap<string, string>): string {
  const values = new Map([...variables].map(([name, value]) => [name, formatValue(value)]));
  const missing = new Map(values);
  let result = '';
  let copied = 0;
  for (const { name, start, end } of assignments(text)) {
    const value = values.get(name);
    if (value !== undefined) {
      result += text.slice(copied, start) + value + (text[end] === '#' ? ' ' : '');
      copied = end;
      missing.delete(name);
    }
  }
  result += text.slice(copied);
  const newline = lineEnd.exec(text)?.[0] ?? '\n';
  for (const [name, value] of missing) {
    result += `${/[^\r\n]$/.test(result) ? newline : ''}${name}=${value}${newline}`;
  }
  return result;
}

/** Quotes a value only if needed, because `docker run --env-file` takes quotes as part of the value. */
function formatValue(value: string): string {
  if (/^[\w.\-+/=:@%,]+$/.test(value)) {
    return value;
  }
  if (!/['\\]/.test(value)) {
    return `'${value}'`;
  }
  if (!/["\\$`!]/.test(value)) {
    return `"${value}"`;
  }
  throw refusal(
    'invalid-input',
    l10n.t(
      "Some characters of the value can't be saved in a .env file, because programs read them differently. Open a terminal with the token instead.",
    ),
  );
}
