import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument, tokenFields } from '../base/arguments';
import { refusal, toTirError, withErrorContext } from '../base/errors';
import { askPick, askText, confirm, singleStep, withProgress } from '../base/prompts';
import { plain } from '../base/text';
import { remotesOf } from '../export/git';
import { readRepository, repositoryOf, secretNameProblem, setSecret } from '../export/github';
import type { Credentials } from '../base/secret';
import type { ProgramOptions } from '../platform/programs';
import type { CommandCall, Services } from '../services';
import { tokenVariable } from '../terminals/variables';
import { chooseToken, tokenWithValue } from './choose';
import { requireExportEnabled, requireTrust, recordExport } from './export';
import { chooseFolder, folderField } from './chooseFolder';

const fields = { ...tokenFields, ...folderField, name: v.optional(v.string()), repository: v.optional(v.string()) };

/** Sets a token's value as a GitHub Actions secret of a folder's repository, with the person's `gh`. */
export async function setGitHubSecret(services: Services, { argument, interactive }: CommandCall) {
  requireExportEnabled();
  requireTrust();
  const given = readArgument(fields, argument);
  const title = vscode.l10n.t('Set as GitHub Actions Secret');
  const problem = given.name === undefined ? undefined : secretNameProblem(given.name);
  if (problem !== undefined) {
    throw refusal('invalid-input', problem);
  }
  const ref = await chooseToken(services, title, given);
  const { uri } = await chooseFolder(
    title,
    vscode.l10n.t('Select the folder whose repository gets the secret'),
    given.folder,
  );
  const { name: tokenName, credentials: before } = await tokenWithValue(services, ref);
  const name = plain(tokenName);
  return withErrorContext(vscode.l10n.t('Couldn\'t set the token "{0}" as a secret.', name), async () => {
    const running = (signal: AbortSignal) => ({ folder: uri.fsPath, signal });
    const repository =
      given.repository === undefined
        ? await chooseRepository(title, await lookUp((signal) => candidates(running(signal), before)), interactive)
        : readRepositoryOrThrow(given.repository);
    const shown = shownName(repository);
    const secret = given.name ?? (interactive ? await askName(title, shown) : tokenVariable);
    if (interactive) {
      await confirm(
        vscode.l10n.t('Set the token "{0}" as the secret {1} of {2}?', name, secret, shown),
        vscode.l10n.t("The repository's workflows can read it. An existing secret with this name will be replaced."),
        vscode.l10n.t('Set Secret'),
      );
    }
    // Read the value now: it may have been rotated while the question was open.
    const { credentials } = await tokenWithValue(services, ref);
    const record = () => recordExport(services, 'github-secret', { ...ref, name: tokenName }, uri);
    try {
      await withProgress(vscode.l10n.t('Setting the secret {0} of {1}…', secret, shown), (signal) =>
        setSecret({ name: secret, repository }, running(signal), credentials),
      );
    } catch (thrown) {
      const error = toTirError(thrown);
      if (error.code !== 'cancelled' && error.code !== 'timeout') {
        throw error;
      }
      // gh may have set it before it was ended.
      await record();
      const why = vscode.l10n.t(
        "gh didn't finish, so the secret {0} of {1} may be set. Check GitHub, or set it again.",
        secret,
        shown,
      );
      if (interactive && error.code === 'cancelled') {
        void vscode.window.showWarningMessage(why);
      }
      throw error.with({ what: '', why });
    }
    await record();
    if (interactive) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('The token "{0}" is now the secret {1} of {2}.', name, secret, shown),
      );
    }
    return { name: secret, repository: shown };
  });
}

function lookUp<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return withProgress(vscode.l10n.t('Looking for the repository on GitHub…'), work);
}

/** Leaves out the default host. */
function shownName(repository: string): string {
  return repository.replace(/^github\.com\//, '');
}

/** Returns the repository that `gh` takes for the folder's, and the other ones on that host that its remotes name. */
async function candidates(running: ProgramOptions, credentials: Credentials): Promise<readonly string[]> {
  const first = await repositoryOf(running, credentials);
  return [...new Set([first, ...(await remotesOf(running, first.split('/')[0] ?? ''))])];
}

/** Lets the person choose, because a fork's own repository and the one it's from are different places for a secret. */
async function chooseRepository(title: string, remotes: readonly string[], interactive: boolean): Promise<string> {
  const [only, another] = remotes;
  if (only !== undefined && another === undefined) {
    return only;
  }
  if (!interactive) {
    const names = remotes.map((one) => plain(shownName(one))).join(', ');
    throw refusal(
      'invalid-input',
      vscode.l10n.t(
        'The folder\'s Git remotes name several repositories ({0}). Pass one of them as "repository".',
        names,
      ),
    );
  }
  const items = remotes.map((repository) => ({ label: plain(shownName(repository)), repository }));
  const placeholder = vscode.l10n.t('Select the repository that gets the secret');
  return (await askPick(singleStep(title), placeholder, items)).repository;
}

function readRepositoryOrThrow(text: string): string {
  const repository = readRepository(text);
  if (repository === undefined) {
    throw refusal('invalid-input', vscode.l10n.t('Enter the repository as owner/name or host/owner/name.'));
  }
  return repository;
}

function askName(title: string, repository: string): Promise<string> {
  return askText(singleStep(title), {
    prompt: vscode.l10n.t('Enter the name of the secret in {0}', repository),
    value: tokenVariable,
    validate: secretNameProblem,
  });
}
