import assert from 'node:assert/strict';

import { holdCall } from '../emulator/fault';
import { until } from '../support/until';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

describe('Commands', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  it('keep the entered values when the sign-in goes back or fails', async () => {
    const { emulator, question } = workbench;
    const token = emulator.seed('first-token');
    await workbench.welcomeButton('Sign In…').click();
    await workbench.answer('Paste the token or text that contains it', 'a b');
    await question.getByText('only ASCII characters').waitFor();
    await workbench.answer('Sign In to TIR (1/3)', token.value);
    await question.filter({ hasText: 'The API key' }).waitFor();
    await question.getByRole('button', { name: 'Back' }).click();
    await question.filter({ hasText: 'Paste the token or text that contains it' }).waitFor();
    const input = question.locator('.quick-input-box input');
    assert.equal(await input.getAttribute('type'), 'password');
    assert.equal((await input.inputValue()) === token.value, true, 'what was entered is still there');
    await input.press('Enter');
    await workbench.answer('the API key', token.apiKey);
    await workbench.answer("Enter the project's ID", '9');
    // The project is wrong, so it's asked again with the reason.
    await question.getByText("The token works, but TIR doesn't list tokens of project 9 in any location").waitFor();
    await workbench.screenshot('sign-in-again');
    await workbench.answer('The token works', '4711');
    await workbench.row(/^first-token, /).waitFor();
  });

  it('end on Escape without a notification or dialog', async () => {
    await workbench.welcomeButton('Sign In…').click();
    await workbench.question.filter({ hasText: 'Paste the token or text that contains it' }).waitFor();
    await workbench.page.keyboard.press('Escape');
    await workbench.question.waitFor({ state: 'hidden' });
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.notification("You're signed in").waitFor();
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.notification(/./).first().waitFor({ state: 'detached' });
    // Notifications come in order, so one about this Escape would show before the one about the creation.
    await workbench.command('TIR: Create Token…');
    await workbench.question.filter({ hasText: 'where the token will be used' }).waitFor();
    await workbench.page.keyboard.press('Escape');
    await workbench.createToken('dev-laptop');
    await workbench.notification('"dev-laptop" was created').waitFor();
    // The progress of the creation may still show after the result does.
    assert.equal(await workbench.notification(/./).filter({ hasNotText: 'Creating the token' }).count(), 1);
    assert.equal(await workbench.dialog.count(), 0);
  });

  it('store the value of a creation that was canceled too late, and say so', async () => {
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    const { fault, letGo } = holdCall();
    workbench.emulator.fail('POST', fault);
    await workbench.command('TIR: Create Token…');
    await workbench.answer('where the token will be used', 'slow-one');
    await workbench.notification('Creating the token "slow-one"').getByRole('button', { name: 'Cancel' }).click();
    await workbench.notification('Creating the token "slow-one"').waitFor({ state: 'detached' });
    // VS Code's messages come in order: once the list is requested, the click has arrived, too.
    const lists = () => workbench.emulator.calls.filter((call) => call.startsWith('GET')).length;
    const before = lists();
    await workbench.command('TIR: Refresh');
    await until('the list to be asked for', () => lists() > before);
    letGo();
    await workbench.notification('was created and stored before you canceled').waitFor();
    await workbench.row(/^slow-one, .*value stored on this machine$/).waitFor();
    assert.equal(workbench.emulator.calls.filter((call) => call.startsWith('POST')).length, 1);
  });

  it('delete several selected tokens after one dialog that names them', async () => {
    const { emulator } = workbench;
    for (const name of ['a-first', 'b-second', 'c-third']) {
      emulator.seed(name);
    }
    await workbench.signIn();
    await workbench.row(/^a-first, /).click();
    await workbench.row(/^b-second, /).click({ modifiers: ['ControlOrMeta'] });
    await workbench.rowButton(/^b-second, /, 'Delete Token…');
    await workbench.dialog.getByText('Delete 2 tokens?').waitFor();
    await workbench.dialog.getByText('• b-second').waitFor();
    await workbench.screenshot('delete-several');
    await workbench.dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await workbench.row(/^a-first, /).waitFor({ state: 'detached' });
    await workbench.row(/^b-second, /).waitFor({ state: 'detached' });
    assert.deepEqual(
      emulator.tokens.map(({ name }) => name),
      ['c-third', 'first-token'],
    );
  });

  it('ask before they delete a token with the Command Palette or the Delete key', async () => {
    const { emulator, page } = workbench;
    emulator.seed('a-first');
    emulator.seed('b-second');
    await workbench.signIn();
    await workbench.row(/^b-second, /).waitFor();
    await workbench.command('TIR: Delete Token…');
    await workbench.answer('a-first', 'a-first');
    await workbench.dialog.getByText('Delete the token "a-first"?').waitFor();
    await page.keyboard.press('Enter');
    await workbench.row(/^a-first, /).waitFor({ state: 'detached' });

    await workbench.row(/^b-second, /).click();
    await page.keyboard.press('Delete');
    // A redraw that's still running may clear the selection. Then the Delete key asks which token is meant.
    await workbench.question.or(workbench.dialog).first().waitFor();
    if (await workbench.question.isVisible()) {
      await workbench.answer('b-second', 'b-second');
    }
    await workbench.dialog.getByText('Delete the token "b-second"?').waitFor();
    await page.keyboard.press('Escape');
    await workbench.dialog.waitFor({ state: 'detached' });
    assert.deepEqual(
      emulator.tokens.map(({ name }) => name),
      ['b-second', 'first-token'],
    );
  });

  it('offer Add Token Value when the value of a token to use is not stored', async () => {
    workbench.emulator.listWithValues = false;
    const { value, apiKey } = workbench.emulator.seed('made-elsewhere');
    await workbench.signIn();
    await workbench.answer('Which token did you paste?', 'first-token');
    await workbench.row(/^made-elsewhere, .*value not stored on this machine$/).waitFor();
    await workbench.rowButton(/^made-elsewhere, /, 'Use in Terminals');
    await workbench
      .notification('Can\'t use the token "made-elsewhere"')
      .getByRole('button', { name: 'Add Token Value…' })
      .click();
    await workbench.answer('Paste the value of "made-elsewhere"', value);
    await workbench.answer('created with the token', apiKey);
    await workbench.row(/^made-elsewhere, .*value stored on this machine$/).waitFor();
    await workbench.rowButton(/^made-elsewhere, /, 'Use in Terminals');
    await workbench.row(/^made-elsewhere, in use/).waitFor();
  });

  it('check extra variable names while they are typed, and set them in new terminals', async () => {
    const { question } = workbench;
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createToken('dev-laptop');

    await workbench.command('TIR: Set Extra Variable Names…');
    await question.filter({ hasText: 'Set Extra Variable Names for' }).waitFor();
    const input = question.locator('.quick-input-box input');
    await input.fill('OPENAI_API_KEY, PATH');
    await question.getByText("PATH can't have the token").waitFor();
    await workbench.screenshot('variable-names');
    await input.fill('OPENAI_API_KEY');
    await input.press('Enter');
    await question.waitFor({ state: 'detached' });
    const same = '[ -n "$TIR_API_TOKEN" ] && [ "$OPENAI_API_KEY" = "$TIR_API_TOKEN" ] && echo same';
    assert.equal(await workbench.inNewTerminal(same), 'same');
    await workbench.showStatusTooltip('OPENAI_API_KEY');
    await workbench.screenshot('variable-names-status');
  });
});
