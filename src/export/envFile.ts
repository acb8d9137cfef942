import { randomBytes } from 'node:crypto';
import { appendFile, lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { l10n } from 'vscode';

import { codeOf, refusal, TirError } from '../base/errors';
import { diskError, orIfMissing } from '../platform/files';

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
 * @throws TirError `invalid-input`
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
  throw refusal(
    'invalid-input',
    l10n.t(
      'The value has characters that programs read in different ways in a .env file. Open a terminal with the token instead.',
    ),
  );
}

export const envFile = '.env';

/** The owner's alone. Windows has no such modes: a file has the permissions of its folder there. */
const mode = 0o600;

/**
 * The text of a `.env` file, with a character for each byte; empty where there is none.
 * @throws TirError `invalid-input`, `storage-failed`
 */
export async function readEnvFile(file: string): Promise<string> {
  return ofDisk(async () => {
    const stat = await orIfMissing(lstat(file), undefined);
    if (stat === undefined) {
      return '';
    }
    if (!stat.isFile()) {
      throw refusal(
        'invalid-input',
        stat.isSymbolicLink()
          ? // Git would be asked about the link, and the value written elsewhere.
            l10n.t('The file .env is a symbolic link. Put a file in its place first.')
          : l10n.t('There is a .env in the folder that is not a file. Rename it first.'),
      );
    }
    const text = await readFile(file, 'latin1');
    if (text.includes('\0')) {
      // Zero bytes, as UTF-16 has: another line in ASCII would break it.
      throw refusal('invalid-input', l10n.t('The file .env is not in UTF-8. Save it in that encoding first.'));
    }
    return text;
  });
}

/**
 * Sets variables in a `.env` file, which has the mode 0600 then. Whoever reads it meanwhile reads the old file or the
 * new one, whole.
 * @throws TirError `invalid-input`, and those of {@link readEnvFile}
 */
export async function saveToEnvFile(file: string, variables: ReadonlyMap<string, string>): Promise<void> {
  const text = setVariables(await readEnvFile(file), variables);
  const temporary = join(dirname(file), `${envFile}.${randomBytes(6).toString('hex')}.tmp`);
  await ofDisk(async () => {
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

/** Has git ignore `.env` in a folder, by a line at the end of its `.gitignore`. @throws TirError `storage-failed` */
export async function addIgnoreLine(folder: string): Promise<void> {
  await ofDisk(async () => {
    const file = join(folder, '.gitignore');
    const text = await orIfMissing(readFile(file, 'latin1'), '');
    const newline = text.includes('\r\n') ? '\r\n' : '\n';
    await appendFile(file, `${/[^\n]$/.test(text) ? newline : ''}${envFile}${newline}`);
  });
}

async function ofDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TirError ? error : diskError(codeOf(error));
  }
}
