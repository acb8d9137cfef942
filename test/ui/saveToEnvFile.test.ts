import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

describe('Save to .env', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared), { folders: ['app', 'docs'] });

  it('asks before it writes, saves to the chosen folder, and adds .env to .gitignore', async () => {
    const { folder, dialog, page } = workbench;
    const app = join(folder, 'app');
    execFileSync('git', ['init', '--quiet'], { cwd: app });
    execFileSync('git', ['config', 'core.excludesFile', ''], { cwd: app });
    const { value } = await workbench.signIn();
    const begin = async () => {
      await workbench.rowMenu(/^first-token, /, 'Save to .env…', workbench.question);
      await workbench.answer('Save to .env', 'app');
      await dialog.getByText('Save the token "first-token" to app/.env?').waitFor();
    };
    await workbench.row(/^first-token, /).click({ button: 'right' });
    await workbench.menuItem('Set as GitHub Actions Secret…').waitFor();
    await workbench.screenshot('hand-over-menu');
    await page.keyboard.press('Escape');
    await workbench.menuItem('Set as GitHub Actions Secret…').waitFor({ state: 'detached' });

    await begin();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.ok(!existsSync(join(app, '.env')) && !existsSync(join(app, '.gitignore')));

    await begin();
    await dialog.getByText('the line .env will be added to .gitignore').waitFor();
    await workbench.screenshot('save-to-env');
    await dialog.getByRole('button', { name: 'Add to .gitignore and Save' }).click();
    await workbench.notification('Saved the token "first-token" to app/.env.').waitFor();
    assert.ok(readFileSync(join(app, '.env'), 'utf8') === `TIR_API_TOKEN=${value}\n`);
    assert.equal(statSync(join(app, '.env')).mode & 0o777, 0o600);
    assert.equal(readFileSync(join(app, '.gitignore'), 'utf8'), '.env\n');
    assert.ok(!existsSync(join(folder, 'docs', '.env')));
  });
});
