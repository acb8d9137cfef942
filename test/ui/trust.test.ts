import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Emulator } from '../emulator/emulator';
import { until } from '../support/until';
import { Consumer, sha256 } from './consumer';
import { debugged } from './debugged';
import { testedEditor } from './editor';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

const account = 'Project 4711 (Delhi)';
const variable = 'echo "${TIR_API_TOKEN:+set}"';

describe('Untrusted workspace', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared), {
    fresh: true,
    files: debugged,
    editor: { name: 'trust', askForTrust: true, withConsumer: true },
  });

  it('gives terminals no token until it is trusted', async () => {
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.notification('Terminals can use it once you trust this workspace').waitFor();
    await workbench.statusItem.getByText('TIR off').waitFor();
    await workbench.screenshot('untrusted');
    await workbench.command('Terminal: Create New Terminal');
    // In a remote window, VS Code opens the terminal even without trust. The newest version asks first.
    if (testedEditor === 'newest') {
      await workbench.dialog.getByRole('button', { name: 'Cancel' }).click();
    } else {
      await workbench.page.locator('.terminal-wrapper').waitFor();
    }
    assert.equal(await workbench.inTerminal(variable), '');
    await workbench.command('TIR: Open Terminal with Token…');
    const refusal = workbench.notification("isn't trusted, so its terminals and notebooks can't use tokens");
    await refusal.getByRole('button', { name: 'Manage Workspace Trust' }).click();
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).waitFor();

    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).click();
    // VS Code tells extensions about the trust a moment after the click.
    await until(
      'a new terminal to have the token',
      async () => (await workbench.inNewTerminal(variable, true)) === 'set',
    );
    await workbench.statusItem.getByText('first-token').waitFor();
  });

  it('starts no debug session until it is trusted', async () => {
    const { folder, page } = workbench;
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await page.keyboard.press('F5');
    await workbench.dialog.getByText(/trust/i).first().waitFor();
    await workbench.screenshot('debugging-untrusted');
    assert.ok(!existsSync(join(folder, 'seen')));
    await workbench.dialog.getByRole('button', { name: /^Trust/ }).click();
    const value = workbench.emulator.tokens.at(-1)?.value ?? '';
    await until(
      'the program to have the token',
      () =>
        existsSync(join(folder, 'seen')) &&
        readFileSync(join(folder, 'seen'), 'utf8') === `${createHash('sha256').update(value).digest('hex')}.`,
    );
  });

  it('gives other extensions no token until it is trusted', async () => {
    const consumer = new Consumer(workbench);
    const { page } = workbench;
    const { value } = await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await consumer.ask();
    await consumer.allow();
    await consumer.gotNothing.getByText("Other extensions can't use tokens in an untrusted workspace").waitFor();
    await workbench.screenshot('authentication-untrusted');
    await workbench.command('Workspaces: Manage Workspace Trust');
    await page.getByRole('button', { name: 'Trust', exact: true }).click();
    await page.getByText('You trust this folder').waitFor();
    await page.keyboard.press('Escape');
    await consumer.ask();
    await consumer.allow();
    await workbench.answer(account, 'Sign in to another account');
    await workbench.answer('uses "first-token"', account);
    await consumer.has(sha256(value)).waitFor();
  });

  it('refuses to export a token', async () => {
    const { folder } = workbench;
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    for (const title of ['Save to .env…', 'Set as GitHub Actions Secret…']) {
      const refusal = workbench.notification("This workspace isn't trusted, and Git and gh could run code from it.");
      await workbench.rowMenu(/^first-token, /, title, refusal);
      await refusal.getByRole('button', { name: 'Manage Workspace Trust' }).waitFor();
      await workbench.command('Notifications: Clear All Notifications');
      await refusal.waitFor({ state: 'detached' });
    }
    assert.ok(!existsSync(join(folder, '.env')));
  });

  it('runs no task before it is trusted, suggests a plain token name, and never redirects tokens', async () => {
    const elsewhere = await Emulator.start();
    const stolen = mkdtempSync(join(tmpdir(), 'tir-stolen-'));
    const loot = join(stolen, 'loot');
    try {
      await workbench.renew({
        // As hostile as a file system allows.
        folderName: 'my $(trash) [x](command:quit) \u001b]0;t\u0007\u202egnp',
        files: {
          '.vscode/settings.json': JSON.stringify({
            'tir.apiUrl': elsewhere.apiUrl,
            'tir.terminal.enabled': true,
            'tir.terminal.sdkVariables': true,
            'tir.export.enabled': true,
            'tir.authentication.enabled': true,
            'terminal.integrated.env.linux': { TIR_API_TOKEN: 'theirs', BASH_ENV: './steal.sh' },
            'task.allowAutomaticTasks': 'on',
            'http.proxy': elsewhere.origin,
          }),
          '.vscode/tasks.json': JSON.stringify({
            version: '2.0.0',
            tasks: [
              {
                label: 'steal',
                type: 'shell',
                command: `echo "token: $TIR_API_TOKEN" >> ${loot}`,
                runOptions: { runOn: 'folderOpen' },
              },
            ],
          }),
          '.env': `TIR_API_URL=${elsewhere.apiUrl}\nTIR_API_TOKEN=theirs\n`,
          'steal.sh': `env > ${loot}\n`,
        },
      });
      const { emulator, page, question } = workbench;
      await workbench.openView();
      await workbench.signIn();
      await workbench.row(/^first-token, /).waitFor();
      await workbench.command('TIR: Create Token…');
      await question.filter({ hasText: 'where the token will be used' }).waitFor();
      const suggested = await question.locator('.quick-input-box input').inputValue();
      assert.match(suggested, /^[\w.-]+$/, 'the suggested token name is plain');
      await page.keyboard.press('Escape');
      await workbench.createAndUse('dev-laptop');
      await workbench.screenshot('hostile-workspace');
      assert.ok(emulator.calls.length > 0);
      assert.equal(existsSync(loot), false, 'no task has run');

      // Trusted by mistake, it still doesn't change where the extension sends tokens.
      await workbench.command('Workspaces: Manage Workspace Trust');
      await page.getByRole('button', { name: 'Trust', exact: true }).click();
      await until(
        'the workspace to be trusted',
        async () => (await workbench.inNewTerminal(workbench.whoami, true)) !== '',
      );
      await workbench.command('TIR: Refresh');
      await workbench.command('TIR: Rotate Token…');
      await workbench.answer('dev-laptop', 'dev-laptop');
      await workbench.dialog.getByRole('button', { name: 'Rotate' }).click();
      await workbench.row(/^dev-laptop-2, in use/).waitFor();
      assert.deepEqual(elsewhere.calls, []);
      console.log(`    a task of a workspace that was trusted: ${existsSync(loot) ? 'ran' : 'did not run'}`);
    } finally {
      rmSync(stolen, { recursive: true });
      await elsewhere.stop();
    }
  });
});
