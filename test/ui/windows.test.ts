import assert from 'node:assert/strict';

import { startProxy } from '../support/proxy';
import { until } from '../support/until';
import { testedEditor } from './editor';
import { Workbench } from './workbench';

const variable = 'echo "${TIR_API_TOKEN:+set}"';

describe('a new window, trust, and profiles', () => {
  let workbench: Workbench;
  afterEach(function () {
    return workbench.close(this.currentTest);
  });

  it('a window that opens anew has the token in its first terminal', async () => {
    workbench = await Workbench.open('reopened');
    await workbench.openView();
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createToken('dev-laptop');
    await workbench.row(/^dev-laptop, in use/).waitFor();
    await workbench.reload();
    await workbench.row(/^dev-laptop, in use/).waitFor();
    assert.equal(await workbench.inNewTerminal(variable), 'set');
  });

  it('another window asks nobody for anything before its view is seen', async () => {
    const proxy = await startProxy(() => undefined);
    try {
      workbench = await Workbench.open('no-calls', { settings: { 'http.proxy': proxy.url } });
      const { emulator } = workbench;
      await workbench.openView();
      await workbench.signIn();
      await workbench.row(/^first-token, /).waitFor();
      await workbench.createToken('dev-laptop');
      await workbench.row(/^dev-laptop, in use/).waitFor();
      emulator.calls.length = 0;
      proxy.targets.length = 0;
      // It shows its files.
      const second = await workbench.openWindow();
      await second.statusItem.getByText('dev-laptop').waitFor();
      assert.equal(await second.inNewTerminal(variable), 'set', 'it is up, and terminals have their token');
      // The editor itself calls home, and asks for extensions.
      const ofTheEditor = /(^|\.)(microsoft\.com|visualstudio\.com|vscode-cdn\.net|open-vsx\.org):443$/;
      const others = proxy.targets.filter((target) => !ofTheEditor.test(target));
      assert.deepEqual([emulator.calls, others], [[], []]);
      await second.openView();
      await second.row(/^dev-laptop, in use/).waitFor();
      assert.ok(emulator.calls.length > 0);
    } finally {
      await proxy.stop();
    }
  });

  it('a workspace that is not trusted gets no token, until it is', async () => {
    workbench = await Workbench.open('trust', { askForTrust: true });
    await workbench.openView();
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createToken('dev-laptop');
    await workbench.row(/^dev-laptop, in use/).waitFor();
    await workbench.notification('Terminals here get it once you trust this workspace').waitFor();
    await workbench.screenshot('untrusted');
    await workbench.command('Terminal: Create New Terminal');
    // The editor opens it all the same where it is not trusted, on a machine that is not the browser's.
    if (testedEditor === 'newest') {
      await workbench.dialog.getByRole('button', { name: 'Cancel' }).click();
    } else {
      await workbench.page.locator('.terminal-wrapper').waitFor();
    }
    assert.equal(await workbench.inTerminal(variable), '');
    await workbench.command('TIR: Open Terminal with Token…');
    const refusal = workbench.notification('is not trusted, so its terminals get no token');
    await refusal.getByRole('button', { name: 'Manage Workspace Trust' }).click();
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).waitFor();

    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).click();
    // The editor tells extensions of the trust a moment after the click.
    await until('a new terminal to have the token', async () => (await workbench.inNewTerminal(variable)) === 'set');
  });

  it('Profiles: what is signed in to is there in every profile, and so is when a token was used; views are its own', async () => {
    workbench = await Workbench.open('profiles', { inAllProfiles: true });
    await workbench.openView();
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createToken('a-token');
    await workbench.row(/^a-token, in use, /).waitFor();
    await workbench.command('TIR: Copy Token');
    await workbench.answer('first-token', 'first-token');
    await workbench.page.locator('.statusbar').getByText('Copied the token "first-token".').waitFor();
    const names = (rows: Workbench) => rows.page.locator('.pane-body .label-name').allTextContents();
    await workbench.command('TIR: Sort Tokens…');
    await workbench.answer('Sort Tokens', 'Age');
    await until('rows by age', async () => (await names(workbench))[0] === 'first-token');

    const other = await workbench.openWindow('Work');
    await other.openView();
    await other.page.locator('.profile-badge', { hasText: 'WO' }).first().waitFor();
    await other.row(/^a-token, in use, /).waitFor();
    assert.deepEqual(await names(other), ['a-token', 'first-token']);
    // A row that is drawn anew meanwhile takes its tooltip away.
    await until('the other profile to know of the copy', async () => {
      await other.page.mouse.move(600, 400);
      await other.row(/^first-token, /).hover();
      const tooltip = other.page.getByText('Last used on this machine: copied');
      return tooltip.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
    });
    await other.screenshot('in-another-profile');

    await other.command('TIR: Sign Out…');
    await other.dialog.getByRole('button', { name: 'Sign Out' }).click();
    await workbench.welcomeButton('Sign In…').waitFor();
  });
});
