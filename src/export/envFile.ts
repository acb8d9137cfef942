import { randomBytes } from 'node:crypto';
import { appendFile, lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { l10n } from 'vscode';

import { codeOf, refusal, TirError } from '../base/errors';
import { diskError, orIfMissing } from '../platform/files';

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

/** Matches `export NAME = ` up to the value, also after a byte order mark at the start of a file. */
const head = /(?:\xef\xbb\xbf)?[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=(?:[ \t]+(?=[^ \t#\r\n]))?/y;

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
  isRemoved: (value: string) => boolean,
): { text: string; names: string[] } {
  const removed = assignments(text).filter(({ value }) => isRemoved(value));
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
      'The value has characters that programs read in different ways in a .env file. Open a terminal with the token instead.',
    ),
  );
}

export const envFile = '.env';

/** Read and write for the owner only. Windows has no such modes; a file there gets its folder's permissions. */
const mode = 0o600;

/**
 * Reads a `.env` file as latin1, one character per byte. Returns an empty text if the file doesn't exist.
 * @throws TirError `invalid-input`, `storage-failed`
 */
export async function readEnvFile(file: string): Promise<string> {
  return withDiskErrors(async () => {
    const stat = await orIfMissing(lstat(file), undefined);
    if (stat === undefined) {
      return '';
    }
    if (!stat.isFile()) {
      throw refusal(
        'invalid-input',
        stat.isSymbolicLink()
          ? // Git would check the link, but the value would be written to its target.
            l10n.t('The file .env is a symbolic link. Put a file in its place first.')
          : l10n.t('There is a .env in the folder that is not a file. Rename it first.'),
      );
    }
    const text = await readFile(file, 'latin1');
    if (text.includes('\0')) {
      // Zero bytes mean UTF-16, and an ASCII line would corrupt that.
      throw refusal('invalid-input', l10n.t('The file .env is not in UTF-8. Save it in that encoding first.'));
    }
    return text;
  });
}

/**
 * Sets variables in a `.env` file and gives it the mode 0600. Replaces the file in one step, so programs read either
 * the old file or the new one, never a mix.
 * @throws TirError `invalid-input`, and those of {@link readEnvFile}
 */
export async function saveToEnvFile(file: string, variables: ReadonlyMap<string, string>): Promise<void> {
  await replaceEnvFile(file, setVariables(await readEnvFile(file), variables));
}

/**
 * Removes the variables that hold a token from a `.env` file, in the way of {@link saveToEnvFile}. Keeps the file if
 * nothing is left in it, and doesn't touch it if it holds no token.
 * @returns the names of the removed variables
 * @throws TirError those of {@link readEnvFile}
 */
export async function removeFromEnvFile(
  file: string,
  isTokenValue: (value: string) => boolean,
): Promise<readonly string[]> {
  const { text, names } = removeVariables(await readEnvFile(file), isTokenValue);
  if (names.length > 0) {
    await replaceEnvFile(file, text);
  }
  return names;
}

async function replaceEnvFile(file: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `${envFile}.${randomBytes(6).toString('hex')}.tmp`);
  await withDiskErrors(async () => {
    try {
      const handle = await open(temporary, 'wx', mode);
      try {
        await handle.writeFile(text, 'latin1');
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

/** Appends a line for `.env` to a folder's `.gitignore`. @throws TirError `storage-failed` */
export async function addIgnoreLine(folder: string): Promise<void> {
  await withDiskErrors(async () => {
    const file = join(folder, '.gitignore');
    const text = await orIfMissing(readFile(file, 'latin1'), '');
    const newline = text.includes('\r\n') ? '\r\n' : '\n';
    await appendFile(file, `${/[^\n]$/.test(text) ? newline : ''}${envFile}${newline}`);
  });
}

async function withDiskErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TirError ? error : diskError(codeOf(error));
  }
}
