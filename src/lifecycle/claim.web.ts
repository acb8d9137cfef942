import * as vscode from 'vscode';

/**
 * Makes a mark of the day on which somebody is reminded, for all windows of this browser. Resolves to false where one of
 * them had made it. Two that ask in the same moment may both get it: a browser's storage has no way to make a file only
 * where there is none.
 */
export async function claim(storage: vscode.Uri, day: string): Promise<boolean> {
  const mark = vscode.Uri.joinPath(storage, 'reminded');
  const made = await vscode.workspace.fs.readFile(mark).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => '',
  );
  await vscode.workspace.fs.writeFile(mark, new TextEncoder().encode(day));
  return made !== day;
}
