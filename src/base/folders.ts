import * as vscode from 'vscode';

/** The folder of this window that has this URI. */
export function folderOf(uri: string | undefined): vscode.WorkspaceFolder | undefined {
  return vscode.workspace.workspaceFolders?.find((folder) => folder.uri.toString() === uri);
}

/** Whether a use concerns this window: of all terminals, or of one of its folders. Another window's folders do not. */
export function concernsThisWindow({ folder }: { readonly folder: string | undefined }): boolean {
  return folder === undefined || folderOf(folder) !== undefined;
}

/** The folder of the active editor. */
export function activeFolder(): vscode.WorkspaceFolder | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor && vscode.workspace.getWorkspaceFolder(editor.document.uri);
}

/** The use that counts in a folder: its own, else the one of all terminals. @param folder URI; undefined outside of any */
export function useInFolder<T extends { readonly folder: string | undefined }>(
  uses: readonly T[],
  folder: string | undefined,
): T | undefined {
  return uses.find((use) => use.folder === folder) ?? uses.find((use) => use.folder === undefined);
}
