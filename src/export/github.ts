import { type Credentials, quotable } from '../base/secret';
import { findProgram, type Running, runProgram } from '../platform/programs';
import { firstLine } from './git';
import { HandOverProblem } from './problem';

/** What `gh` ends with where it wants to be signed in first: https://cli.github.com/manual/gh_help_exit-codes */
const wantsLogin = 4;

export type SecretNameProblem = 'characters' | 'reserved';

/**
 * What is wrong with the name of a secret; undefined where nothing is. By GitHub's rules:
 * https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets
 */
export function secretNameProblem(name: string): SecretNameProblem | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return 'characters';
  }
  return /^GITHUB_/i.test(name) ? 'reserved' : undefined;
}

/**
 * The repository that `gh` takes a folder for, as `github.com/owner/name`. The host is a part of it, since companies
 * have their own.
 * @throws HandOverProblem `no-gh`, `gh-signed-out`, `gh`, `timeout`
 */
export async function repositoryOf(running: Running, credentials: Credentials): Promise<string> {
  const address = await gh(['repo', 'view', '--json', 'url', '--jq', '.url'], running, credentials);
  const repository = /^https:\/\/([\w.-]+(?::\d+)?\/[\w.-]+\/[\w.-]+)$/.exec(address.trim())?.[1];
  if (repository === undefined) {
    throw new HandOverProblem('gh', quotable(address, credentials));
  }
  return repository;
}

/**
 * Sets a secret for the Actions of a repository; one of this name that is there is overwritten. `gh` reads the value
 * from its standard input and encrypts it with the repository's key.
 * @throws HandOverProblem `no-gh`, `gh-signed-out`, `gh`, `timeout`
 */
export async function setSecret(
  { name, repository }: { readonly name: string; readonly repository: string },
  running: Running,
  credentials: Credentials,
): Promise<void> {
  const args = ['secret', 'set', name, '--app', 'actions', '--repo', repository];
  await gh(args, { ...running, input: credentials.token }, credentials);
}

/** Runs `gh`. Resolves to what it wrote to standard output. */
async function gh(args: readonly string[], running: Running, credentials: Credentials): Promise<string> {
  const program = await findProgram('gh');
  if (program === undefined) {
    throw new HandOverProblem('no-gh');
  }
  const { exitCode, output, errors } = await runProgram(program, args, running);
  if (exitCode === wantsLogin || (exitCode !== 0 && errors.includes('gh auth login'))) {
    throw new HandOverProblem('gh-signed-out');
  }
  if (exitCode !== 0) {
    throw new HandOverProblem('gh', quotable(firstLine(errors), credentials));
  }
  return output;
}
