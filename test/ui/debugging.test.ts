import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { until } from '../support/until';
import { Workbench } from './workbench';

/** Writes the SHA-256 of the variable, or nothing, into a file. */
const script = `
const { writeFileSync } = require('node:fs');
const { TIR_API_TOKEN: value } = process.env;
writeFileSync('seen', (value ? require('node:crypto').createHash('sha256').update(value).digest('hex') : '') + '.');
`;
const launch = `{
  "version": "0.2.0",
  "configurations": [
    {
      "name": "Script",
      "type": "node",
      "request": "launch",
      "program": "\${workspaceFolder}/script.js",
      "tir": true
    }
  ]
}
`;

function writeProject(folder: string): void {
  mkdirSync(join(folder, '.vscode'));
  writeFileSync(join(folder, '.vscode', 'launch.json'), launch);
  writeFileSync(join(folder, 'script.js'), script);
}

describe('debugging and variables, by mouse and keyboard', () => {
  let workbench: Workbench;
  afterEach(function () {
    return workbench.close(this.currentTest);
  });

  it('Tasks and debugging: F5 says that no token is in use, offers one, and then gives it', async () => {
    workbench = await Workbench.open('debugging');
    const { emulator, folder, page } = workbench;
    writeProject(folder);
    emulator.listWithValues = true;
    await workbench.openView();
    const { value } = await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();

    const seen = async (expected: string) => {
      await until('what the program saw', () => existsSync(join(folder, 'seen')));
      await until(
        `${expected}, and the end of the session`,
        async () =>
          readFileSync(join(folder, 'seen'), 'utf8') === `${expected}.` &&
          !(await page.locator('.debug-toolbar').isVisible()),
      );
    };
    await page.keyboard.press('F5');
    const said = workbench.notification('"Script" starts without a TIR token: none is in use.');
    await said.waitFor();
    await workbench.screenshot('debugging-no-token');
    await seen('');
    await said.getByRole('button', { name: 'Use a Token…' }).click();
    await workbench.answer('Use in Terminals', 'first-token');
    await workbench.row(/^first-token, in use, /).waitFor();

    await page.keyboard.press('F5');
    await seen(createHash('sha256').update(value).digest('hex'));
    await workbench.screenshot('debugging');
    assert.equal(readFileSync(join(folder, '.vscode', 'launch.json'), 'utf8'), launch);
  });

  it('Tasks and debugging: a workspace that is not trusted starts nothing, until it is', async () => {
    workbench = await Workbench.open('debugging-trust', { askForTrust: true });
    const { folder, page } = workbench;
    writeProject(folder);
    await workbench.openView();
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createToken('dev-laptop');
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

  it('SDK variables: extra names are typed in, a bad one is told while it is typed, and new terminals have them', async () => {
    workbench = await Workbench.open('variable-names');
    const { question } = workbench;
    await workbench.openView();
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createToken('dev-laptop');

    await workbench.command('TIR: Set Extra Variable Names…');
    await question.filter({ hasText: 'Names that get the value' }).waitFor();
    const input = question.locator('.quick-input-box input');
    await input.fill('OPENAI_API_KEY, PATH');
    await question.getByText('PATH cannot have the token').waitFor();
    await workbench.screenshot('variable-names');
    await input.fill('OPENAI_API_KEY');
    await input.press('Enter');
    await question.waitFor({ state: 'detached' });
    const same = '[ -n "$TIR_API_TOKEN" ] && [ "$OPENAI_API_KEY" = "$TIR_API_TOKEN" ] && echo same';
    assert.equal(await workbench.inNewTerminal(same), 'same');
    await workbench.statusItem.hover();
    await workbench.page.locator('.monaco-hover:visible').getByText('OPENAI_API_KEY').waitFor();
    await workbench.screenshot('variable-names-status');
  });
});
