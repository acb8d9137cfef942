import assert from 'node:assert/strict';

import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

describe('terminals that are open', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  it('an open terminal with an old token is marked, and reopened on request', async () => {
    const { whoami } = workbench;
    // The editor's own mark, whose hover offers a relaunch.
    const mark = workbench.page.locator('.single-terminal-tab .codicon-warning').first();
    const reopen = async () => {
      const notification = workbench.notification('An open terminal still has an old token');
      await workbench.showNotifications();
      await notification.waitFor();
      await mark.waitFor();
      await workbench.screenshot('old-terminal');
      await notification.getByRole('button', { name: 'Reopen' }).click();
      await notification.waitFor({ state: 'detached' });
      await mark.waitFor({ state: 'detached' });
      assert.equal(await workbench.page.locator('.terminal-wrapper').count(), 1, 'it took the place of the old one');
    };
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createToken('first-in-use');
    await workbench.createToken('second-in-use');
    // The editor reopens a terminal without input by itself, so it isn't counted.
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
    // The mouse is there already, and a tooltip comes to one that comes.
    await workbench.row(/^first-token, /).hover();
    await workbench
      .row(/^first-in-use, in use/)
      .getByText('first-in-use')
      .hover();
    const tooltip = workbench.page.getByText(/Last used on this machine: put to use .*, in a terminal /);
    await tooltip.waitFor();
    await workbench.screenshot('tooltip');
    await workbench.page.mouse.move(800, 300);
    await tooltip.waitFor({ state: 'detached' });
    await workbench.rowButton(/^second-in-use, /, 'Use in Terminals');
    await reopen();
    assert.equal(await workbench.inTerminal(whoami), 'second-in-use');

    await workbench.rowMenu(/^second-in-use, /, 'Rotate Token…', workbench.dialog);
    await workbench.dialog.getByText('Rotate the token "second-in-use"?').waitFor();
    await workbench.screenshot('rotate-modal');
    await workbench.dialog.getByRole('button', { name: 'Rotate', exact: true }).click();
    await workbench.row(/^second-in-use-2, in use/).waitFor();
    // It is in use before the old one is deleted.
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
