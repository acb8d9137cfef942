import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { OpenTerminals } from '../../../src/terminals/openTerminals';
import { StatusBar } from '../../../src/view/statusBar';
import { begin, type TestSetup } from '../../scenarios/support';
import { standIn } from '../../support/fakeServices';
import { Memory } from '../../support/keyring';
import { until } from '../../support/until';
import { replace } from '../../support/widgets';

const never = () => new vscode.Disposable(() => undefined);

const openTerminals = standIn<OpenTerminals>('open terminals', {
  ...{ withOldToken: () => [], mismatchedIn: () => undefined, onDidChange: never },
});

describe("the status bar, while the secret storage can't be read,", () => {
  let bench: TestSetup;
  let bar: StatusBar;
  let item: vscode.StatusBarItem;
  let retries: { work: () => void; milliseconds: number }[];
  const { setTimeout: real } = globalThis;
  beforeEach(async () => {
    bench = await begin();
    const { id, name } = await bench.signIn();
    const { services } = bench.window;
    await services.store.use({ connectionId: 'p-4711-delhi', id, name });
    await services.terminals.update();
    item = { show: () => undefined, hide: () => undefined, dispose: () => undefined } as vscode.StatusBarItem;
    const events = { onDidChangeActiveTextEditor: never, onDidOpenTerminal: never, onDidCloseTerminal: never };
    replace(vscode.window, { ...events, createStatusBarItem: () => item });
    retries = [];
    const held = (work: () => void, milliseconds?: number) =>
      milliseconds === 5000 || milliseconds === 10_000
        ? (retries.push({ work, milliseconds }), real(() => undefined))
        : real(work, milliseconds);
    globalThis.setTimeout = held as unknown as typeof setTimeout;
    bar = new StatusBar(services, openTerminals, services.terminals, new Memory(), services.log);
    await bar.update();
    assert.equal(item.text, '$(key) sign-in');
  });
  afterEach(async () => {
    globalThis.setTimeout = real;
    bar.dispose();
    await bench.end();
  });

  const waits = () => retries.map(({ milliseconds }) => milliseconds);
  const lines = () => (item.tooltip as string).split('\n');

  it('shows the token that terminals still have, and looks again, later each time, until it can read', async () => {
    bench.keyring.failsOn = /./;
    await bar.update();
    assert.equal(item.text, '$(warning) sign-in');
    const what = 'New terminals have the TIR token "sign-in"';
    const shown = lines().map((line) => line.replace(/^Expires .*/, 'Expires'));
    assert.deepEqual(shown, [what, "VS Code's secret storage can't be read", 'Expires', 'Click to switch']);
    await bar.update();
    assert.deepEqual(waits(), [5000, 5000], 'other events take nothing away');
    retries.at(-1)?.work();
    await until('the next wait', () => waits().length > 2);
    assert.equal(waits().at(-1), 10_000);
    bench.keyring.failsOn = /^$/;
    retries.at(-1)?.work();
    await until('the item without the warning', () => item.text === '$(key) sign-in');
    bench.keyring.failsOn = /./;
    await bar.update();
    assert.deepEqual(waits(), [5000, 5000, 10_000, 5000], 'a later failure is looked at again, too');
  });

  it('shows no token once terminals have lost the one that it found without ever having read the storage', async () => {
    bench.keyring.failsOn = /./;
    bar.dispose();
    const { services } = bench.window;
    let token = services.terminals.tokenIn(undefined);
    assert.ok(token);
    const terminals = { onDidChange: never, tokenIn: () => token, hasOwn: () => false };
    bar = new StatusBar(services, openTerminals, terminals, new Memory(), services.log);
    await until('the token', () => item.text === '$(warning) sign-in');
    token = undefined;
    await bar.update();
    assert.equal(item.text, '$(warning) No TIR token');
  });

  it('shows no token once terminals have lost it', async () => {
    bench.keyring.failsOn = /./;
    const { length } = vscode.workspace.workspaceFolders ?? [];
    vscode.workspace.updateWorkspaceFolders(length, 0, { uri: vscode.Uri.file('/own'), name: 'own' });
    try {
      // Terminals' token is read again with the folders.
      await until('the item without the token', () => item.text === '$(warning) No TIR token');
      const none = ['New terminals have no TIR token', "VS Code's secret storage can't be read"];
      assert.deepEqual(lines(), [...none, 'Click to choose one']);
    } finally {
      vscode.workspace.updateWorkspaceFolders(length, 1);
    }
  });
});
