import assert from 'node:assert/strict';

import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

const day = 24 * 60 * 60 * 1000;

describe('Signing in to projects', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  it('asks which token was pasted if the list has no values, and works without an answer', async () => {
    const { emulator, question, page } = workbench;
    emulator.listWithValues = false;
    emulator.seed('another');
    await workbench.signIn();
    await question.getByText('Which token did you paste?').waitFor();
    await workbench.screenshot('which-token');
    await workbench.answer('Which token did you paste?', 'first-token');
    await workbench.row(/^first-token, .*value stored on this machine$/).waitFor();
    await workbench.row(/^another, .*value not stored on this machine$/).waitFor();
    await workbench.command('TIR: Sign Out…');
    await workbench.dialog.getByRole('button', { name: 'Sign Out' }).click();
    await workbench.signIn({}, 'second-token');
    await question.getByText('Which token did you paste?').waitFor();
    await page.keyboard.press('Escape');
    await workbench.row(/^second-token, .*value not stored on this machine$/).waitFor();
  });

  it('adds a project in the account of a contact person, uses its token, and signs out of it', async () => {
    const { emulator, question } = workbench;
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    const owner = { name: 'Asha Rao', email: 'asha@example.com' };
    emulator.accounts = [{ id: 77, owner, role: 'Member', has_tir_access: true }];
    const theirs = emulator.seed('theirs', { projectId: 52, location: 'Chennai', activeIam: 77 });
    await workbench.command('TIR: Sign In…');
    await workbench.answer('Paste the token or text that contains it', theirs.value);
    await workbench.answer('the API key', theirs.apiKey);
    await workbench.answer("Enter the project's ID", 'https://tir.e2enetworks.com/projects/52/tokens');
    await question.getByPlaceholder('Which account is it in?').waitFor();
    await workbench.screenshot('which-account');
    await workbench.answer('Sign In to TIR', 'Asha Rao');
    await workbench.row('Project 4711 (Delhi)').waitFor();
    await workbench.row('Project 52 (Chennai), account 77').waitFor();
    // While VS Code redraws the tree, it can't tell which row a click was for. This is the last change.
    await workbench.row(/^theirs, .*value stored on this machine$/).waitFor();
    await workbench.screenshot('several-projects');
    await workbench.rowButton(/^theirs, /, 'Use in Terminals');
    await workbench.page.getByRole('button', { name: /New terminals have the TIR token "theirs"/ }).waitFor();
    await workbench.command('TIR: Sign Out…');
    await workbench.answer('Sign Out', 'Project 52');
    await workbench.dialog.getByRole('button', { name: 'Sign Out' }).click();
    await workbench.row(/^theirs, /).waitFor({ state: 'detached' });
    await workbench.row('Project 4711 (Delhi)').waitFor({ state: 'detached' });
  });

  it('reports once that TIR refuses the token in use, and offers to use another one', async () => {
    const { emulator, page } = workbench;
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createAndUse('dev-laptop');
    emulator.revoke(emulator.tokens.at(-1)!.id);
    await workbench.command('TIR: Refresh');
    const said = workbench.notification('TIR refuses the token "dev-laptop": it no longer exists');
    await said.waitFor();
    await workbench.screenshot('refused-in-use');
    await said.getByRole('button', { name: 'Use Another…' }).click();
    await workbench.answer('Use in Terminals', 'first-token');
    await page.getByRole('button', { name: /New terminals have the TIR token "first-token"/ }).waitFor();
    for (const name of ['seen-by-a-refresh', 'seen-by-the-next']) {
      emulator.seed(name);
      await workbench.command('TIR: Refresh');
      await workbench.row(new RegExp(`^${name}, `)).waitFor();
    }
    assert.equal(await said.count(), 0, 'a repeated notification would show before the second refresh ends');
  });
});

describe('Rotation reminder', () => {
  let workbench: Workbench;
  // Forgetting everything doesn't reset whether a reminder was shown today.
  shareWorkbench((shared) => (workbench = shared), { fresh: true });

  it('shows once a day when a window opens, and offers to rotate the token', async () => {
    const { emulator } = workbench;
    await workbench.signIn({ createdAt: Date.now() - 120 * day });
    // A row shows before its value is stored, and the next window's reminder depends on the stored value.
    await workbench.row(/^first-token, .*value stored on this machine$/).waitFor();
    await workbench.reload();
    const reminder = workbench.notification('It\'s time to rotate the token "first-token", which is 120 days old.');
    await reminder.waitFor();
    await workbench.screenshot('reminder');
    await reminder.getByRole('button', { name: 'Rotate…' }).click();
    await workbench.dialog.getByText('Rotate the token "first-token"?').waitFor();
    await workbench.dialog.getByRole('button', { name: 'Cancel' }).click();
    await workbench.reload();
    await workbench.row(/^first-token, /).waitFor();
    // A window would show a reminder before it runs a command.
    emulator.seed('seen-by-a-refresh');
    await workbench.command('TIR: Refresh');
    await workbench.row(/^seen-by-a-refresh, /).waitFor();
    assert.equal(await reminder.count(), 0);
  });
});
