import assert from 'node:assert/strict';

import { until } from '../support/until';
import { Consumer, sha256 } from './consumer';
import { shareWorkbench } from './shareWorkbench';
import { succeeds, type Workbench } from './workbench';

const account = 'Project 4711 (Delhi)';

describe('Authentication provider', () => {
  let workbench: Workbench;
  let consumer: Consumer;
  shareWorkbench(
    (shared) => {
      workbench = shared;
      consumer = new Consumer(shared);
    },
    { fresh: true, editor: { name: 'consumer', withConsumer: true } },
  );

  const made = (name: string) => workbench.emulator.made.findLast((token) => token.name === name)!;

  it('gives an allowed extension the token in use, and updates it until the sign-out', async () => {
    const { emulator, question, dialog, page } = workbench;
    const first = await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await consumer.has('no token').waitFor();

    await consumer.ask();
    await workbench.screenshot('authentication-consent');
    await consumer.consent.getByRole('button', { name: 'Cancel' }).click();
    await consumer.gotNothing.waitFor();
    await consumer.has('no token').waitFor();

    await consumer.ask();
    await consumer.allow();
    await question.filter({ hasText: account }).waitFor();
    await workbench.screenshot('authentication-account');
    await workbench.answer(account, account);
    await workbench.notification(`Consumer got ${sha256(first.value)} of ${account}.`).waitFor();
    await consumer.has(sha256(first.value)).waitFor();
    await workbench.screenshot('authentication-got');

    await workbench.createAndUse('dev-laptop');
    await consumer.has(sha256(made('dev-laptop').value)).waitFor();
    await workbench.rowMenu(/^dev-laptop, /, 'Rotate Token…', dialog);
    await dialog.getByRole('button', { name: 'Rotate', exact: true }).click();
    await workbench.row(/^dev-laptop-2, in use, /).waitFor();
    await consumer.has(sha256(made('dev-laptop-2').value)).waitFor();
    // The rotation ends with the old token.
    await workbench.row(/^dev-laptop, /).waitFor({ state: 'detached' });
    await workbench.reload();
    await consumer.has(sha256(made('dev-laptop-2').value)).waitFor();

    const signOut = async () => {
      const accounts = page.locator('.activitybar').getByRole('button', { name: /^Accounts/ });
      const item = workbench.menuItem(`${account} (TIR AI Platform)`);
      const out = workbench.menuItem('Sign Out');
      const asked = page.getByRole('dialog').filter({ hasText: 'has been used by' });
      const within = { timeout: 5000 };
      const open = async () => {
        await page.keyboard.press('Escape');
        await accounts.click(within);
        await item.hover(within);
        await out.waitFor(within);
        await workbench.screenshot('authentication-accounts');
      };
      // A menu that opens before VS Code knows all accounts lacks them, and one that has just opened ignores clicks.
      await until('the menu to take "Sign Out"', async () => {
        if (!(await out.isVisible()) && !(await succeeds(open()))) {
          return false;
        }
        await succeeds(out.click({ timeout: 1000 }));
        return succeeds(asked.waitFor({ timeout: 2000 }));
      });
      await workbench.screenshot('authentication-sign-out-1');
      await page.getByRole('dialog').getByRole('button', { name: 'Sign Out' }).click();
      await dialog.getByText(`Sign out of ${account}?`).waitFor();
      await workbench.screenshot('authentication-sign-out-2');
    };
    await signOut();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await workbench.screenshot('authentication-sign-out-cancelled');
    await consumer.has(sha256(made('dev-laptop-2').value)).waitFor();
    await signOut();
    await dialog.getByRole('button', { name: 'Sign Out' }).click();
    await consumer.has('no token').waitFor();
    await workbench.welcomeButton('Sign In…').waitFor();
    assert.equal(emulator.tokens.length, 2, 'no token was deleted');
  });

  it('asks for a token of the project if no project is signed in, and reports Escape as a cancellation', async () => {
    const { emulator, question, page } = workbench;
    const { value, apiKey } = emulator.seed('first-token');
    await consumer.has('no token').waitFor();
    await consumer.ask();
    await consumer.allow();
    await question.filter({ hasText: 'Paste the token or text that contains it' }).waitFor();
    await workbench.screenshot('authentication-sign-in');
    await page.keyboard.press('Escape');
    await consumer.gotNothing.getByText('Canceled').waitFor();

    await consumer.ask();
    await consumer.allow();
    await workbench.answer('Sign In to TIR (1/2)', value);
    await workbench.answer('the API key', apiKey);
    await workbench.notification(`Consumer got ${sha256(value)} of ${account}.`).waitFor();
    await consumer.has(sha256(value)).waitFor();
  });

  it('adds or creates a token if the project has no stored value, and leaves terminals unchanged', async () => {
    const { emulator, question, page } = workbench;
    await workbench.signIn({ projectId: 9 }, 'other-project');
    await workbench.row(/^other-project, /).waitFor();
    await workbench.createAndUse('in-terminals');
    const elsewhere = emulator.seed('made-elsewhere');
    // The list then doesn't tell which of the tokens was pasted.
    emulator.listWithValues = false;
    await workbench.signIn({}, 'unknown', () => workbench.command('TIR: Sign In…'));
    await question.filter({ hasText: 'Which token did you paste?' }).waitFor();
    await page.keyboard.press('Escape');
    await workbench.row(/^made-elsewhere, .*value not stored on this machine$/).waitFor();

    await consumer.ask();
    await consumer.allow();
    await question.getByPlaceholder(`Select the token of ${account} for other extensions.`).waitFor();
    await question.getByRole('option', { name: 'Create Token…' }).waitFor();
    await workbench.screenshot('authentication-which');
    await workbench.answer('Create Token…', 'made-elsewhere');
    await workbench.answer('Paste the value of "made-elsewhere"', elsewhere.value);
    await workbench.answer('created with the token', elsewhere.apiKey);
    await workbench.notification(`Consumer got ${sha256(elsewhere.value)} of ${account}.`).waitFor();

    await consumer.ask('Renew for Project 4711');
    await consumer.allow();
    await workbench.answer('Create Token…', 'Create Token…');
    await workbench.answer('where the token will be used', 'for-extensions');
    await workbench.row(/^for-extensions, created .*value stored on this machine$/).waitFor();
    await consumer.has(sha256(made('for-extensions').value)).waitFor();
    await workbench.row(/^in-terminals, in use, /).waitFor();
    await workbench.screenshot('authentication-created');
    assert.equal(await workbench.inNewTerminal(workbench.whoami), 'in-terminals');
  });

  it('updates the token when another window switches or deletes it', async () => {
    const first = workbench;
    await first.signIn();
    await first.row(/^first-token, /).waitFor();
    await first.createAndUse('dev-laptop');
    await consumer.ask();
    await consumer.allow();
    await first.answer(account, account);
    await consumer.has(sha256(made('dev-laptop').value)).waitFor();

    const window = await first.openWindow();
    const second = new Consumer(window);
    await second.has(sha256(made('dev-laptop').value)).waitFor();
    await first.rowButton(/^first-token, /, 'Use in Terminals');
    await window.toFront();
    await second.has(sha256(made('first-token').value)).waitFor();
    await first.rowButton(/^first-token, /, 'Delete Token…');
    await first.dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await window.toFront();
    await second.has(sha256(made('dev-laptop').value)).waitFor();
  });

  it('asks which project to use, or signs in to another one, if the extension names none', async () => {
    const { emulator, question, page } = workbench;
    emulator.seed('made-elsewhere');
    emulator.listWithValues = false;
    await workbench.signIn({}, 'unknown');
    await question.filter({ hasText: 'Which token did you paste?' }).waitFor();
    await page.keyboard.press('Escape');
    await workbench.row(/^made-elsewhere, .*value not stored on this machine$/).waitFor();
    emulator.listWithValues = true;
    await consumer.ask('Ask for Any Project');
    await consumer.allow();
    await question.getByRole('option', { name: account }).waitFor();
    await workbench.screenshot('authentication-any');
    const { value } = await workbench.signIn({ projectId: 9 }, 'other-project', () =>
      workbench.answer('Token for Another Extension', 'Sign In…'),
    );
    await workbench.notification(`Consumer got ${sha256(value)} of Project 9 (Delhi).`).waitFor();

    await consumer.ask();
    await consumer.allow();
    await workbench.answer('Create Token…', 'Create Token…');
    await workbench.answer('where the token will be used', 'for-extensions');
    await workbench.row(/^for-extensions, created .*value stored on this machine$/).waitFor();
    await consumer.has(sha256(made('for-extensions').value)).waitFor();
    await workbench.statusItem.getByText('No TIR token').waitFor();
  });
});
