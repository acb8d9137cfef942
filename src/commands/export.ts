import * as vscode from 'vscode';

import type { ActivityAction } from '../activity/entries';
import { refusal, TirError } from '../base/errors';
import { settings } from '../base/settings';
import { HandOverProblem } from '../export/problem';
import type { TokenRef } from '../secrets/records';
import type { Services } from '../services';
import type { TokenUsage } from '../tokens/usage';

/** @throws TirError `forbidden` where a company has switched it off */
export function allowExport(): void {
  if (!settings.exportEnabled()) {
    throw refusal(
      'forbidden',
      vscode.l10n.t('The setting tir.export.enabled keeps token values in the secret storage.'),
    );
  }
}

/** git and gh do what the configuration of a repository says. @throws TirError `untrusted-workspace` */
export function needTrust(): void {
  if (!vscode.workspace.isTrusted) {
    throw refusal(
      'untrusted-workspace',
      vscode.l10n.t('This workspace is not trusted, and git and gh could run what it says. Trust it first.'),
    );
  }
}

/** Writes down that the value of a token left the secret storage. */
export async function noteHandOver(
  services: Services,
  token: TokenRef & { readonly name: string },
  action: ActivityAction,
  { how, folder }: { readonly how: keyof TokenUsage; readonly folder?: vscode.Uri },
): Promise<void> {
  await services.usage.note(token, how);
  services.view.redraw();
  await services.activity.note(action, { connectionId: token.connectionId, token, folder: folder?.toString() });
  services.log.info(`${action}: the token ${token.id} of ${token.connectionId}.`);
}

/** Has people read why it did not work. */
export async function toUserError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof HandOverProblem ? explain(error) : error;
  }
}

function explain({ reason, says }: HandOverProblem): TirError {
  switch (reason) {
    case 'link':
      return refusal(
        'invalid-input',
        vscode.l10n.t('The file .env is a symbolic link. Put a file in its place first.'),
      );
    case 'no-file':
      return refusal(
        'invalid-input',
        vscode.l10n.t('There is a .env in the folder that is not a file. Rename it first.'),
      );
    case 'encoding':
      return refusal('invalid-input', vscode.l10n.t('The file .env is not in UTF-8. Save it in that encoding first.'));
    case 'value':
      return refusal(
        'invalid-input',
        vscode.l10n.t(
          'The value has characters that programs read in different ways in a .env file. Open a terminal with the token instead.',
        ),
      );
    case 'disk':
      return refusal(
        'storage-failed',
        vscode.l10n.t('The disk did not take it ({0}). Check the permissions and the space left.', says),
      );
    case 'no-git':
      return refusal(
        'invalid-input',
        vscode.l10n.t(
          'The folder is in a git repository, and git is not on the PATH to say whether .env is ignored. Install git first.',
        ),
      );
    case 'git':
      return refusal(
        'invalid-input',
        vscode.l10n.t(
          'git did not say whether .env is ignored. Run git status in the folder, and mend what it names. git says: {0}',
          says,
        ),
      );
    case 'no-gh':
      return refusal(
        'invalid-input',
        vscode.l10n.t('The GitHub CLI, gh, is not on the PATH. Get it from https://cli.github.com.'),
      );
    case 'gh-signed-out':
      return refusal(
        'forbidden',
        vscode.l10n.t('The GitHub CLI is not signed in. Run "gh auth login" in a terminal first.'),
      );
    case 'gh':
      return refusal('server-error', vscode.l10n.t('The GitHub CLI says: {0}', says));
    case 'timeout':
      return refusal('timeout', vscode.l10n.t('git or the GitHub CLI did not end within a minute. Try again.'));
  }
}
