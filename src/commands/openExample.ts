import * as vscode from 'vscode';

const example = `import os

token = os.environ["TIR_API_TOKEN"]  # there in every new terminal while a token is in use
headers = {"Authorization": f"Bearer {token}"}  # what to send with a request to TIR

print(f"TIR_API_TOKEN has {len(token)} characters.")
`;

/** Opens a script to save and run. It reads the token as scripts should: from the environment variable. */
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
