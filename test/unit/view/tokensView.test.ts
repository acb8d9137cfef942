import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { TokensView } from '../../../src/view/tokensView';
import { begin, type TestSetup } from '../../scenarios/support';
import { Memory } from '../../support/keyring';
import { until } from '../../support/until';
import { replace } from '../../support/widgets';

describe('the view', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
    const nothing = { dispose: () => undefined };
    replace(vscode.window, { createTreeView: () => ({ ...nothing, onDidChangeVisibility: () => nothing }) });
  });
  afterEach(() => bench.end());

  it('shows at once where a folder that comes or goes uses a token', async () => {
    const folder = { uri: vscode.Uri.file('/own'), name: 'own' };
    const { id } = await bench.signIn();
    const { services } = bench.window;
    await services.store.use({ connectionId: 'p-4711-delhi', id, name: 'sign-in' }, folder.uri.toString());
    const view = new TokensView(services, new Memory(), () => Promise.resolve(undefined));
    const folders = async () =>
      (await view.getChildren()).map(({ node }) => (node.kind === 'token' ? node.folders : undefined));
    try {
      assert.deepEqual(await folders(), [[]]);
      let redrawn = 0;
      view.onDidChangeTreeData(() => redrawn++);
      const { length } = vscode.workspace.workspaceFolders ?? [];
      vscode.workspace.updateWorkspaceFolders(length, 0, folder);
      await until('the row to be drawn again', () => redrawn === 1);
      assert.deepEqual(await folders(), [['own']]);
      vscode.workspace.updateWorkspaceFolders(length, 1);
      await until('the row to be drawn once more', () => redrawn === 2);
      assert.deepEqual(await folders(), [[]]);
    } finally {
      view.dispose();
    }
  });
});
