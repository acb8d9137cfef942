import assert from 'node:assert/strict';

import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

const day = 24 * 60 * 60 * 1000;

/** Signs in to a project with tokens of several ages. */
async function signIn(workbench: Workbench): Promise<void> {
  const { emulator } = workbench;
  emulator.seed('ci-pipeline', { createdAt: Date.now() - 353 * day });
  emulator.seed('ci-nightly', { createdAt: Date.now() - 200 * day });
  emulator.seed('inference-gateway', { createdAt: Date.now() - 10 * day });
  await workbench.signIn();
  await workbench.row(/^first-token, /).waitFor();
}

describe('Token list', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  const rows = async () => {
    const labels = await workbench.page.getByRole('treeitem').locator('.label-name').allTextContents();
    return labels.map((label) => label.trim());
  };

  it('filters and sorts tokens, and finds and deletes those not used on this machine', async () => {
    await signIn(workbench);
    const { page, question, dialog } = workbench;
    await workbench.viewMenu('Filter Tokens…', question);
    await workbench.answer('Part of a token name', 'CI-');
    await workbench.viewText('Tokens with "CI-" in their name: 2 of 4').waitFor();
    await workbench.row(/^first-token, /).waitFor({ state: 'detached' });
    assert.deepEqual(await rows(), ['ci-nightly', 'ci-pipeline']);
    await workbench.screenshot('filtered');
    await page.locator('.sidebar .title-actions').getByRole('button', { name: 'Clear Filter' }).click();
    await workbench.row(/^inference-gateway, /).waitFor();
    await workbench.viewText(/in their name/).waitFor({ state: 'detached' });
    await workbench.viewMenu('Sort Tokens…', question);
    await question.getByRole('option', { name: 'Age (oldest first)' }).waitFor();
    await workbench.screenshot('sort');
    await workbench.answer('Sort Tokens', 'Age');
    await page.locator('.sidebar .monaco-list-row[data-index="0"]', { hasText: 'ci-pipeline' }).waitFor();
    assert.deepEqual(await rows(), ['ci-pipeline', 'ci-nightly', 'inference-gateway', 'first-token']);

    await workbench.command('TIR: Find Tokens Not Used Here…');
    await question.getByText("Use on other machines isn't known").waitFor();
    await workbench.screenshot('unused-days');
    await workbench.answer('days without use on this machine', '90');
    await question.getByPlaceholder('Other machines may use these. Press Enter to delete them.').waitFor();
    await question.getByRole('button', { name: 'Back' }).click();
    await workbench.answer('days without use on this machine', '90');
    await question.getByPlaceholder('Other machines may use these').waitFor();
    await question.getByText('2 Selected').waitFor();
    await workbench.screenshot('unused');
    await page.keyboard.press('Enter');
    await dialog.getByText('Delete 2 tokens?').waitFor();
    await dialog.getByText('• ci-pipeline').waitFor();
    await workbench.screenshot('unused-delete');
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await workbench.row(/^ci-nightly, /).waitFor({ state: 'detached' });
    await workbench.row(/^ci-pipeline, /).waitFor({ state: 'detached' });
    assert.deepEqual(await rows(), ['inference-gateway', 'first-token']);
    // Forgetting everything doesn't reset the order of rows.
    await workbench.command('TIR: Sort Tokens…');
    await workbench.answer('Sort Tokens', 'Name');
    await page.locator('.sidebar .monaco-list-row[data-index="0"]', { hasText: 'first-token' }).waitFor();
  });
});

/** What a line in the browser has, whose types the tests don't load. */
interface Line {
  readonly textContent: string;
  getBoundingClientRect(): { readonly top: number };
}

describe('Activity page', () => {
  let workbench: Workbench;
  // Without a new window, the activity log also records that everything was forgotten.
  shareWorkbench((shared) => (workbench = shared), { fresh: true });

  const posts = () => workbench.emulator.calls.filter((call) => !call.startsWith('GET'));

  it('lists how a token whose value was lost was replaced, without secrets, and filters lines', async () => {
    await signIn(workbench);
    const { emulator, page, dialog } = workbench;
    emulator.listWithValues = false;
    emulator.fail('POST', { data: (data) => ({ ...(data as object), auth_token: undefined }) });
    await workbench.command('TIR: Create Token…');
    await workbench.answer('where the token will be used', 'dev-laptop');
    await dialog.getByText("was created, but its value didn't arrive").waitFor();
    await workbench.screenshot('value-lost');
    const lost = emulator.tokens.find(({ name }) => name === 'dev-laptop');
    await dialog.getByRole('button', { name: 'Delete and Create' }).click();
    // The name of a deleted token stays taken.
    await workbench.row(/^dev-laptop-2, created .*value stored on this machine$/).waitFor();
    assert.deepEqual(posts(), ['POST /auth-token/', `DELETE /auth-token/${lost?.id}/`, 'POST /auth-token/']);
    assert.equal(emulator.tokens.filter(({ name }) => name === 'dev-laptop').length, 0);
    await workbench.rowButton(/^dev-laptop-2, /, 'Use in Terminals');
    await workbench.row(/^dev-laptop-2, in use, /).waitFor();
    assert.equal(await workbench.inNewTerminal(workbench.whoami), 'dev-laptop-2');

    await workbench.viewMenu('Show Token Activity', page.getByRole('tab', { name: 'Token Activity' }));
    const lines = page.locator('.monaco-editor .view-line');
    await lines.filter({ hasText: 'Signed in' }).waitFor();
    await lines.filter({ hasText: 'Terminal opened' }).waitFor();
    assert.ok(!(await page.locator('.editor-instance .minimap').isVisible()), 'nothing is behind a minimap');
    await workbench.screenshot('activity');
    // VS Code draws lines in any order, and with non-breaking spaces.
    const text = async () => {
      // At once: VS Code may redraw a line between two calls.
      const drawn = await lines.evaluateAll((all) =>
        (all as unknown as Line[]).map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent })),
      );
      return drawn.sort((a, b) => a.top - b.top).map((line) => line.text.replaceAll('\u00a0', ' '));
    };
    const entry = /^ +\d\d:\d\d +(\S.*?) {2}/;
    const actions = (await text()).flatMap((line) => line.match(entry)?.[1] ?? []);
    assert.deepEqual(actions, [
      'Terminal opened',
      'Used in terminals',
      'Created',
      'Deleted',
      '× Created, not stored',
      'Used in terminals',
      'Signed in',
    ]);
    assert.match((await text())[0] ?? '', /^Today, /);
    const shown = (await text()).join('\n');
    assert.ok(!emulator.made.some(({ value, apiKey }) => shown.includes(value) || shown.includes(apiKey)));

    await lines.first().click();
    await page.keyboard.type('x');
    await page.getByRole('alert').filter({ hasText: 'Cannot edit in read-only editor' }).waitFor();
    const button = (name: string) => page.locator('.editor-actions').getByRole('button', { name });
    await button('Filter Token Activity…').click();
    await workbench.answer('Enter words or their first letters', 'DELETE dev');
    await lines.filter({ hasText: 'Signed in' }).waitFor({ state: 'detached' });
    await lines.filter({ hasText: /^Filtered.*1.of.7/ }).waitFor();
    assert.equal((await text()).filter((line) => entry.test(line)).length, 1);
    await workbench.screenshot('activity-filtered');
    await button('Clear Token Activity Filter').click();
    await lines.filter({ hasText: 'Signed in' }).waitFor();
    await button('Clear Token Activity Filter').waitFor({ state: 'detached' });
  });
});
