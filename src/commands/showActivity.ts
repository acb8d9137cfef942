import * as v from 'valibot';
import * as vscode from 'vscode';

import { activityCsv } from '../lifecycle/activityText';
import { readArgument } from './argument';
import type { Call, Parts } from './parts';
import { askText } from './quickInput';

const { t } = vscode.l10n;

/** Opens the audit trail as a read-only page that follows what happens. */
export async function showActivity(parts: Parts) {
  await parts.activityPage.show();
  return {};
}

/** Leaves the lines of the page alone that have all of these words. */
export async function filterActivity(parts: Parts, { argument }: Call) {
  const given = readArgument({ text: v.optional(v.string()) }, argument);
  const text =
    given.text ??
    (await askText(
      { title: t('Filter Token Activity'), step: 1, totalSteps: 1 },
      {
        prompt: t(
          'Words that a line must have: a token, a project, an action, an outcome, a day. Empty for all lines.',
        ),
        value: parts.activityPage.filter,
        validate: () => undefined,
      },
    ));
  await parts.activityPage.show(text.trim());
  return { text: text.trim() };
}

/** Writes the whole audit trail to a CSV file. */
export async function exportActivity(parts: Parts, { argument }: Call) {
  const given = readArgument({ file: v.optional(v.string()) }, argument);
  const file =
    given.file !== undefined
      ? vscode.Uri.parse(given.file, true)
      : await vscode.window.showSaveDialog({
          title: t('Export Token Activity'),
          defaultUri: vscode.Uri.joinPath(
            vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/'),
            'tir-token-activity.csv',
          ),
          filters: { CSV: ['csv'] },
        });
  if (!file) {
    return { entries: 0 };
  }
  const entries = await parts.activity.trail.read();
  await vscode.workspace.fs.writeFile(file, Buffer.from(activityCsv(entries)));
  return { entries: entries.length };
}
