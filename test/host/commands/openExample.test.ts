import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { begin, type TestSetup, runInTerminal, run, signIn } from '../support';

describe('openExample', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await bench.end();
  });

  it('opens a script that runs in a terminal with the token, and holds no value', async () => {
    await signIn(bench.emulator);
    await run('createToken', { name: 'dev-laptop' });
    await run('openExample');
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'python');
    const text = document.getText();
    const output = await runInTerminal(vscode.window.createTerminal(), `python3 - <<'EOF'\n${text}\nEOF`);
    const { value } = bench.emulator.tokens.at(-1)!;
    assert.equal(output, `TIR_API_TOKEN has ${value.length} characters.`);
    assert.ok(bench.emulator.made.every((token) => !text.includes(token.value)));
  });

  it("keeps the person's changes to the script when it is called again", async () => {
    await run('openExample');
    const editor = vscode.window.activeTextEditor!;
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# mine\n'));
    const text = editor.document.getText();
    await run('openExample');
    assert.equal(vscode.window.activeTextEditor?.document.getText(), text);
  });
});
