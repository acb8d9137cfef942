import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { until } from '../support/until';
import { Workbench } from './workbench';

describe('a token in a file', () => {
  let workbench: Workbench;
  afterEach(function () {
    return workbench.close(this.currentTest);
  });

  it('Leaks: is marked, read from the environment by the light bulb, and revoked where it stands', async () => {
    workbench = await Workbench.open('leaks');
    const { emulator, folder, page } = workbench;
    await workbench.openView();
    await workbench.signIn();
    await workbench.createToken('dev-laptop');
    await workbench.row(/^dev-laptop, in use, /).waitFor();
    const { id, value } = emulator.tokens.at(-1)!;
    const open = async (file: string, text: string) => {
      writeFileSync(join(folder, file), text);
      await workbench.command('Go to File...');
      await workbench.question.locator('.quick-input-box input').fill(join(folder, file));
      await workbench.question.getByRole('option', { name: file }).first().waitFor();
      await page.keyboard.press('Enter');
      await page.locator('.tab.active', { hasText: file }).waitFor();
      await page.locator('.squiggly-warning').first().waitFor();
    };
    /** The menu of the light bulb nearest by. */
    const fix = async (title: string) => {
      await page.keyboard.press('Control+.');
      const item = page.locator('.action-widget').getByText(title);
      await item.waitFor();
      await workbench.screenshot(`leak-${title.split(' ', 1)[0]}`);
      await item.click();
    };

    await open('app.py', `token = "${value}"\nprint(len(token))\n`);
    await fix('Replace by os.environ["TIR_API_TOKEN"]');
    await page.locator('.squiggly-warning').first().waitFor({ state: 'detached' });
    await page.keyboard.press('Control+s');
    const fixed = 'import os\ntoken = os.environ["TIR_API_TOKEN"]\nprint(len(token))\n';
    await until('the file without the value', () => readFileSync(join(folder, 'app.py'), 'utf8') === fixed);

    await open('notes.md', `The token is ${value}\n`);
    await fix('Revoke this token: rotate it, which deletes it…');
    await workbench.dialog.getByText('Rotate the token "dev-laptop"?').waitFor();
    await workbench.dialog.getByRole('button', { name: 'Rotate', exact: true }).click();
    await workbench.row(/^dev-laptop-2, in use, /).waitFor();
    assert.ok(emulator.tokens.every((token) => token.id !== id));
  });

  it('Remote and web: Leaks: is marked in a browser alone, too', async () => {
    workbench = await Workbench.open('leaks', { inBrowserAlone: true });
    const { emulator, page } = workbench;
    emulator.allowsPages = true;
    await workbench.openView();
    const { value } = await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await page.keyboard.press('Control+Alt+n');
    await page.locator('.tab.active', { hasText: 'Untitled' }).waitFor();
    await page.locator('.monaco-editor.focused').waitFor();
    await page.keyboard.insertText(`see ${value}`);
    await page.locator('.squiggly-warning').first().waitFor();
  });
});
