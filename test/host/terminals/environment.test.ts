import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { fromUi } from '../../../src/base/arguments';
import { begin, type TestSetup, runInTerminal, run, signIn } from '../support';

const connectionId = 'p-4711-delhi';

describe('the token of one folder', () => {
  let bench: TestSetup;
  let a: number;
  let b: number;
  const folder = vscode.workspace.workspaceFolders![0]!;
  beforeEach(async () => {
    bench = await begin();
    await signIn(bench.emulator);
    a = (await run<{ id: number }>('createToken', { name: 'a', activate: false })).id;
    b = (await run<{ id: number }>('createToken', { name: 'b-of-the-folder', activate: false })).id;
  });
  afterEach(() => bench.end());

  const nameIn = async (cwd: vscode.Uri) => {
    const size = await runInTerminal(vscode.window.createTerminal({ cwd }), 'printf %s "$TIR_API_TOKEN" | wc -c');
    return bench.emulator.made.find(({ value }) => String(value.length) === size)?.name;
  };

  it("replaces the shared token in the folder's terminals", async () => {
    await run('useToken', { id: a });
    assert.deepEqual(await run('useToken', { id: b, folder: folder.uri.toString() }), {
      id: b,
      name: 'b-of-the-folder',
    });
    assert.equal(await nameIn(folder.uri), 'b-of-the-folder');
    await run('stopUsingToken', { folder: folder.name });
    assert.equal(await nameIn(folder.uri), 'a');
  });

  it('stays in use when the shared token changes or is stopped', async () => {
    await run('useToken', { id: b, folder: folder.uri.fsPath });
    await run('useToken', { id: a });
    assert.equal(await nameIn(folder.uri), 'b-of-the-folder');
    await run('stopUsingToken');
    assert.equal(await nameIn(folder.uri), 'b-of-the-folder');
  });

  it("leaves the folder's terminals when it is stopped from its row or deleted", async () => {
    await run('useToken', { id: b, folder: folder.uri.toString() });
    await vscode.commands.executeCommand('tir.stopUsingToken', fromUi({ id: b, connectionId }));
    assert.equal(await nameIn(folder.uri), undefined);
    await run('useToken', { id: b, folder: folder.uri.toString() });
    bench.person.clicks = 'Delete';
    await run('deleteToken', { ids: [b] });
    assert.match(bench.person.read.at(-1)?.detail ?? '', /"b-of-the-folder" is in use/);
    assert.equal(await nameIn(folder.uri), undefined);
  });

  it('is replaced by the new token when it is rotated', async () => {
    await run('useToken', { id: b, folder: folder.uri.toString() });
    const { name } = await run<{ name: string }>('rotateToken', { id: b });
    assert.equal(await nameIn(folder.uri), name);
  });

  it("can't be set or stopped for a folder outside this window", async () => {
    await assert.rejects(run('useToken', { id: b, folder: 'file:///elsewhere' }), { code: 'invalid-input' });
    await assert.rejects(run('stopUsingToken', { folder: 'elsewhere' }), { code: 'invalid-input' });
  });
});
