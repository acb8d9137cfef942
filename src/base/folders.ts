import * as vscode from 'vscode';

/** Returns the URIs of this window's workspace folders. */
export function windowFolders(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.toString());
}

/** Finds this window's workspace folder with the given URI. */
export function folderOf(uri: string | undefined): vscode.WorkspaceFolder | undefined {
  return vscode.workspace.workspaceFolders?.find((folder) => folder.uri.toString() === uri);
}

/** Checks whether a use applies to this window: to all terminals, or to one of this window's folders. */
export function concernsThisWindow({ folder }: { readonly folder: string | undefined }): boolean {
  return folder === undefined || folderOf(folder) !== undefined;
}

/** Returns the workspace folder of the active text editor. */
export function activeFolder(): vscode.WorkspaceFolder | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor && vscode.workspace.getWorkspaceFolder(editor.document.uri);
}

/** Returns the folder that a terminal without one counts as in: the active editor's, or else the first. */
export function defaultFolder(): vscode.WorkspaceFolder | undefined {
  return activeFolder() ?? vscode.workspace.workspaceFolders?.[0];
}

/**
 * Returns the use that applies in a folder: the folder's own, or else the one for all terminals.
 * @param folder URI; undefined outside any folder
 */
export function useInFolder<T extends { readonly folder: string | undefined }>(
  uses: readonly T[],
  folder: string | undefined,
): T | undefined {
  return uses.find((use) => use.folder === folder) ?? uses.find((use) => use.folder === undefined);
}
