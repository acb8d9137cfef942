import { randomBytes } from 'node:crypto';
import { appendFile, lstat, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { l10n } from 'vscode';

import { codeOf, refusal, TirError } from '../base/errors';
import { diskError, orIfMissing } from '../platform/files';
import { readAssignments, readVariables, removeVariables, setVariables } from './envText';
import { ofOtherToken, sdk } from '../terminals/variables';

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
            l10n.t('The file .env is a symbolic link. Replace it with a regular file, then try again.')
          : l10n.t("The folder has a .env that isn't a file. Rename it, then try again."),
      );
    }
    const text = await readFile(file, 'latin1');
    if (text.includes('\0')) {
      // Zero bytes mean UTF-16, and an ASCII line would corrupt that.
      throw refusal('invalid-input', l10n.t("The file .env isn't in UTF-8. Save it as UTF-8, then try again."));
    }
    return text;
  });
}

/**
 * Sets variables in a `.env` file and gives it the mode 0600. Replaces the file in one step, so programs read either
 * the old file or the new one, never a mix. Removes the lines of another token, see {@link ofOtherToken}.
 * @param names extra names of all projects
 * @throws TirError `invalid-input`, and those of {@link readEnvFile}
 */
export async function saveToEnvFile(
  file: string,
  variables: ReadonlyMap<string, string>,
  names: readonly string[] = [],
): Promise<void> {
  const text = await readEnvFile(file);
  const isOfOther = ofOtherToken(readVariables(text), variables, names);
  const { text: kept } = removeVariables(text, (value, name) => isOfOther(name, value));
  await replaceEnvFile(file, setVariables(kept, variables));
}

/** Returns the names whose present values {@link saveToEnvFile} replaces or removes. */
export function replacedNames(
  text: string,
  variables: ReadonlyMap<string, string>,
  names: readonly string[] = [],
): string[] {
  const isOfOther = ofOtherToken(readVariables(text), variables, names);
  const isReplaced = (name: string, value: string) =>
    variables.has(name) ? value !== '' && value !== variables.get(name) : isOfOther(name, value);
  const replaced = readAssignments(text).filter(({ name, value }) => isReplaced(name, value));
  return [...new Set(replaced.map(({ name }) => name))];
}

/**
 * Removes the variables with a token, and its API key, from a `.env` file, as {@link saveToEnvFile} writes it. Keeps the
 * file if nothing is left in it, and doesn't touch it if it contains no token.
 * @returns the names of the removed variables
 * @throws TirError those of {@link readEnvFile}
 */
export async function removeFromEnvFile(
  file: string,
  isTokenValue: (value: string) => boolean,
): Promise<readonly string[]> {
  const { text, names } = removeVariables(await readEnvFile(file), isTokenValue);
  if (names.length === 0) {
    return [];
  }
  // The API key of the removed token is useless, and still a secret.
  const isAlone = !readVariables(text).has(sdk.token);
  const rest = removeVariables(text, (_, name) => isAlone && name === sdk.apiKey);
  await replaceEnvFile(file, rest.text);
  return [...names, ...rest.names];
}

/** Milliseconds after which a temporary file must be left over from a crash. */
const staleAfter = 60_000;

async function replaceEnvFile(file: string, text: string): Promise<void> {
  const beside = dirname(file);
  await withDiskErrors(async () => {
    try {
      // Git resolves symbolic links.
      await replaceBy((await gitFolderOf(await realpath(beside))) ?? beside, file, text);
    } catch {
      // The repository is on another disk, belongs to another user, or isn't where its file says.
      await replaceBy(beside, file, text);
    }
  });
  await removeStale(beside);
}

async function replaceBy(folder: string, file: string, text: string): Promise<void> {
  await removeStale(folder);
  const temporary = join(folder, `${envFile}.${randomBytes(6).toString('hex')}.tmp`);
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
}

/** Deletes temporary files that a crash left. */
async function removeStale(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.filter((one) => /^\.env\.[0-9a-f]{12}\.tmp$/.test(one))) {
    // Another window may have deleted it meanwhile.
    const time = await stat(join(folder, name)).then(({ mtimeMs }) => mtimeMs, Date.now);
    if (Date.now() - time > staleAfter) {
      await rm(join(folder, name), { force: true }).catch(() => undefined);
    }
  }
}

/**
 * Returns the `.git` folder of the repository that contains `folder`, if any. Git never commits files in it, but may not
 * ignore a temporary file beside `.env`.
 */
async function gitFolderOf(folder: string): Promise<string | undefined> {
  const git = join(folder, '.git');
  const found = await orIfMissing(stat(git), undefined);
  if (found?.isDirectory()) {
    return git;
  }
  if (found) {
    // In a worktree or submodule, the file says where it is.
    const path = /^gitdir: (.+?)\s*$/.exec(await readFile(git, 'utf8'))?.[1];
    return path === undefined ? undefined : resolve(folder, path);
  }
  const around = dirname(folder);
  return around === folder ? undefined : gitFolderOf(around);
}

/**
 * Appends a line for `.env` to a folder's `.gitignore`.
 * @throws TirError `storage-failed`; `invalid-input` if a line can't be added to it in this way
 */
export async function addIgnoreLine(folder: string): Promise<void> {
  await withDiskErrors(async () => {
    const file = join(folder, '.gitignore');
    const found = await orIfMissing(lstat(file), undefined);
    const text = found?.isFile() ? await readFile(file, 'latin1') : '';
    // Git doesn't read a linked .gitignore. Zero bytes mean UTF-16, which it can't read.
    if ((found && !found.isFile()) || text.includes('\0')) {
      throw refusal(
        'invalid-input',
        l10n.t(
          "Git can't read .gitignore, because it isn't a regular UTF-8 file. Replace it with one that contains the line .env, then save again.",
        ),
      );
    }
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
