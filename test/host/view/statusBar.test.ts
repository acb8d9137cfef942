import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { OpenTerminals } from '../../../src/terminals/openTerminals';
import { StatusBar } from '../../../src/view/statusBar';
import { standIn } from '../../support/fakeServices';
import { Keyring, Memory } from '../../support/keyring';
import { credentialsOf, newWindow, type TestWindow } from '../../support/testWindow';
import { until } from '../../support/until';
import { restoreSettings, setting } from '../../support/person';
import { begin, withWindow, type TestSetup } from '../support';

const connectionId = 'p-4711-delhi';

describe('StatusBar', () => {
  let bench: TestSetup;
  let window: TestWindow;
  let keyring: Keyring;
  const open: StatusBar[] = [];
  beforeEach(async () => {
    bench = await begin();
    keyring = new Keyring();
    window = newWindow(bench.emulator, keyring);
    const { store, lists } = window.services;
    const [self, gone] = [bench.emulator.seed('sign-in'), bench.emulator.seed('gone')];
    const credentials = credentialsOf(self);
    await store.saveConnection({
      connection: { id: connectionId, label: 'Test', projectId: 4711, location: 'Delhi', signInTokenId: self.id },
      credentials,
    });
    const ref = { connectionId, id: gone.id };
    for (const { id, name } of [self, gone]) {
      await store.saveToken({ connectionId, id }, { name, created: undefined, expires: undefined, credentials });
    }
    await store.use({ ...ref, name: 'gone' });
    bench.emulator.revoke(gone.id);
    await lists.refresh(connectionId);
  });
  afterEach(async () => {
    open.splice(0).forEach((one) => one.dispose());
    window.end();
    await bench.end();
  });

  const watch = (state: Memory) => {
    const terminals = standIn<OpenTerminals>('open terminals', {
      ...{ withOldToken: () => [], mismatchedIn: () => undefined },
      onDidChange: () => new vscode.Disposable(() => undefined),
    });
    const environment = {
      ...{ tokenIn: () => undefined, hasOwn: () => false },
      onDidChange: () => new vscode.Disposable(() => undefined),
    };
    open.push(new StatusBar(window.services, terminals, environment, state, window.services.log));
  };

  /** Watches like `watch`, and returns the items that the status bar then has. */
  const watchItem = async () => {
    const { createStatusBarItem } = vscode.window;
    const items: vscode.StatusBarItem[] = [];
    const noted = (...args: Parameters<typeof createStatusBarItem>) => {
      const item = createStatusBarItem(...args);
      items.push(item);
      return item;
    };
    await withWindow({ createStatusBarItem: noted }, () => {
      watch(new Memory());
    });
    return items;
  };

  it("doesn't warn about a refused token in use if it is forgotten within the grace period", async () => {
    const later: (() => void)[] = [];
    const { setTimeout: real } = globalThis;
    // A deleted token may leave the list before the store. The grace period for that is the only timer of this length.
    const stopped = (work: () => void, milliseconds?: number) =>
      milliseconds === 2000 ? (later.push(work), real(() => undefined)) : real(work, milliseconds);
    globalThis.setTimeout = stopped as unknown as typeof setTimeout;
    try {
      watch(new Memory());
      await open[0]?.update();
      assert.equal(later.length, 1);
      await window.services.store.forgetToken({ connectionId, id: bench.emulator.made.at(-1)!.id });
      later[0]?.();
      await open[0]?.update();
    } finally {
      globalThis.setTimeout = real;
    }
    assert.deepEqual(bench.person.read, []);
  });

  it('keeps its command while what it shows changes, so a click that is under way still works', async () => {
    const items = await watchItem();
    await open[0]?.update();
    const before = items.map(({ text, command }) => ({ text, command }));
    assert.match(before[0]?.text ?? '', /gone$/);
    const { id, name } = bench.emulator.made[0]!;
    await window.services.store.use({ connectionId, id, name });
    await open[0]?.update();
    assert.match(items[0]?.text ?? '', /sign-in$/);
    assert.equal(items[0]?.command, before[0]?.command);
    assert.notEqual(items[0]?.command, undefined);
  });

  it('warns once about a refused token in use, even in several windows', async () => {
    const state = new Memory();
    watch(state);
    await until('the warning', () => bench.person.read.length > 0);
    assert.match(bench.person.read[0]?.message ?? '', /^TIR refuses the token "gone": it no longer exists\./);
    // A window with the same state, then one with its own. Once the latter has warned, the former would have, too.
    watch(state);
    watch(new Memory());
    await until('the warning of the window with its own state', () => bench.person.read.length > 1);
    assert.equal(bench.person.read.length, 2);
  });

  describe('says what new terminals have,', () => {
    let item: vscode.StatusBarItem;
    const restoring: (() => void)[] = [];
    beforeEach(async () => {
      const { id, name } = bench.emulator.made[0]!;
      await window.services.store.use({ connectionId, id, name });
      [item] = (await watchItem()) as [vscode.StatusBarItem];
      await shows(/^\$\(key\) sign-in$/);
    });
    afterEach(async () => {
      restoring.splice(0).forEach((restore) => restore());
      await restoreSettings(['apiUrl']);
    });

    const shows = (text: RegExp) => until(`the item to show ${text}`, () => text.test(item.text));
    const tooltip = () => item.tooltip as string;
    /** What a click runs: a command's ID, and the text of its arguments. */
    const click = () => {
      const { command, arguments: given = [] } = item.command as vscode.Command;
      return `${command} ${JSON.stringify(given)}`;
    };
    const isRight = (first: string, runs: RegExp) => {
      assert.equal(tooltip().split('\n')[0], first);
      assert.equal(item.accessibilityInformation?.label, tooltip().replaceAll('\n', ', '));
      assert.match(click(), runs);
    };
    /** Replaces members of `vscode.workspace`, which VS Code defines by getters. */
    const replaceWorkspace = (members: object) => {
      for (const [name, value] of Object.entries(members)) {
        const before = Object.getOwnPropertyDescriptor(vscode.workspace, name)!;
        restoring.unshift(() => Object.defineProperty(vscode.workspace, name, before));
        Object.defineProperty(vscode.workspace, name, { configurable: true, get: () => value as unknown });
      }
    };
    /** Starts another item, which listens to these stand-ins for events of `vscode.workspace`. */
    const watchWith = async (events: object) => {
      open.splice(0).forEach((one) => one.dispose());
      replaceWorkspace(events);
      [item] = (await watchItem()) as [vscode.StatusBarItem];
    };

    it('with a different icon and text while the setting keeps tokens out of them', async () => {
      isRight('New terminals have the TIR token "sign-in"', /^tir\.useToken /);
      await setting('terminal.enabled', false);
      await shows(/^\$\(circle-slash\) TIR off$/);
      const why = 'New terminals have no TIR token: the setting tir.terminal.enabled is off';
      isRight(why, /^workbench\.action\.openSettings \["tir\.terminal\.enabled"\]$/);
      assert.match(tooltip(), /^The token in use is "sign-in"$/m);
      await setting('terminal.enabled', undefined);
      await shows(/^\$\(key\) sign-in$/);
      isRight('New terminals have the TIR token "sign-in"', /^tir\.useToken /);
    });

    it('until the workspace is trusted', async () => {
      const granted = new vscode.EventEmitter<void>();
      await watchWith({ isTrusted: false, onDidGrantWorkspaceTrust: granted.event });
      await shows(/^\$\(shield\) TIR off$/);
      isRight("New terminals have no TIR token: this workspace isn't trusted", /^workbench\.trust\.manage /);
      replaceWorkspace({ isTrusted: true });
      granted.fire();
      await shows(/^\$\(key\) sign-in$/);
      isRight('New terminals have the TIR token "sign-in"', /^tir\.useToken /);
    });

    it('if only chosen ones have the token', async () => {
      await setting('terminal.scope', 'chosen');
      await shows(/^\$\(pinned\) sign-in \(chosen terminals\)$/);
      isRight('The token in use is "sign-in"', /^tir\.useToken /);
      assert.match(tooltip(), /^Only terminals opened with .* have it$/m);
    });

    it('if no token is in use', async () => {
      await window.services.store.stopUsing();
      await shows(/^\$\(circle-outline\) No TIR token$/);
      isRight('New terminals have no TIR token', /^tir\.useToken /);
    });

    it("if the value of the token in use isn't in the window", async () => {
      await window.services.store.use({ connectionId, id: 999, name: 'elsewhere' });
      await shows(/^\$\(warning\) No TIR token$/);
      isRight('New terminals have no TIR token', /^tir\.useToken /);
      assert.match(tooltip(), /^The token in use is "elsewhere"$/m);
    });

    it("if the secret storage can't be read any more", async () => {
      keyring.failsOn = /./;
      await open[0]?.update();
      assert.equal(item.text, '$(warning) No TIR token');
      isRight('New terminals have no TIR token', /^tir\.useToken /);
      assert.match(tooltip(), /^VS Code's secret storage can't be read$/m);
      keyring.failsOn = /^$/;
      await open[0]?.update();
      assert.equal(item.text, '$(key) sign-in');
    });

    it('at once if a folder comes or goes that has its own token', async () => {
      const changed = new vscode.EventEmitter<vscode.WorkspaceFoldersChangeEvent>();
      const folder = { uri: vscode.Uri.file('/own'), name: 'own', index: 0 };
      const { id, name } = bench.emulator.made[0]!;
      await window.services.store.stopUsing();
      await window.services.store.use({ connectionId, id, name }, folder.uri.toString());
      await watchWith({ onDidChangeWorkspaceFolders: changed.event });
      await shows(/^\$\(circle-outline\) No TIR token$/);
      replaceWorkspace({ workspaceFolders: [folder] });
      changed.fire({ added: [folder], removed: [] });
      await shows(/^\$\(key\) sign-in$/);
      isRight('New terminals in own have the TIR token "sign-in"', /^tir\.useToken .*own/);
      const other = { uri: vscode.Uri.file('/other'), name: 'other', index: 1 };
      replaceWorkspace({ workspaceFolders: [folder, other] });
      changed.fire({ added: [other], removed: [] });
      await shows(/No TIR token/);
      assert.match(tooltip(), /^Folders with their own token: own$/m);
      replaceWorkspace({ workspaceFolders: [other] });
      changed.fire({ added: [], removed: [folder] });
      await until('the folder to be gone', () => !tooltip().includes('own'));
      assert.match(item.text, /No TIR token/);
    });
  });
});
