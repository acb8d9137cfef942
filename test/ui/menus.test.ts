import assert from 'node:assert/strict';

import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

describe('Menus', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared), { settings: { 'tir.export.enabled': false } });

  it('leave out Use in Folder in a window with one folder', async () => {
    workbench.emulator.seed('another');
    await workbench.signIn();
    await workbench.row(/^another, /).click({ button: 'right' });
    await workbench.menuItem('Use in Terminals').waitFor();
    assert.equal(await workbench.menuItem('Use in Folder…').count(), 0);
    await workbench.page.keyboard.press('Escape');
    await workbench.menuItem('Use in Terminals').waitFor({ state: 'detached' });
    await workbench.page.keyboard.press('F1');
    await workbench.question.locator('.quick-input-box input').fill('>TIR: Use in');
    await workbench.question.getByRole('option', { name: 'TIR: Use in Terminals' }).waitFor();
    assert.equal(await workbench.question.getByRole('option', { name: 'TIR: Use in Folder…' }).count(), 0);
  });

  it('leave out the commands that tir.export.enabled turns off', async () => {
    await workbench.signIn();
    await workbench.row(/^first-token, /).click({ button: 'right' });
    await workbench.menuItem('Copy Code Snippet…').waitFor();
    for (const title of ['Copy Token', 'Copy as Config File', 'Save to .env…', 'Set as GitHub Actions Secret…']) {
      assert.equal(await workbench.menuItem(title).count(), 0, title);
    }
  });
});
