import assert from 'node:assert/strict';

import { until } from '../support/until';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

describe('Open terminals', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  it('are marked if they have an old token, and reopen on request with the token in use', async () => {
    const { whoami } = workbench;
    // VS Code's own mark. Its hover offers to relaunch the terminal.
    const mark = workbench.page.locator('.single-terminal-tab .codicon-warning').first();
    const reopen = async () => {
      const notification = workbench.notification('An open terminal still has an old token');
      await workbench.showNotifications();
      await notification.waitFor();
      await mark.waitFor();
      await workbench.screenshot('old-terminal');
      await notification.getByRole('button', { name: 'Reopen' }).click();
      await notification.waitFor({ state: 'detached' });
      await until(
        'the new terminal to replace the old one',
        async () => (await workbench.terminals.count()) === 1 && (await mark.count()) === 0,
      );
    };
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createAndUse('first-in-use');
    await workbench.createToken('second-in-use');
    // VS Code itself reopens a terminal that had no input, so it isn't counted.
    await workbench.command('Terminal: Create New Terminal');
    await workbench.page.locator('.terminal-wrapper.active .xterm-helper-textarea').waitFor({ state: 'attached' });
    assert.equal(await workbench.inNewTerminal(whoami), 'first-in-use');
    await workbench.rowButton(/^second-in-use, /, 'Use in Terminals');
    await workbench.row(/^second-in-use, in use/).waitFor();
    await workbench.notification('An open terminal still has an old token').waitFor();
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.command('Terminal: Kill All Terminals');
    await workbench.page.locator('.terminal-wrapper').first().waitFor({ state: 'detached' });
    await workbench.rowButton(/^first-in-use, /, 'Use in Terminals');
    await workbench.row(/^first-in-use, in use/).waitFor();

    assert.equal(await workbench.inNewTerminal(whoami), 'first-in-use');
    const name = workbench.row(/^first-in-use, in use/).getByText('first-in-use');
    const lastUse = /Last used on this machine: selected for terminals on .*; in a terminal on /;
    await workbench.showTooltip(lastUse, () => name.hover());
    await workbench.screenshot('tooltip');
    await workbench.page.mouse.move(800, 300);
    await workbench.page.locator('.monaco-hover:visible').waitFor({ state: 'detached' });
    await workbench.rowButton(/^second-in-use, /, 'Use in Terminals');
    await reopen();
    assert.equal(await workbench.inTerminal(whoami), 'second-in-use');

    await workbench.rowMenu(/^second-in-use, /, 'Rotate Token…', workbench.dialog);
    await workbench.dialog.getByText('Rotate the token "second-in-use"?').waitFor();
    await workbench.screenshot('rotate-modal');
    await workbench.dialog.getByRole('button', { name: 'Rotate', exact: true }).click();
    await workbench.row(/^second-in-use-2, in use/).waitFor();
    // The new token is in use before the old one is deleted.
    await workbench.row(/^second-in-use, /).waitFor({ state: 'detached' });
    assert.equal(await workbench.inTerminal(whoami), '401');
    await reopen();
    assert.equal(await workbench.inTerminal(whoami), 'second-in-use-2');

    await workbench.rowButton(/^second-in-use-2, /, 'Delete Token…');
    await workbench.dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await workbench.row(/^second-in-use-2, /).waitFor({ state: 'detached' });
    assert.equal(await workbench.inTerminal(whoami), '401');
    await workbench.rowButton(/^first-in-use, /, 'Use in Terminals');
    await reopen();
    assert.equal(await workbench.inTerminal(whoami), 'first-in-use');
  });
});

describe('Terminals that outlive a reload', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared), {
    fresh: true,
    settings: { 'terminal.integrated.enablePersistentSessions': true },
  });

  it('are recognized by their actual token, and counted if it is an old one', async () => {
    const { whoami } = workbench;
    const old = workbench.notification('An open terminal still has an old token');
    await workbench.signIn();
    await workbench.row(/^first-token, in use/).waitFor();
    await workbench.createAndUse('first-in-use');
    assert.equal(await workbench.inNewTerminal(whoami), 'first-in-use');
    await workbench.createAndUse('second-in-use');
    await old.waitFor();
    await workbench.reloadWindow();
    await workbench.row(/^second-in-use, in use/).waitFor();
    await workbench.showStatusTooltip('An open terminal still has an old token');
    await workbench.screenshot('restored-terminal');
    assert.equal(await old.count(), 0, 'it was told before the reload');
    assert.equal(await workbench.inTerminal(whoami), 'first-in-use');
    await workbench.command('TIR: Check Token in Terminal');
    await workbench.notification('This terminal has an old token, "first-in-use".').waitFor();
    await workbench.screenshot('check-terminal');
    await workbench.rowButton(/^first-in-use, /, 'Use in Terminals');
    await workbench.row(/^first-in-use, in use/).waitFor();
    await workbench.command('TIR: Check Token in Terminal');
    await workbench.notification('This terminal has the token in use, "first-in-use".').waitFor();
  });
});
