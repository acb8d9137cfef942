import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { begin } from '../../scenarios/support';

it('exportActivity suggests a file in the home folder if the window has no workspace folder', async () => {
  const bench = await begin();
  const folders = vscode.workspace.workspaceFolders ?? [];
  const suggested: (string | undefined)[] = [];
  const showSaveDialog = ({ defaultUri }: vscode.SaveDialogOptions) => {
    suggested.push(defaultUri?.fsPath);
    return Promise.resolve(undefined);
  };
  Object.assign(vscode.window, { showSaveDialog });
  await assert.rejects(bench.run('exportActivity'), { code: 'cancelled' });
  vscode.workspace.updateWorkspaceFolders(0, folders.length);
  await assert.rejects(bench.run('exportActivity'), { code: 'cancelled' });
  vscode.workspace.updateWorkspaceFolders(0, 0, ...folders);
  const name = 'tir-token-activity.csv';
  assert.deepEqual(suggested, [join(folders[0]!.uri.fsPath, name), join(homedir(), name)]);
  await bench.end();
});
