import * as vscode from 'vscode';

const example = `import os

token = os.environ["TIR_API_TOKEN"]  # set in new terminals while a token is in use
headers = {"Authorization": f"Bearer {token}"}  # send this with each request to TIR

print(f"TIR_API_TOKEN has {len(token)} characters.")
`;

/** Opens a Python script that reads the token from the environment variable, for the person to save and run. */
export async function openExample() {
  const document = await newDocument();
  // The document may be open already, with changes by the person.
  if (document.getText() === '') {
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), example);
    await vscode.workspace.applyEdit(edit);
  }
  await vscode.window.showTextDocument(document);
  return {};
}

/** Opens an unsaved `example.py` in the first folder; an unnamed document if there's no folder or the file exists. */
async function newDocument(): Promise<vscode.TextDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const named = folder?.scheme === 'file' && vscode.Uri.joinPath(folder, 'example.py').with({ scheme: 'untitled' });
  const unnamed = () => vscode.workspace.openTextDocument({ language: 'python' });
  return named ? Promise.resolve(vscode.workspace.openTextDocument(named)).catch(unnamed) : unnamed();
}
