import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join, parse } from 'node:path';

import { l10n } from 'vscode';

import { cancelled, refusal } from '../base/errors';
import type { Secret } from '../base/secret';
import { settings } from '../base/settings';

/**
 * Finds a program on the extension host's PATH. The system's own search isn't safe on Windows: it starts in the folder
 * that the program runs in, and would run a program that a workspace put there.
 */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  return findIn(folders, name);
}

/** Finds Git where the setting `git.path` says, as VS Code does, or else on the PATH. */
export async function findGit(): Promise<string | undefined> {
  const files = [settings.gitPath()].flat().filter((one): one is string => typeof one === 'string' && isAbsolute(one));
  return (await firstProgram(files)) ?? findProgram('git');
}

/** Finds a program in the first of the folders that has it. */
export async function findIn(folders: readonly string[], name: string): Promise<string | undefined> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return firstProgram(folders.map((folder) => join(folder, file)));
}

async function firstProgram(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    try {
      await access(file, constants.X_OK);
      return file;
    } catch {
      // Try the next one.
    }
  }
  return undefined;
}

export interface ProgramOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Written to standard input. */
  readonly input?: Secret;
}

export interface ProgramResult {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

/** Unsets variables that would make Git answer for another repository than the folder's, or read names otherwise. */
const unsetGitVariables = {
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_LITERAL_PATHSPECS: undefined,
};

/** Output in English, because it's parsed; no colors; no prompts, because no one would see them. */
const nonInteractive = { LC_ALL: 'C', NO_COLOR: '1', GIT_TERMINAL_PROMPT: '0', GH_PROMPT_DISABLED: '1' };

/** Milliseconds. Git and gh answer within seconds unless they hang. */
export const programTimeLimit = 60_000;

/** Bytes of output, after which a program is killed. */
const mostOutput = 32 * 1024 * 1024;

/**
 * Runs a program without a shell and waits until it exits.
 * @param args never a token's value, because everyone on the machine can read them
 * @param timeLimit milliseconds after which the program is killed
 * @throws TirError `cancelled` or `timeout` if this or something else killed the program; `storage-failed` if it didn't
 *   start
 */
export function runProgram(
  program: string,
  args: readonly string[],
  { folder, signal, input }: ProgramOptions,
  timeLimit: number = programTimeLimit,
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...unsetGitVariables, ...nonInteractive };
    const options = { cwd: folder, env, signal, timeout: timeLimit, maxBuffer: mostOutput, windowsHide: true };
    const child = execFile(program, args, options, (error, output, errors) => {
      if (error === null || typeof error.code === 'number') {
        resolve({ exitCode: error === null ? 0 : Number(error.code), output, errors });
      } else if (signal.aborted) {
        reject(cancelled());
      } else {
        // Only use the code: the message quotes the program's error output.
        const { killed = false, code, signal: ending } = error;
        const { name } = parse(program);
        if (killed) {
          reject(refusal('timeout', l10n.t("{0} didn't finish within a minute. Try again.", name)));
        } else if (typeof ending === 'string') {
          reject(refusal('timeout', l10n.t('{0} was stopped ({1}). Try again.', name, ending)));
        } else {
          const why = l10n.t("Couldn't run {0} ({1}). Try again.", name, String(code));
          reject(refusal('storage-failed', why));
        }
      }
    });
    // A program that exits without reading its input fails with its own message.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input?.reveal());
  });
}
