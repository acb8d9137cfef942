import assert from 'node:assert/strict';

import { until } from '../support/until';
import { Workbench } from './workbench';

/** Those that need what a browser has not. */
const needMachine = {
  openTerminal: 'TIR: Open Terminal with Token…',
  saveToEnvFile: 'TIR: Save to .env…',
  setGitHubSecret: 'TIR: Set as GitHub Actions Secret…',
};

describe('an editor in the browser alone', () => {
  let workbench: Workbench;
  beforeEach(async () => {
    workbench = await Workbench.open('browser', { inBrowserAlone: true });
    await workbench.openView();
  });
  afterEach(function () {
    return workbench.close(this.currentTest);
  });

  /** Against an API that lets pages call it. */
  const signIn = async () => {
    workbench.emulator.allowsPages = true;
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
  };
  const copy = async (name: string) => {
    await workbench.command('TIR: Copy Token');
    await workbench.answer(name, name);
    await workbench.page.locator('.statusbar').getByText(`Copied the token "${name}".`).waitFor();
  };

  it('Remote and web: signs in, creates, copies and writes down without a machine, and the next page has it all', async () => {
    const { page } = workbench;
    await signIn();
    await workbench.createToken('web-token');
    await workbench.row(/^web-token, in use, /).waitFor();
    await copy('web-token');

    await workbench.reload();
    await page.locator('.activitybar').waitFor();
    await workbench.command('View: Show TIR AI Platform');
    await workbench.row(/^web-token, in use, /).waitFor();
    await workbench.command('TIR: Show Token Activity');
    for (const action of ['sign-in', 'create', 'copy']) {
      await page.locator('.view-line', { hasText: action }).first().waitFor();
    }
    await workbench.screenshot('in-the-browser');

    const other = await workbench.openWindow();
    await other.openView();
    await other.row(/^web-token, in use, /).waitFor();
    await other.createToken('from-the-other');
    await workbench.row(/^from-the-other, /).waitFor();
  });

  it('Profiles: what is signed in to is there in every profile, and so is when a token was used; views are its own', async () => {
    await signIn();
    await workbench.createToken('a-token');
    await workbench.row(/^a-token, in use, /).waitFor();
    await copy('first-token');
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

  it('Remote and web: says what it cannot do in a browser', async () => {
    const { emulator, page, question } = workbench;
    await workbench.signIn({}, 'not-allowed');
    await question.getByText('whether the API can be called by pages (CORS)').waitFor();
    await workbench.screenshot('not-for-pages');
    await page.keyboard.press('Escape');

    await signIn();
    emulator.fail('GET', { redirect: `${emulator.origin}/whoami/` });
    await workbench.command('TIR: Refresh');
    await workbench.notification('refused a redirect').waitFor();

    await page.keyboard.press('F1');
    const input = question.locator('.quick-input-box input');
    for (const title of Object.values(needMachine)) {
      await input.fill(`>${title}`);
      // What is left is what the editor finds alike.
      await question
        .getByText(/similar commands|No matching commands/)
        .first()
        .waitFor();
      assert.equal(await question.getByRole('option', { name: title }).count(), 0);
    }
    await page.keyboard.press('Escape');

    await page.keyboard.press('F1');
    await input.fill('>Preferences: Open Keyboard Shortcuts (JSON)');
    await question.getByRole('option', { name: /^Preferences: Open Keyboard Shortcuts \(JSON\)/ }).click();
    await page.locator('.view-line', { hasText: /Place.your.key.bindings/ }).waitFor();
    await page.keyboard.press('ControlOrMeta+a');
    const keys = Object.keys(needMachine).map((name, i) => ({ key: `ctrl+alt+${i + 1}`, command: `tir.menu.${name}` }));
    await page.keyboard.insertText(JSON.stringify(keys));
    await page.keyboard.press('ControlOrMeta+s');
    for (const { key, command } of keys) {
      const refusal = workbench.notification('This needs VS Code on a computer');
      // The editor comes to know its new keys after a while.
      await until(`${command} to be refused`, async () => {
        await page.keyboard.press(key.replace('ctrl', 'Control').replace('alt', 'Alt'));
        return refusal.isVisible();
      });
      await workbench.command('Notifications: Clear All Notifications');
      await refusal.waitFor({ state: 'detached' });
    }
  });
});
