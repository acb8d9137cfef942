import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { OpenTerminals } from '../../../src/terminals/openTerminals';
import { StatusBar } from '../../../src/view/statusBar';
import { standIn } from '../../support/fakeServices';
import { Keyring, Memory } from '../../support/keyring';
import { credentialsOf, newWindow, type TestWindow } from '../../support/testWindow';
import { until } from '../../support/until';
import { begin, withWindow, type TestSetup } from '../support';

const connectionId = 'p-4711-delhi';

describe('StatusBar', () => {
  let bench: TestSetup;
  let window: TestWindow;
  const open: StatusBar[] = [];
  beforeEach(async () => {
    bench = await begin();
    window = newWindow(bench.emulator, new Keyring());
    const { store, lists } = window.services;
    const [self, gone] = [bench.emulator.seed('sign-in'), bench.emulator.seed('gone')];
    const credentials = credentialsOf(self);
    await store.saveConnection({
      connection: { id: connectionId, label: 'Test', projectId: 4711, location: 'Delhi', signInTokenId: self.id },
      credentials,
    });
    const ref = { connectionId, id: gone.id };
    await store.saveToken(ref, { name: 'gone', created: undefined, expires: undefined, credentials });
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
    const never: vscode.Event<void> = () => new vscode.Disposable(() => undefined);
    open.push(new StatusBar(window.services, terminals, never, state, window.services.log));
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
    assert.match(bench.person.read[0]?.message ?? '', /^The token "gone" does not exist any more: TIR refuses it/);
    // A window with the same state, then one with its own. Once the latter has warned, the former would have, too.
    watch(state);
    watch(new Memory());
    await until('the warning of the window with its own state', () => bench.person.read.length > 1);
    assert.equal(bench.person.read.length, 2);
  });
});
