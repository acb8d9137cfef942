import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Emulator } from '../emulator/emulator';
import { until } from '../support/until';
import { Workbench } from './workbench';

/** What a name can try to be besides a name: a link to a command, a picture, HTML, an icon, another color or direction, a second line. */
const nasty = '[a](command:quit) ![](https://x.example/y) <b>c</b> $(trash) **d**\u001b[31m\u202e\r\ne';
const shown = /\[a\] \(command:quit\) !\[\] \(https:\/\/x\.example\/y\) <b>c<\/b> \$ \(trash\) \*\*d\*\*/;

describe('attackers', () => {
  let workbench: Workbench | undefined;
  afterEach(async function () {
    await workbench?.close(this.currentTest);
    workbench = undefined;
  });

  it('a hostile API: what it calls tokens is text of one line, wherever it is shown', async () => {
    workbench = await Workbench.open('hostile-api');
    const { emulator, page, dialog, question } = workbench;
    const evil = emulator.seed(nasty);
    emulator.seed(`long ${'x'.repeat(100_000)}`);
    emulator.seed('<b>bold</b> & **strong**');
    emulator.listWithValues = true;
    await workbench.openView();
    await workbench.signIn();
    const row = workbench.row(shown);
    await row.waitFor();
    await workbench.screenshot('hostile-names');
    const label = (await row.locator('.label-name').textContent()) ?? '';
    assert.match(label, shown);
    assert.equal(/\p{C}/u.test(label), false, 'no character of control or direction');
    assert.ok(
      (await workbench
        .row(/^long x/)
        .locator('.label-name')
        .textContent())!.length <= 80,
    );
    await workbench.row(/^<b>bold<\/b> & \*\*strong\*\*/).waitFor();

    await row.hover();
    const tooltip = page.locator('.monaco-hover:visible');
    await tooltip.getByText('[a] (command:').waitFor();
    await workbench.screenshot('hostile-tooltip');
    assert.equal(
      await tooltip.locator('a, img, strong, .codicon-trash').count(),
      0,
      'neither a link, a picture nor an icon',
    );
    await page.keyboard.press('Escape');

    await workbench.rowButton(shown, 'Use in Terminals');
    await workbench.row(/command:quit.*in use/).waitFor();
    await workbench.statusItem.getByText('[a] (command:').waitFor();
    assert.equal(await workbench.statusItem.locator('.codicon-trash').count(), 0);
    await workbench.statusItem.hover();
    await tooltip.getByText('[a] (command:').first().waitFor();
    assert.equal(await tooltip.locator('a[href*="quit"], a[data-href*="quit"], img').count(), 0);

    await workbench.command('TIR: Copy Token');
    await question.getByRole('option', { name: shown }).waitFor();
    await workbench.screenshot('hostile-pick');
    assert.equal(await question.locator('.codicon-trash, img, a[href*="command"]').count(), 0);
    await page.keyboard.press('Escape');

    await workbench.rowButton(shown, 'Delete Token…');
    await dialog.getByText(shown).first().waitFor();
    await workbench.screenshot('hostile-dialog');
    assert.equal(await dialog.locator('.dialog-message-container a, .dialog-message-container img').count(), 0);
    emulator.fail('DELETE', { status: 403 });
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    const failure = workbench.notification(/was not deleted/);
    await failure.waitFor();
    await workbench.screenshot('hostile-notification');
    assert.equal(
      await failure.locator('.notification-list-item-message a, img').count(),
      0,
      'no link in what went wrong',
    );

    await workbench.command('TIR: Show Token Activity');
    await page.locator('.view-line', { hasText: 'command:quit' }).first().waitFor();
    assert.ok(emulator.tokens.includes(evil));
  });

  it('a hostile workspace: cannot say where tokens go, gets none before it is trusted, and its name is text', async () => {
    const elsewhere = await Emulator.start();
    const stolen = mkdtempSync(join(tmpdir(), 'tir-stolen-'));
    const loot = join(stolen, 'loot');
    try {
      workbench = await Workbench.open('hostile-workspace', {
        askForTrust: true,
        // As far as a file system takes it.
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
      assert.match(suggested, /^[\w.-]+$/, 'the name that is suggested is a plain one');
      await page.keyboard.press('Escape');
      await workbench.createToken('dev-laptop');
      await workbench.row(/^dev-laptop, in use/).waitFor();
      await workbench.screenshot('hostile-workspace');
      assert.ok(emulator.calls.length > 0);
      assert.equal(existsSync(loot), false, 'no task has run');

      // Trusted by mistake: tokens still go nowhere else.
      await workbench.command('Workspaces: Manage Workspace Trust');
      await page.getByRole('button', { name: 'Trust', exact: true }).click();
      await until(
        'the workspace to be trusted',
        async () => (await workbench!.inNewTerminal(workbench!.whoami)) !== '',
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
