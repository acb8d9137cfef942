import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { until } from '../support/until';
import { shareWorkbench } from './shareWorkbench';
import { Workbench } from './workbench';

describe('Leak guard', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  it('marks a leaked token, and replaces it with the variable or rotates it from the light bulb', async () => {
    const { emulator, folder, page } = workbench;
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createAndUse('dev-laptop');
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
    /** Applies a fix from the nearest light bulb's menu. */
    const fix = async (title: string) => {
      const menu = page.locator('.action-widget');
      await until('the light bulb', async () => {
        await page.keyboard.press('Escape');
        await page.keyboard.press('Control+.');
        return menu
          .getByText(title)
          .waitFor({ timeout: 5000 })
          .then(
            () => true,
            () => false,
          );
      });
      await workbench.screenshot(`leak-${title.split(' ', 1)[0]}`);
      const chosen = menu.locator('.monaco-list-row.focused');
      while (!(await chosen.textContent())?.includes(title)) {
        await page.keyboard.press('ArrowDown');
      }
      await page.keyboard.press('Enter');
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
    // The new token is in use before the old one is deleted.
    await workbench.row(/^dev-laptop, /).waitFor({ state: 'detached' });
    assert.ok(emulator.tokens.every((token) => token.id !== id));
  });
});
