import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

import { l10n } from 'vscode';

import { refusal, TirError } from '../base/errors';
import type { Secret } from '../base/secret';
import { diskError } from './files';

/**
 * Where a program is, by the PATH of the extension host; undefined where it is nowhere. The system would do it too,
 * but on Windows it begins in the folder that the program is to run in, and takes what a workspace has put there.
 */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  return findIn(folders, name);
}

/** A program in the first of some folders that has it. */
export async function findIn(folders: readonly string[], name: string): Promise<string | undefined> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of folders) {
    const candidate = join(folder, file);
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // The next one.
    }
  }
  return undefined;
}

export interface ProgramOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Goes to standard input. */
  readonly input?: Secret;
}

export interface ProgramResult {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

/** These would have git answer for another repository than the folder's. */
const elsewhere = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };

/** In English, which is looked at, without colours, and without questions that nobody would see. */
const quiet = { LC_ALL: 'C', NO_COLOR: '1', GIT_TERMINAL_PROMPT: '0', GH_PROMPT_DISABLED: '1' };

/** Milliseconds. Git and gh answer within seconds, unless they wait for something that doesn't come. */
export const programTimeLimit = 60_000;

/**
 * Runs a program to its end, without a shell.
 * @param args which everybody on the machine can read: never a value
 * @param timeLimit milliseconds after which the program is ended
 * @throws TirError `cancelled` and `timeout`, when the program has been ended; `storage-failed`
 */
export function runProgram(
  program: string,
  args: readonly string[],
  { folder, signal, input }: ProgramOptions,
  timeLimit: number = programTimeLimit,
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...elsewhere, ...quiet };
    const options = { cwd: folder, env, signal, timeout: timeLimit, windowsHide: true };
    const child = execFile(program, args, options, (error, output, errors) => {
      if (error === null || typeof error.code === 'number') {
        resolve({ exitCode: error === null ? 0 : Number(error.code), output, errors });
      } else if (signal.aborted) {
        reject(new TirError('cancelled', 'cancelled'));
      } else {
        // Its message quotes all that the program wrote.
        const { killed = false, code, signal: ending } = error;
        reject(
          killed
            ? refusal('timeout', l10n.t('git or the GitHub CLI did not end within a minute. Try again.'))
            : diskError(String(code ?? ending)),
        );
      }
    });
    // A program that ends without having read its input says why by itself.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input?.reveal());
  });
}
