import assert from 'node:assert/strict';

import type { Locator } from 'playwright-core';

import { startProxy } from '../support/proxy';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

const variable = 'echo "${TIR_API_TOKEN:+set}"';

describe('Second window in the browser', () => {
  let first: Workbench;
  let second: Workbench;
  shareWorkbench((shared) => (first = shared));
  beforeEach(async () => {
    await first.signIn();
    await first.row(/^first-token, /).waitFor();
    await first.createAndUse('one-laptop');
    await first.createToken('two-laptop');
    // The second window opens only now, so it has read all that the first one stored.
    second = await first.openWindow();
    await second.openView();
    await second.row(/^one-laptop, in use, /).waitFor();
  });

  /** Waits for the second window to follow, and prints the time. It isn't asserted, since machines differ. */
  const follows = async (what: string, seen: Locator, state: 'visible' | 'detached' = 'visible') => {
    const start = Date.now();
    await second.toFront();
    await seen.waitFor({ state });
    console.log(`    ${what}: ${Date.now() - start} ms`);
  };

  it('follows when the first window switches, deletes or creates a token', async () => {
    await first.rowButton(/^two-laptop, /, 'Use in Terminals');
    await follows('a switch shows in the tree', second.row(/^two-laptop, in use, /));
    await follows('and in the status bar', second.statusItem.getByText('two-laptop'));
    assert.equal(await second.inNewTerminal(second.whoami), 'two-laptop');
    await first.rowButton(/^one-laptop, /, 'Use in Terminals');
    await follows('a switch back shows in the status bar', second.statusItem.getByText('one-laptop'));
    await second.row(/^one-laptop, in use, /).waitFor();
    assert.equal(await second.inNewTerminal(second.whoami), 'one-laptop');

    await first.rowButton(/^one-laptop, /, 'Delete Token…');
    await first.dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await follows('a deletion shows in the tree', second.row(/^one-laptop, /), 'detached');
    await follows('and in the status bar', second.statusItem.getByText('No TIR token'));
    await second.screenshot('two-windows-deleted');
    assert.equal(await second.inNewTerminal(second.whoami), '', 'new terminals do not get the deleted token');

    await first.command('TIR: Create Token…');
    await first.answer('where the token will be used', 'three-laptop');
    await follows('a creation shows in the tree', second.row(/^three-laptop, /));
    await second.screenshot('two-windows-created');
  });

  it('refuses to overwrite values that it has not read, and works after a reload', async () => {
    await first.createToken('three-laptop');
    await second.row(/^three-laptop, /).waitFor();
    await second.rowButton(/^two-laptop, /, 'Use in Terminals');
    const refusal = second.notification('This window would overwrite values that another window stored');
    await refusal.waitFor();
    await second.screenshot('two-windows-behind');
    await second.row(/^one-laptop, in use, /).waitFor();
    await refusal.getByRole('button', { name: 'Reload Window' }).click();
    await second.row(/^three-laptop, .*value stored on this machine$/).waitFor();
    await second.rowButton(/^three-laptop, /, 'Use in Terminals');
    await second.row(/^three-laptop, in use, /).waitFor();
    assert.equal(await second.inNewTerminal(second.whoami), 'three-laptop');
    await first.row(/^three-laptop, in use, /).waitFor();
    assert.equal(await first.inNewTerminal(first.whoami), 'three-laptop');
  });
});

describe('New window', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  it('has the token in its first terminal after a reload', async () => {
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createAndUse('dev-laptop');
    await workbench.reload();
    await workbench.row(/^dev-laptop, in use/).waitFor();
    assert.equal(await workbench.inNewTerminal(variable), 'set');
  });

  it('sends no request before its view is visible', async () => {
    const proxy = await startProxy(() => undefined);
    try {
      const { emulator } = workbench;
      await workbench.signIn();
      await workbench.row(/^first-token, /).waitFor();
      await workbench.createAndUse('dev-laptop');
      emulator.calls.length = 0;
      workbench.configure({ 'http.proxy': proxy.url });
      // The new window shows its files, not the view.
      const second = await workbench.openWindow();
      await second.statusItem.getByText('dev-laptop').waitFor();
      assert.equal(
        await second.inNewTerminal(variable),
        'set',
        'the window has started, and its terminals have the token',
      );
      // Hosts that VS Code itself calls, for telemetry, experiments and extensions.
      const ofTheEditor = /(^|\.)(exp-tas\.com|microsoft\.com|visualstudio\.com|vscode-cdn\.net|open-vsx\.org):443$/;
      const others = proxy.targets.filter((target) => !ofTheEditor.test(target));
      assert.deepEqual([emulator.calls, others], [[], []]);
      await second.openView();
      await second.row(/^dev-laptop, in use/).waitFor();
      assert.ok(emulator.calls.length > 0);
    } finally {
      await proxy.stop();
    }
  });
});
