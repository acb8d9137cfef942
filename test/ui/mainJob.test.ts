import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { statusOf } from '../support/whoami';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

const hash = `node -e "console.log(require('crypto').createHash('sha256').update(process.env.TIR_API_TOKEN ?? '').digest('hex'))"`;

describe('Main job', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  it('signs in, creates a token, uses it in a terminal, and deletes it, by mouse and keyboard', async () => {
    const { emulator } = workbench;
    await workbench.signIn();
    await workbench.row(/^first-token, in use, created .*, value stored on this machine$/).waitFor();
    const signedIn = workbench.notification("You're signed in, and the token is in use. New terminals have it.");
    await signedIn.getByRole('button', { name: 'Open Terminal' }).click();
    await workbench.page.locator('.terminal-wrapper.active').waitFor();
    assert.equal(await workbench.inTerminal(workbench.whoami), 'first-token');

    await workbench.command('TIR: Create Token…');
    await workbench.question.filter({ hasText: 'where the token will be used' }).waitFor();
    const input = workbench.question.locator('.quick-input-box input');
    assert.match(await input.inputValue(), /-my-project$/, 'the suggestion names the workspace');
    await input.fill('two words');
    await workbench.question.getByText('letters, digits, "-", "_" and "."').waitFor();
    await input.fill('first-token');
    await workbench.question.getByText('already has a token "first-token"').waitFor();
    await input.fill('dev-laptop');
    await input.press('Enter');
    await workbench.row(/^dev-laptop, created .*, value stored on this machine$/).waitFor();
    const value = emulator.tokens.at(-1)?.value ?? '';

    await workbench.notification('"dev-laptop" was created').getByRole('button', { name: 'Use in Terminals' }).click();
    await workbench.row(/^dev-laptop, in use, /).waitFor();
    const status = statusOf(emulator.origin);
    assert.equal(await workbench.inNewTerminal(hash), createHash('sha256').update(value).digest('hex'));
    assert.equal(await workbench.inTerminal(workbench.whoami), 'dev-laptop');
    await workbench.screenshot('main-job');

    await workbench.rowButton(/^dev-laptop, /, 'Delete Token…');
    await workbench.dialog.getByText('Delete the token "dev-laptop"?').waitFor();
    await workbench.dialog.getByText('"dev-laptop" is in use').waitFor();
    await workbench.screenshot('delete-modal');
    await workbench.dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await workbench.inTerminal(status), '200', 'nothing is deleted before the confirmation');

    await workbench.rowButton(/^dev-laptop, /, 'Delete Token…');
    await workbench.dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await workbench.row(/^dev-laptop, /).waitFor({ state: 'detached' });
    assert.equal(await workbench.inTerminal(status), '401');
    assert.equal(await workbench.inNewTerminal('echo "${TIR_API_TOKEN-unset}"'), 'unset');
  });
});
