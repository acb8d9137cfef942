import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { cancelled, TirError } from '../base/errors';
import { findIn } from './programs';

/** A search for files that match at least one of several expressions. */
export interface Search {
  /** Path of a folder on this machine. */
  readonly folder: string;
  /** Regular expressions, matched case-insensitively. */
  readonly expressions: readonly string[];
  /** Globs of files and folders to skip. */
  readonly excludes: readonly string[];
  /** Larger files are skipped. */
  readonly maxBytes: number;
  /** A glob of the files to search; all if it's missing. */
  readonly only?: string;
  readonly signal: AbortSignal;
}

/** Finds the ripgrep that comes with VS Code; undefined if it isn't in a known place. */
export function findRipgrep(appRoot: string): Promise<string | undefined> {
  const folders = ['node_modules.asar.unpacked', 'node_modules'].flatMap((modules) => [
    join(appRoot, modules, '@vscode', 'ripgrep-universal', 'bin', `${process.platform}-${process.arch}`),
    join(appRoot, modules, '@vscode', 'ripgrep', 'bin'),
  ]);
  return findIn(folders, 'rg');
}

/**
 * Yields the paths of matching files as ripgrep finds them. Skips binary files and those that a `.gitignore` names, but
 * not those that an `.ignore` file names.
 * @throws TirError `cancelled`; `storage-failed` if ripgrep fails, as on an invalid expression. If ripgrep doesn't
 *   start, throws Node's error
 */
export async function* filesWith(program: string, search: Search): AsyncGenerator<string> {
  const { folder, expressions, excludes, maxBytes, only, signal } = search;
  const args = ['--no-config', '--files-with-matches', '--null', '--no-messages', '--ignore-case', '--hidden'];
  args.push('--no-require-git', '--no-ignore-dot', `--max-filesize=${maxBytes}`, '--glob=!**/.git');
  // A glob would win over `.gitignore`.
  args.push(...(only === undefined ? [] : [`--type-add=only:${only}`, '--type=only']));
  args.push(...excludes.map((glob) => `--glob=!${glob}`), ...expressions.map((expression) => `--regexp=${expression}`));
  const child = spawn(program, [...args, '--', '.'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], signal });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // Awaited below. Until then, a failure to start must not be an unhandled rejection.
  ended.catch(() => undefined);
  let rest = '';
  try {
    for await (const text of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
      const files = (rest + text).split('\0');
      rest = files.pop() ?? '';
      for (const file of files) {
        yield join(folder, file);
      }
    }
    // 1: no matches. 2 without error output: some file couldn't be read; the others were searched.
    const exitCode = await ended;
    if (exitCode === null || exitCode > 2 || errors !== '') {
      throw new TirError('storage-failed', `ripgrep ended with ${exitCode}`);
    }
  } catch (error) {
    throw signal.aborted ? cancelled() : error;
  } finally {
    child.kill();
  }
}
