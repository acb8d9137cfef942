import * as vscode from 'vscode';

const example = `import os

token = os.environ["TIR_API_TOKEN"]  # there in every new terminal while a token is in use
headers = {"Authorization": f"Bearer {token}"}  # what to send with a request to TIR

print(f"TIR_API_TOKEN has {len(token)} characters.")
`;

/** Opens a script to save and run, which reads the token as scripts should: by the name of the variable. */
export async function openExample() {
  const document = await vscode.workspace.openTextDocument({ language: 'python', content: example });
  await vscode.window.showTextDocument(document);
  return {};
}
