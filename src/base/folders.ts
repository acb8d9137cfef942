import * as v from 'valibot';
import * as vscode from 'vscode';

import { refusal } from './errors';
import { singleStep, askPick } from './prompts';
import { plain } from './sentences';

/** The folder of this window that has this URI. */
export function folderOf(uri: string | undefined): vscode.WorkspaceFolder | undefined {
  return vscode.workspace.workspaceFolders?.find((folder) => folder.uri.toString() === uri);
}

/** Whether a use concerns this window: of all terminals, or of one of its folders. Another window's folders do not. */
export function isHere({ folder }: { readonly folder: string | undefined }): boolean {
  return folder === undefined || folderOf(folder) !== undefined;
}

/** The folder of the active editor. */
export function activeFolder(): vscode.WorkspaceFolder | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor && vscode.workspace.getWorkspaceFolder(editor.document.uri);
}

/** The use that counts in a folder: its own, else the one of all terminals. @param folder URI; undefined outside of any */
export function useIn<T extends { readonly folder: string | undefined }>(
  uses: readonly T[],
  folder: string | undefined,
): T | undefined {
  return uses.find((use) => use.folder === folder) ?? uses.find((use) => use.folder === undefined);
}

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
