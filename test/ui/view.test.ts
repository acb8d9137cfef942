import assert from 'node:assert/strict';

import { holdCall } from '../emulator/fault';
import { themes } from './editor';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

describe('View', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  it('offers to sign in, and links to TIR for a first token, when signed out', async () => {
    await workbench.welcomeButton('Sign In…').waitFor();
    const link = workbench.page.locator('.welcome-view-content').getByRole('button', { name: 'Make the first one' });
    assert.equal(await link.getAttribute('href'), 'https://tir.e2enetworks.com');
    await workbench.screenshot('signed-out');
  });

  it('shows that tokens are loading, and then the list', async () => {
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    const { fault, letGo } = holdCall();
    workbench.emulator.fail('GET', fault);
    await workbench.reload();
    await workbench.viewText('Loading tokens…').waitFor();
    await workbench.screenshot('loading');
    letGo();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.viewText('Loading tokens…').waitFor({ state: 'detached' });
  });

  it('says that there are no tokens, and offers to create one, when the list is empty', async () => {
    await workbench.signIn({ listed: false });
    await workbench.viewText('no tokens of yours yet').waitFor();
    await workbench.screenshot('empty');
    await workbench.welcomeButton('Create Token…').click();
    await workbench.answer('where the token will be used', 'first-of-all');
    await workbench.row(/^first-of-all, created .*, value stored$/).waitFor();
  });

  it('describes use, expiry and stored values of each token in words, in each theme', async () => {
    const day = 24 * 60 * 60 * 1000;
    workbench.emulator.seed('ci-pipeline', { createdAt: Date.now() - 349 * day });
    workbench.emulator.seed('old-workstation', { createdAt: Date.now() - 371 * day });
    await workbench.signIn();
    await workbench.row(/^ci-pipeline, expires in 16 days, created [^,]*, [^,]*$/).waitFor();
    await workbench.row(/^old-workstation, expired, created [^,]*, [^,]*$/).waitFor();
    await workbench.createAndUse('dev-laptop');
    for (const [name, theme, themeClass] of themes) {
      await workbench.theme(theme, themeClass);
      await workbench.row(/^dev-laptop, in use, created .*, value stored$/).hover();
      await workbench.screenshot(`list-${name}`);
    }
  });

  it('keeps the last list while TIR is offline, and says when it was loaded', async () => {
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    workbench.emulator.fail('GET', { reset: 'before' }, 99);
    await workbench.command('TIR: Refresh');
    await workbench.viewText(/^Offline: this is the list of .* Couldn't reach/).waitFor();
    await workbench
      .notification(/Couldn't reach/)
      .getByRole('button', { name: 'Try Again' })
      .waitFor();
    assert.equal(await workbench.row(/^first-token, /).count(), 1);
    await workbench.screenshot('offline');
  });

  for (const [state, fault, words] of [
    ['failed', { status: 500 }, /^Couldn't load your tokens from TIR/],
    ['unreachable', { reset: 'before' }, /^TIR cannot be reached/],
  ] as const) {
    it(`shows the error and a Try Again button if no list was loaded yet: ${state}`, async () => {
      await workbench.signIn();
      await workbench.row(/^first-token, /).waitFor();
      workbench.emulator.fail('GET', fault, 99);
      await workbench.reload();
      await workbench.viewText(words).waitFor();
      await workbench.screenshot(state);
      workbench.emulator.heal();
      await workbench.welcomeButton('Try Again').click();
      await workbench.row(/^first-token, /).waitFor();
    });
  }

  it('asks to sign in again when TIR refuses the token, and then shows the list', async () => {
    const first = await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    workbench.emulator.revoke(first.id);
    await workbench.command('TIR: Refresh');
    await workbench.viewText('TIR refused the token that you signed in with').waitFor();
    await workbench.row(/^first-token, /).waitFor({ state: 'detached' });
    await workbench.screenshot('refused');
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
  });
});
