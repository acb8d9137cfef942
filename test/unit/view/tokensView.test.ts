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

  it('follows what it shows while a search for tokens on this machine never ends', async () => {
    const states: unknown[] = [];
    replace(vscode.commands, {
      executeCommand: (_: string, key: string, value: unknown) => {
        if (key === 'tir.view') {
          states.push(value);
        }
        return Promise.resolve();
      },
    });
    const view = new TokensView(bench.window.services, new Memory(), () => new Promise(() => undefined));
    try {
      await view.getChildren();
      assert.deepEqual(states, ['signedOut']);
      await bench.signIn();
      await until('the list', () => states.includes('list'));
    } finally {
      view.dispose();
    }
  });

  it('looks again at a storage that could not be read, until it can', async () => {
    await bench.signIn();
    bench.keyring.failsOn = /./;
    const { setTimeout: real } = globalThis;
    const retries: (() => void)[] = [];
    const held = (work: () => void, milliseconds?: number) =>
      milliseconds === 5000 ? (retries.push(work), real(() => undefined)) : real(work, milliseconds);
    replace(globalThis, { setTimeout: held as unknown as typeof setTimeout });
    const view = new TokensView(bench.window.services, new Memory(), () => Promise.resolve(undefined));
    try {
      assert.deepEqual(await view.getChildren(), []);
      const { length } = retries;
      retries.at(-1)?.();
      await until('another look', () => retries.length > length);
      bench.keyring.failsOn = /^$/;
      retries.at(-1)?.();
      await until('the row', async () => (await view.getChildren()).length === 1);
    } finally {
      view.dispose();
    }
  });

  it('searches for tokens again as the window gets the focus, while it is visible and signed out', async () => {
    const focus = new vscode.EventEmitter<{ focused: boolean }>();
    const visibility = new vscode.EventEmitter<{ visible: boolean }>();
    const createTreeView = () => ({ dispose: () => undefined, onDidChangeVisibility: visibility.event });
    replace(vscode.window, { createTreeView, onDidChangeWindowState: focus.event });
    let searches = 0;
    const view = new TokensView(bench.window.services, new Memory(), () => Promise.resolve(searches++));
    const after = async (happens: () => void) => {
      happens();
      await new Promise((resolve) => setImmediate(resolve));
      return searches;
    };
    try {
      assert.equal(await after(() => focus.fire({ focused: true })), 0);
      await view.getChildren();
      assert.equal(searches, 1);
      assert.equal(await after(() => focus.fire({ focused: false })), 1);
      assert.equal(await after(() => focus.fire({ focused: true })), 2);
      assert.equal(await after(() => visibility.fire({ visible: false })), 2);
      assert.equal(await after(() => focus.fire({ focused: true })), 2);
      assert.equal(await after(() => visibility.fire({ visible: true })), 3);
    } finally {
      view.dispose();
    }
  });
});
