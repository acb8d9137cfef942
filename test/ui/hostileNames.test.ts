import assert from 'node:assert/strict';

import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

/** A name that tries to be a command link, a picture, HTML, an icon, bold, colored, right-to-left, and two lines. */
const nasty = '[a](command:quit) ![](https://x.example/y) <b>c</b> $(trash) **d**\u001b[31m\u202e\r\ne';
const shown = /\[a\] \(command:quit\) !\[\] \(https:\/\/x\.example\/y\) <b>c<\/b> \$ \(trash\) \*\*d\*\*/;

describe('Hostile token names', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  it('show as one line of plain text everywhere', async () => {
    const { emulator, page, dialog, question } = workbench;
    const evil = emulator.seed(nasty);
    emulator.seed(`long ${'x'.repeat(100_000)}`);
    emulator.seed('<b>bold</b> & **strong**');
    await workbench.signIn();
    const row = workbench.row(shown);
    await row.waitFor();
    await workbench.screenshot('hostile-names');
    const label = (await row.locator('.label-name').textContent()) ?? '';
    assert.match(label, shown);
    assert.equal(/\p{C}/u.test(label), false, 'no control or direction characters');
    assert.ok(
      (await workbench
        .row(/^long x/)
        .locator('.label-name')
        .textContent())!.length <= 80,
    );
    await workbench.row(/^<b>bold<\/b> & \*\*strong\*\*/).waitFor();

    const tooltip = page.locator('.monaco-hover:visible');
    await workbench.showTooltip('[a] (command:', () => row.hover());
    await workbench.screenshot('hostile-tooltip');
    assert.equal(await tooltip.locator('a, img, strong, .codicon-trash').count(), 0, 'no link, picture or icon');
    await page.keyboard.press('Escape');

    await workbench.rowButton(shown, 'Use in Terminals');
    await workbench.row(/command:quit.*in use/).waitFor();
    await workbench.statusItem.getByText('[a] (command:').waitFor();
    assert.equal(await workbench.statusItem.locator('.codicon-trash').count(), 0);
    await workbench.showStatusTooltip('[a] (command:');
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
    const failure = workbench.notification(/Couldn't delete/);
    await failure.waitFor();
    await workbench.screenshot('hostile-notification');
    assert.equal(
      await failure.locator('.notification-list-item-message a, img').count(),
      0,
      'no link in the error message',
    );

    await workbench.command('TIR: Show Token Activity');
    await page.locator('.view-line', { hasText: '[a](comma…' }).first().waitFor();
    assert.ok(emulator.tokens.includes(evil));
  });
});
