import * as v from 'valibot';
import * as vscode from 'vscode';

import { refusal } from '../base/errors';
import { askPick, singleStep } from '../base/prompts';
import { plain } from '../base/text';

/** Names a workspace folder in a command's argument: by its URI, path or name. */
export const folderField = { folder: v.optional(v.string()) };

/** @throws TirError `invalid-input` if this window has no such folder */
export function findFolder(named: string): vscode.WorkspaceFolder {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const byPlace = folders.filter(({ uri }) => uri.toString() === named || uri.fsPath === named);
  const [found, other] = byPlace.length > 0 ? byPlace : folders.filter(({ name }) => name === named);
  if (!found) {
    // Don't quote the argument: it may be a token that was passed in the wrong field.
    throw refusal(
      'invalid-input',
      vscode.l10n.t('This window has no such folder. Pass the path of one of its folders.'),
    );
  }
  if (other) {
    throw refusal(
      'invalid-input',
      vscode.l10n.t('Several folders in this window have this name. Pass the path of one.'),
    );
  }
  return found;
}

export async function askFolder(title: string, placeholder: string): Promise<vscode.WorkspaceFolder> {
  const items = (vscode.workspace.workspaceFolders ?? []).map((folder) => ({
    label: plain(folder.name),
    description: plain(vscode.workspace.asRelativePath(folder.uri, false)),
    folder,
  }));
  return (await askPick(singleStep(title), placeholder, items)).folder;
}

/**
 * Returns the named folder or the only one, or else lets the person pick one.
 * @throws TirError `invalid-input` if there's no folder, or it isn't on a disk of this machine (a `file:` URI)
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
      vscode.l10n.t('The folder "{0}" isn\'t on a disk of this machine. Choose another folder.', plain(folder.name)),
    );
  }
  return folder;
}
