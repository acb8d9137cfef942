import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { until } from '../support/until';
import { debugged, launch } from './debugged';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

describe('Debugging', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared), { files: debugged });

  it('warns that no token is in use, offers to use one, and then passes it to the program', async () => {
    const { folder, page } = workbench;
    const { value } = await workbench.signIn();
    await workbench.row(/^first-token, in use, /).waitFor();
    await workbench.command('TIR: Stop Using in Terminals');
    await workbench.row(/^first-token, created /).waitFor();

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
    const said = workbench.notification('"Script" starts without a TIR token, because none is in use.');
    await said.waitFor();
    await workbench.screenshot('debugging-no-token');
    await seen('');
    await workbench.showNotifications();
    await said.getByRole('button', { name: 'Use a Token…' }).click();
    await workbench.answer('Use in Terminals', 'first-token');
    await workbench.row(/^first-token, in use, /).waitFor();

    await page.keyboard.press('F5');
    await seen(createHash('sha256').update(value).digest('hex'));
    await workbench.screenshot('debugging');
    assert.equal(readFileSync(join(folder, '.vscode', 'launch.json'), 'utf8'), launch);
  });
});
