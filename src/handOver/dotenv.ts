import { HandOverProblem } from './problem';

/*
 * The text of a `.env` file, with a character for each byte (latin1): names and tokens are ASCII, and whatever else
 * is in the file stays as it is, in whatever encoding. What an assignment is, and how far it goes, is taken from the
 * reader that most programs follow: https://github.com/motdotla/dotenv/blob/master/lib/main.js
 */

/** A value in a text, without what follows it on its line. */
interface Assignment {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** `export NAME = ` up to a value, at the beginning of a file behind a byte order mark too. */
const head = /(?:\xef\xbb\xbf)?[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=(?:[ \t]+(?=[^ \t#\r\n]))?/y;

/** May have several lines. */
const quoted = /(?:"(?:\\"|[^"])*"|'(?:\\'|[^'])*'|`(?:\\`|[^`])*`)(?=[ \t]*(?:#.*)?$)/my;
const bare = /(?=#)|[^\r\n]*?(?=[ \t]+#|[ \t]*$)/my;
const lineEnd = /\r\n|\n|\r/;
const restOfLine = /.*(?:\r\n|\n|\r)?/y;

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function assignments(text: string): Assignment[] {
  const found: Assignment[] = [];
  for (let at = 0; at < text.length;) {
    const begun = match(head, text, at);
    const name = begun?.[1];
    if (begun && name !== undefined) {
      const start = at + begun[0].length;
      const value = match(quoted, text, start) ?? match(bare, text, start);
      at = start + (value?.[0].length ?? 0);
      found.push({ name, start, end: at });
    }
    at += match(restOfLine, text, at)?.[0].length ?? text.length;
  }
  return found;
}

/**
 * The text with these variables set: every assignment that is there has the new value, with what stands around it;
 * one that is not there is a line at the end. All else stays as it is.
 * @throws HandOverProblem `value`
 */
export function setVariables(text: string, variables: ReadonlyMap<string, string>): string {
  const values = new Map([...variables].map(([name, value]) => [name, written(value)]));
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

/** As it stands in the file: without quotes where it may, since `docker run --env-file` takes them for a part of it. */
function written(value: string): string {
  if (/^[\w.\-+/=:@%,]+$/.test(value)) {
    return value;
  }
  if (!/['\\]/.test(value)) {
    return `'${value}'`;
  }
  if (!/["\\$`!]/.test(value)) {
    return `"${value}"`;
  }
  throw new HandOverProblem('value');
}
