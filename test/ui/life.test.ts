import assert from 'node:assert/strict';

import { themes } from './editor';
import { Workbench } from './workbench';

const day = 24 * 60 * 60 * 1000;

describe('what there is to see of a token that grows old', () => {
  let workbench: Workbench;
  afterEach(function () {
    return workbench.close(this.currentTest);
  });

  it('rows, badge and status bar tell which tokens expire, and which is in use', async () => {
    workbench = await Workbench.open('expiry');
    const { emulator, page, statusItem, question } = workbench;
    // Then every value is at hand, and any token can be put to use.
    emulator.listWithValues = true;
    emulator.seed('ci-pipeline', { createdAt: Date.now() - 353 * day });
    emulator.seed('old-workstation', { createdAt: Date.now() - 371 * day });
    await workbench.openView();
    await workbench.signIn();
    await workbench.row(/^ci-pipeline, expires in 12 days, created /).waitFor();
    await workbench.row(/^old-workstation, expired, created /).waitFor();
    await workbench.badge.getByText('2', { exact: true }).waitFor();
    await statusItem.getByText('No TIR token').waitFor();
    await workbench.screenshot('status-none');

    await workbench.createToken('dev-laptop');
    await statusItem.getByText('dev-laptop').waitFor();
    assert.doesNotMatch((await statusItem.getAttribute('class')) ?? '', /warning-kind/);
    await workbench.rowButton(/^ci-pipeline, /, 'Use in Terminals');
    await workbench.row(/^ci-pipeline, in use, expires in 12 days, /).waitFor();
    await statusItem.and(page.locator('.warning-kind')).getByText('ci-pipeline').waitFor();
    for (const [name, theme, themeClass] of themes) {
      await workbench.theme(theme, themeClass);
      await workbench.screenshot(`expiry-${name}`);
    }
    await statusItem.hover();
    await page.locator('.monaco-hover:visible').getByText('Expires in 12 days').waitFor();
    await workbench.screenshot('status-hover');

    await statusItem.click();
    await question.filter({ hasText: 'Use in Terminals' }).waitFor();
    await question.getByRole('option').first().waitFor();
    await workbench.screenshot('status-switch');
    const options = await question.locator('.quick-input-list-row:first-child .label-name').allTextContents();
    assert.deepEqual(options, ['ci-pipeline', 'dev-laptop', 'first-token', 'old-workstation'], 'the last used first');
    await workbench.answer('Use in Terminals', 'dev-laptop');
    await statusItem.getByText('dev-laptop').waitFor();
    assert.doesNotMatch((await statusItem.getAttribute('class')) ?? '', /warning-kind/);
    await workbench.row(/^dev-laptop, in use, /).waitFor();
    await workbench.screenshot('status-switched');
  });

  it('an open terminal with an old token is marked, and reopened on request', async () => {
    workbench = await Workbench.open('old-terminals');
    const { whoami } = workbench;
    // The editor's own mark, whose hover offers a relaunch.
    const mark = workbench.page.locator('.single-terminal-tab .codicon-warning').first();
    const reopen = async () => {
      const notification = workbench.notification('An open terminal still has an old token');
      await notification.waitFor();
      await mark.waitFor();
      await workbench.screenshot('old-terminal');
      await notification.getByRole('button', { name: 'Reopen' }).click();
      await notification.waitFor({ state: 'detached' });
      await mark.waitFor({ state: 'detached' });
      assert.equal(await workbench.page.locator('.terminal-wrapper').count(), 1, 'it took the place of the old one');
    };
    await workbench.openView();
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createToken('first-in-use');
    await workbench.createToken('second-in-use');
    await workbench.command('Terminal: Create New Terminal');
    await workbench.page.locator('.terminal-wrapper.active .xterm-helper-textarea').waitFor({ state: 'attached' });
    await workbench.rowButton(/^second-in-use, /, 'Use in Terminals');
    await workbench.row(/^second-in-use, in use/).waitFor();
    // Nobody has typed in it, so that the editor opens it anew by itself, and there is nothing to say.
    await workbench.command('TIR: Refresh');
    assert.equal(await workbench.notification('An open terminal still has an old token').count(), 0);
    await workbench.command('Terminal: Kill All Terminals');
    await workbench.page.locator('.terminal-wrapper').waitFor({ state: 'detached' });
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
