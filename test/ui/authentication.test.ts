import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { Workbench } from './workbench';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
const account = 'Project 4711 (Delhi)';

describe('another extension that asks for a token', () => {
  let workbench: Workbench;
  afterEach(function () {
    return workbench.close(this.currentTest);
  });

  /** What the other extension says of the token that it has. */
  const has = (what: string) =>
    workbench.page.locator('.statusbar-item[id$="consumer.consumer"]').getByText(`Consumer: ${what}`);
  const ask = async (title = 'Ask for a Token') => {
    await workbench.command(`Consumer: ${title}`);
    await consent().waitFor();
  };
  /** The editor's own question. */
  const consent = () =>
    workbench.page.getByRole('dialog').filter({ hasText: /The extension 'Consumer' wants .* using TIR AI Platform/ });
  const allow = () => consent().getByRole('button', { name: 'Allow' }).click();
  const made = (name: string) => workbench.emulator.made.find((token) => token.name === name)!;
  const gotNothing = () => workbench.notification('Consumer got nothing');

  it('Authentication provider: an extension gets a token once it is allowed, and follows it until the sign-out', async () => {
    workbench = await Workbench.open('authentication', { withConsumer: true });
    const { emulator, question, dialog, page } = workbench;
    await workbench.openView();
    const first = await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await has('no token').waitFor();

    await ask();
    await workbench.screenshot('authentication-consent');
    await consent().getByRole('button', { name: 'Cancel' }).click();
    await gotNothing().waitFor();
    await has('no token').waitFor();

    await ask();
    await allow();
    await question.filter({ hasText: account }).waitFor();
    await workbench.screenshot('authentication-account');
    await workbench.answer(account, account);
    await workbench.notification(`Consumer got ${sha256(first.value)} of ${account}.`).waitFor();
    await has(sha256(first.value)).waitFor();
    await workbench.screenshot('authentication-got');

    await workbench.createToken('dev-laptop');
    await workbench.row(/^dev-laptop, in use, /).waitFor();
    await has(sha256(made('dev-laptop').value)).waitFor();
    await workbench.rowMenu(/^dev-laptop, /, 'Rotate Token…', dialog);
    await dialog.getByRole('button', { name: 'Rotate', exact: true }).click();
    await workbench.row(/^dev-laptop-2, in use, /).waitFor();
    await has(sha256(made('dev-laptop-2').value)).waitFor();
    await workbench.reload();
    await has(sha256(made('dev-laptop-2').value)).waitFor({ timeout: 60_000 });

    const signOut = async () => {
      const item = page.getByRole('menuitem', { name: `${account} (TIR AI Platform)` });
      await page
        .locator('.activitybar')
        .getByRole('button', { name: /^Accounts/ })
        .click();
      await item.waitFor();
      await item.hover();
      await page.getByRole('menuitem', { name: 'Sign Out' }).waitFor();
      await workbench.screenshot('authentication-accounts');
      await page.getByRole('menuitem', { name: 'Sign Out' }).click();
      await page.getByRole('dialog').filter({ hasText: 'has been used by' }).waitFor();
      await workbench.screenshot('authentication-sign-out-1');
      await page.getByRole('dialog').getByRole('button', { name: 'Sign Out' }).click();
      await dialog.getByText(`Sign out of ${account}?`).waitFor();
      await workbench.screenshot('authentication-sign-out-2');
    };
    await signOut();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await workbench.screenshot('authentication-sign-out-cancelled');
    await has(sha256(made('dev-laptop-2').value)).waitFor();
    await signOut();
    await dialog.getByRole('button', { name: 'Sign Out' }).click();
    await has('no token').waitFor();
    await workbench.welcomeButton('Sign In…').waitFor();
    assert.equal(emulator.tokens.length, 2, 'nothing was revoked');
  });
});
