import { l10n } from 'vscode';

import { refusal, type TirError } from '../base/errors';
import { type Credentials, quotable } from '../base/secret';
import { findProgram, type ProgramOptions, runProgram } from '../platform/programs';
import { firstLine } from './git';

/** Exit code of `gh` if it isn't signed in: https://cli.github.com/manual/gh_help_exit-codes */
const loginRequiredExitCode = 4;

/**
 * Returns a sentence on what's wrong with a secret's name; undefined if it's valid. Never quotes the name, which may
 * be a token that was pasted into the wrong field. GitHub's rules:
 * https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets
 */
export function secretNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return l10n.t('A secret\'s name can contain only letters, digits and "_", and can\'t start with a digit.');
  }
  return /^GITHUB_/i.test(name)
    ? l10n.t('GitHub reserves names that start with GITHUB_. Choose another name.')
    : undefined;
}

/** Reads `owner/name`, with or without a host before it; undefined for anything else. */
export function readRepository(text: string): string | undefined {
  const [, host = 'github.com', path] = /^(?:([\w.-]+(?::\d+)?)\/)?([\w.-]+\/[\w.-]+)$/.exec(text) ?? [];
  return path === undefined ? undefined : `${host}/${path}`;
}

/**
 * Asks `gh` for the folder's repository. Resolves to `github.com/owner/name`, host included, because companies may
 * have a GitHub server of their own.
 * @throws TirError `invalid-input`, `forbidden`, `server-error`, and those of {@link runProgram}
 */
export async function repositoryOf(running: ProgramOptions, credentials: Credentials): Promise<string> {
  const address = await gh(['repo', 'view', '--json', 'url', '--jq', '.url'], running, credentials);
  const repository = /^https:\/\/([\w.-]+(?::\d+)?\/[\w.-]+\/[\w.-]+)$/.exec(address.trim())?.[1];
  if (repository === undefined) {
    throw ghError(quotable(address, credentials));
  }
  return repository;
}

/**
 * Sets an Actions secret of a repository to the token, and overwrites a secret with the same name. `gh` reads the value
 * from standard input and encrypts it with the repository's key.
 * @throws TirError `invalid-input`, `forbidden`, `server-error`, and those of {@link runProgram}
 */
export async function setSecret(
  { name, repository }: { readonly name: string; readonly repository: string },
  running: ProgramOptions,
  credentials: Credentials,
): Promise<void> {
  const args = ['secret', 'set', name, '--app', 'actions', '--repo', repository];
  await gh(args, { ...running, input: credentials.token }, credentials);
}

/** Runs `gh` and resolves to its standard output. */
async function gh(args: readonly string[], running: ProgramOptions, credentials: Credentials): Promise<string> {
  const program = await findProgram('gh');
  if (program === undefined) {
    throw refusal(
      'invalid-input',
      l10n.t("The GitHub CLI (gh) isn't on the PATH. Install it from https://cli.github.com."),
    );
  }
  const { exitCode, output, errors } = await runProgram(program, args, running);
  if (exitCode === loginRequiredExitCode || (exitCode !== 0 && errors.includes('gh auth login'))) {
    throw refusal(
      'forbidden',
      l10n.t('You aren\'t signed in to the GitHub CLI. Run "gh auth login" in a terminal, then try again.'),
    );
  }
  if (exitCode !== 0) {
    throw ghError(quotable(firstLine(errors), credentials));
  }
  return output;
}

/** Creates the error for a failed `gh`. @param says a line of its output, without credentials */
function ghError(says: string): TirError {
  return refusal('server-error', l10n.t('The GitHub CLI says: {0}', says));
}
