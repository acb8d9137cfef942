import * as v from 'valibot';
import * as vscode from 'vscode';

import { refusal } from '../base/errors';
import { askPick, singleStep } from '../base/prompts';
import { plain } from '../base/sentences';

/** A workspace folder by its URI, its path, or its name. */
export const folderField = { folder: v.optional(v.string()) };

/** @throws TirError `invalid-input` where it is none of this window's */
export function findFolder(named: string): vscode.WorkspaceFolder {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const found =
    folders.find(({ uri }) => uri.toString() === named || uri.fsPath === named) ??
    folders.find(({ name }) => name === named);
  if (!found) {
    throw refusal('invalid-input', vscode.l10n.t('The folder "{0}" is not one of this window.', plain(named)));
  }
  return found;
}

/** The folder of this window that the person picks. */
export async function askFolder(title: string, placeholder: string): Promise<vscode.WorkspaceFolder> {
  const items = (vscode.workspace.workspaceFolders ?? []).map((folder) => ({
    label: plain(folder.name),
    description: plain(vscode.workspace.asRelativePath(folder.uri, false)),
    folder,
  }));
  return (await askPick(singleStep(title), placeholder, items)).folder;
}

/**
 * The folder that is named, else the only one, else the one that the person picks.
 * @throws TirError `invalid-input` where there is none, or it is on no disk that programs of this machine see
 */
export async function chooseFolder(
  title: string,
  placeholder: string,
  named: string | undefined,
): Promise<vscode.WorkspaceFolder> {
  const [first, second] = vscode.workspace.workspaceFolders ?? [];
  if (!first) {
    throw refusal('invalid-input', vscode.l10n.t('This window has no folder. Open one first.'));
  }
  const only = second ? undefined : first;
  const folder = named === undefined ? (only ?? (await askFolder(title, placeholder))) : findFolder(named);
  if (folder.uri.scheme !== 'file') {
    throw refusal(
      'invalid-input',
      vscode.l10n.t('The folder "{0}" is not on a disk of this machine.', plain(folder.name)),
    );
  }
  return folder;
}
