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
    await workbench.dialog.getByText(/The extension 'Consumer' wants .* using TIR AI Platform/).waitFor();
  };
  const allow = () => workbench.dialog.getByRole('button', { name: 'Allow' }).click();
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
    await dialog.getByRole('button', { name: 'Cancel' }).click();
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
  });
});
