import { randomBytes } from 'node:crypto';
import { appendFile, lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { orIfMissing } from '../lifecycle/files';
import { codeOf } from '../tir/errors';
import { setVariables } from './dotenv';
import { HandOverProblem } from './problem';

export const envFile = '.env';

/** The owner's alone. Windows has no such modes: a file has the permissions of its folder there. */
const mode = 0o600;

/**
 * The text of a `.env` file, with a character for each byte; empty where there is none.
 * @throws HandOverProblem `link`, `no-file`, `encoding`, `disk`
 */
export async function readEnvFile(file: string): Promise<string> {
  return ofDisk(async () => {
    const stat = await orIfMissing(lstat(file), undefined);
    if (stat === undefined) {
      return '';
    }
    if (!stat.isFile()) {
      throw new HandOverProblem(stat.isSymbolicLink() ? 'link' : 'no-file');
    }
    const text = await readFile(file, 'latin1');
    if (text.includes('\0')) {
      throw new HandOverProblem('encoding');
    }
    return text;
  });
}

/**
 * Sets variables in a `.env` file, which has the mode 0600 then. Whoever reads it meanwhile reads the old file or the
 * new one, whole.
 * @throws HandOverProblem `value`, and those of {@link readEnvFile}
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

/** Has git ignore `.env` in a folder, by a line at the end of its `.gitignore`. @throws HandOverProblem `disk` */
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
    throw error instanceof HandOverProblem ? error : new HandOverProblem('disk', codeOf(error));
  }
}
