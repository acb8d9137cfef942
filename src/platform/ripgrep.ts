import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { TirError } from '../base/errors';
import { findIn } from './programs';

/** A search for files that hold one of some words. */
export interface Search {
  /** A folder of this machine. */
  readonly folder: string;
  /** Regular expressions, in which small letters and capitals are the same. */
  readonly expressions: readonly string[];
  /** Globs of what is left out. */
  readonly excludes: readonly string[];
  /** Larger files are left out. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Where the editor has its ripgrep; undefined where it has none in a place that is known. */
export function findRipgrep(appRoot: string): Promise<string | undefined> {
  const folders = ['node_modules.asar.unpacked', 'node_modules'].flatMap((modules) => [
    join(appRoot, modules, '@vscode', 'ripgrep-universal', 'bin', `${process.platform}-${process.arch}`),
    join(appRoot, modules, '@vscode', 'ripgrep', 'bin'),
  ]);
  return findIn(folders, 'rg');
}

/**
 * The paths of the files, as they are found; what `.gitignore` names and binary files are left out.
 * @throws TirError `cancelled`; `storage-failed` where ripgrep does not run or take an expression
 */
export async function* filesWith(program: string, search: Search): AsyncGenerator<string> {
  const { folder, expressions, excludes, maxBytes, signal } = search;
  const args = ['--no-config', '--files-with-matches', '--null', '--no-messages', '--ignore-case', '--hidden'];
  args.push('--no-require-git', `--max-filesize=${maxBytes}`, '--glob=!**/.git');
  args.push(...excludes.map((glob) => `--glob=!${glob}`), ...expressions.map((expression) => `--regexp=${expression}`));
  const child = spawn(program, [...args, '--', '.'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], signal });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // Looked at below; a failure to start must not be one that nobody handles until then.
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
    // 1: nothing was found. 2 without a word: a file could not be read, and the others were.
    const exitCode = await ended;
    if (exitCode === null || exitCode > 2 || errors !== '') {
      throw new TirError('storage-failed', `ripgrep ended with ${exitCode}`);
    }
  } catch (error) {
    throw signal.aborted ? new TirError('cancelled', 'cancelled') : error;
  } finally {
    child.kill();
  }
}
