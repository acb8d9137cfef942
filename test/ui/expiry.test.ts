import assert from 'node:assert/strict';

import { themes } from './editor';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

const day = 24 * 60 * 60 * 1000;

describe('Expiry', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  it('shows in rows, in the badge and, for the token in use, in the status bar', async () => {
    const { emulator, page, statusItem, question } = workbench;
    emulator.seed('ci-pipeline', { createdAt: Date.now() - 353 * day });
    emulator.seed('old-workstation', { createdAt: Date.now() - 371 * day });
    await workbench.signIn();
    await workbench.row(/^ci-pipeline, expires in 12 days, created /).waitFor();
    await workbench.row(/^old-workstation, expired, created /).waitFor();
    await workbench.badge.getByText('2', { exact: true }).waitFor();
    await workbench.row(/^first-token, in use, /).waitFor();
    await workbench.command('TIR: Stop Using in Terminals');
    await statusItem.getByText('No TIR token').waitFor();
    await workbench.screenshot('status-none');

    await workbench.createToken('dev-laptop');
    await statusItem.getByText('dev-laptop').waitFor();
    assert.doesNotMatch((await statusItem.getAttribute('class')) ?? '', /warning-kind/);
    await workbench.rowButton(/^ci-pipeline, /, 'Use in Terminals');
    await workbench.row(/^ci-pipeline, in use, expires in 12 days, /).waitFor();
    await statusItem.and(page.locator('.warning-kind')).getByText('ci-pipeline').waitFor();
    for (const [name, theme, themeClass] of themes) {
      await workbench.theme(theme, themeClass);
      await workbench.screenshot(`expiry-${name}`);
    }
    await workbench.showStatusTooltip('Expires in 12 days');
    await workbench.screenshot('status-hover');

    await statusItem.click();
    await question.filter({ hasText: 'Use in Terminals' }).waitFor();
    await question.getByRole('option').first().waitFor();
    await workbench.screenshot('status-switch');
    const options = await question.locator('.quick-input-list-row:first-child .label-name').allTextContents();
    assert.deepEqual(options, ['ci-pipeline', 'dev-laptop', 'first-token', 'old-workstation'], 'the last used first');
    await workbench.answer('Use in Terminals', 'dev-laptop');
    await statusItem.getByText('dev-laptop').waitFor();
    assert.doesNotMatch((await statusItem.getAttribute('class')) ?? '', /warning-kind/);
    await workbench.row(/^dev-laptop, in use, /).waitFor();
    await workbench.screenshot('status-switched');
  });
});
