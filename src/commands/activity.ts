import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';

import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument } from '../base/arguments';
import { cancelled, codeOf, refusal, type TirError } from '../base/errors';
import type { CommandCall, Services } from '../services';
import { chooseFilter } from './list';

/** Opens the activity log as a read-only page that shows new entries as they're recorded. */
export async function showActivity(services: Services) {
  await services.activityPage.show();
  return {};
}

/** Shows only the page's entries that have words beginning with each of the given ones. */
export async function filterActivity(services: Services, { argument }: CommandCall) {
  const text = await chooseFilter(argument, {
    title: vscode.l10n.t('Filter Token Activity'),
    prompt: vscode.l10n.t(
      'Enter words or their first letters: an action, a project, a token, a folder, a date, or "failed". Leave empty to show all entries.',
    ),
    value: services.activityPage.filter,
  });
  await services.activityPage.show(text);
  return { text };
}

/** Shows all of the page's entries again. */
export async function clearActivityFilter(services: Services) {
  await services.activityPage.show('');
  return {};
}

/** Writes the whole activity log to a CSV file. */
export async function exportActivity(services: Services, { argument }: CommandCall) {
  const given = readArgument({ file: v.optional(v.string()) }, argument);
  const file =
    given.file !== undefined
      ? uriOf(given.file)
      : await vscode.window.showSaveDialog({
          title: vscode.l10n.t('Export Token Activity'),
          defaultUri: vscode.Uri.joinPath(
            vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir()),
            'tir-token-activity.csv',
          ),
          filters: { CSV: ['csv'] },
        });
  if (!file) {
    throw cancelled();
  }
  const { activityCsv } = await import('../activity/text');
  const entries = await services.activity.activityLog.read();
  try {
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(activityCsv(entries)));
  } catch (error) {
    throw unusable(codeOf(error));
  }
  return { entries: entries.length };
}

/** @throws TirError `invalid-input` if it's neither an absolute path nor a URI */
function uriOf(file: string): vscode.Uri {
  try {
    return isAbsolute(file) ? vscode.Uri.file(file) : vscode.Uri.parse(file, true);
  } catch {
    throw unusable('InvalidPath');
  }
}

function unusable(code: string): TirError {
  return refusal(
    'invalid-input',
    vscode.l10n.t("The file can't be written ({0}). Choose another one, or pass an absolute path or a URI.", code),
  );
}
