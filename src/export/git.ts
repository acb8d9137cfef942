import { lstat, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { l10n } from 'vscode';

import { refusal } from '../base/errors';
import { findGit, type ProgramOptions, runProgram } from '../platform/programs';
import { envFile } from './envFile';

/** Git's view of a folder's `.env` file. `outside`: the folder is in no repository, so the file can't be committed. */
export type GitStatus = 'tracked' | 'ignored' | 'not-ignored' | 'outside';

/**
 * Asks Git about a folder's `.env` file, or another one, which doesn't have to exist. Git can run programs that a
 * repository's configuration names, so call this only in a trusted workspace.
 * @throws TirError `invalid-input` if Git can't tell, or if it's missing in a repository; and those of
 *   {@link runProgram}
 */
export async function gitStatusOf(folder: string, signal: AbortSignal, file = envFile): Promise<GitStatus> {
  // As git does: a workspace folder may be a link into a repository.
  const real = await realpath(folder).catch(() => folder);
  const isRepository = await hasRepository(real);
  const git = await findGit();
  if (git === undefined) {
    if (isRepository) {
      throw refusal(
        'invalid-input',
        l10n.t(
          "Couldn't check whether Git ignores .env, because Git wasn't found. Install Git, or check the setting git.path.",
        ),
      );
    }
    return 'outside';
  }
  const ask = async (args: readonly string[], answers: readonly number[]) => {
    const { exitCode, output, errors } = await runProgram(git, args, { folder: real, signal });
    if (!answers.includes(exitCode)) {
      throw refusal(
        'invalid-input',
        l10n.t(
          'Couldn\'t check whether Git ignores .env ("{0}"). Run "git status" in the folder, and fix the problem it reports.',
          firstLine(errors),
        ),
      );
    }
    return { yes: exitCode === 0, output };
  };
  // Git exits with 128 if it finds no repository, but also if another user owns it. The latter can be committed from.
  const inside = await ask(['rev-parse', '--is-inside-work-tree'], isRepository ? [0] : [0, 128]);
  if (!inside.yes || inside.output.trim() !== 'true') {
    return 'outside';
  }
  // On such a disk, .ENV is the same file.
  const ignoresCase = (await ask(['config', '--type=bool', 'core.ignorecase'], [0, 1])).output.trim() === 'true';
  const tracked = `:(${ignoresCase ? 'icase' : 'literal'})${file}`;
  if ((await ask(['ls-files', '--error-unmatch', '--', tracked], [0, 1])).yes) {
    return 'tracked';
  }
  return (await ask(['check-ignore', '--quiet', '--', file], [0, 1])).yes ? 'ignored' : 'not-ignored';
}

/**
 * Returns the repositories on this GitHub host that the remotes of a folder's repository name, as `host/owner/name`; none
 * if `gh repo set-default` chose one, or if git is missing.
 */
export async function remotesOf(running: ProgramOptions, host: string): Promise<string[]> {
  const git = await findGit();
  if (git === undefined) {
    return [];
  }
  const resolved = await runProgram(git, ['config', '--get-regexp', '^remote\\..*\\.gh-resolved$'], running);
  // Unlike the configuration, this follows `url.<base>.insteadOf`.
  const { output } = await runProgram(git, ['remote', '-v'], running);
  const found = [...output.matchAll(/\t(\S+) \(fetch\)/g)].map(([, address = '']) => repositoryAt(address, host));
  return resolved.output === '' ? [...new Set(found.filter((one) => one !== undefined))] : [];
}

/** Reads a remote's address; undefined if it isn't on the host. A host without a dot is an alias of SSH's for it. */
function repositoryAt(address: string, host: string): string | undefined {
  const match =
    /^(?:ssh|git|https?|git\+ssh):\/\/(?:[^@/]*@)?([\w.-]+)(?::\d+)?\/+([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(
      address,
    ) ?? /^(?:[^@/:]*@)?([\w-][\w.-]+):\/?([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(address);
  const [, named = '', path] = match ?? [];
  // GitHub's host for SSH over HTTPS's port.
  const isThere = !named.includes('.') || named.replace(/^ssh\./, '') === host.replace(/:\d+$/, '');
  return path !== undefined && isThere ? `${host}/${path}` : undefined;
}

/** Checks whether the folder or one of its parents has a `.git`. */
async function hasRepository(folder: string): Promise<boolean> {
  const isHere = await lstat(join(folder, '.git')).then(
    () => true,
    () => false,
  );
  const around = dirname(folder);
  return isHere || (around !== folder && (await hasRepository(around)));
}

export function firstLine(text: string): string {
  return text.trim().split(/[\r\n]/)[0] ?? '';
}
