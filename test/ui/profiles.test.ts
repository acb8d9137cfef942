import assert from 'node:assert/strict';

import { until } from '../support/until';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

describe('profiles', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared), { editor: { name: 'profiles', inAllProfiles: true } });

  it('Profiles: what is signed in to is there in every profile, and so is when a token was used; views are its own', async () => {
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
