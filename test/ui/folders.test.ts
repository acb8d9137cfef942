import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { until } from '../support/until';
import { testedEditor } from './editor';
import { shareWorkbench } from './shareWorkbench';
import { succeeds, type Workbench } from './workbench';

describe('Token of one folder', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared), { folders: ['folder-a', 'folder-b', 'folder-c'] });

  /** Opens a file from the explorer, and then the view. Not every tested VS Code can search for files. */
  const openFile = async (letter: string) => {
    const { page } = workbench;
    await page.locator('.activitybar .action-label[aria-label^="Explorer"]').click();
    const folder = page.getByRole('treeitem', { name: `folder-${letter}` });
    if ((await folder.getAttribute('aria-expanded')) !== 'true') {
      await folder.click();
    }
    await page.getByRole('treeitem', { name: `file-${letter}.txt` }).click();
    await page.getByRole('tab', { name: `file-${letter}.txt` }).waitFor();
    await workbench.openView();
  };
  /** Opens a terminal in this folder. Resolves to the name of its token, as the API tells it. */
  const tokenIn = async (folder: string): Promise<string> => {
    const { question } = workbench;
    if (testedEditor === 'oldest') {
      // In a remote window, VS Code 1.96 goes by the open file's folder instead of the terminal's.
      await openFile(folder.replace('folder-', ''));
    }
    const before = await workbench.terminals.count();
    const input = question.getByPlaceholder('Select current working directory for new terminal');
    const within = { timeout: 5000 };
    const choose = async () => {
      await workbench.command('Terminal: Create New Terminal');
      await input.fill(folder, within);
      await question.getByRole('option', { name: folder }).first().click(within);
    };
    // Something else that takes the focus closes the list.
    await until('the list to take a folder', () => succeeds(choose()));
    await workbench.terminals.nth(before).waitFor();
    return workbench.inTerminal(workbench.whoami);
  };
  const useIn = async (folder: string, token: RegExp) => {
    await workbench.rowMenu(token, 'Use in Folder…', workbench.question);
    await workbench.question.getByRole('option', { name: folder }).waitFor();
    await workbench.screenshot('use-in-folder');
    await workbench.answer('Use in Folder', folder);
  };

  it('reaches only the terminals of that folder, whichever token was used first', async () => {
    const { statusItem } = workbench;
    for (const letter of ['a', 'b', 'c']) {
      writeFileSync(join(workbench.folder, `folder-${letter}`, `file-${letter}.txt`), 'text');
    }
    workbench.emulator.seed('for-all');
    workbench.emulator.seed('for-folder-b');
    await workbench.signIn();
    await workbench.row(/^for-all, /).waitFor();

    // The folder's token first: if two apply to a terminal, VS Code takes the one that was added last.
    await useIn('folder-b', /^for-folder-b, /);
    await workbench.row(/^for-folder-b, in use in folder-b, /).waitFor();
    await workbench.rowButton(/^for-all, /, 'Use in Terminals');
    await workbench.row(/^for-all, in use, /).waitFor();
    assert.equal(await tokenIn('folder-b'), 'for-folder-b');
    assert.equal(await tokenIn('folder-a'), 'for-all');
    await workbench.screenshot('folders');

    await openFile('b');
    await statusItem.getByText('for-folder-b').waitFor();
    await workbench.showStatusTooltip('New terminals in folder-b have');
    await workbench.screenshot('folders-status');
    // The status bar shows the folder's token, and switches that one.
    await statusItem.click();
    await workbench.answer('Use in Terminals of folder-b', 'first-token');
    await workbench.row(/^first-token, in use in folder-b, /).waitFor();
    await statusItem.getByText('first-token').waitFor();
    await useIn('folder-b', /^for-folder-b, /);
    await statusItem.getByText('for-folder-b').waitFor();
    await openFile('a');
    await statusItem.getByText('for-all').waitFor();

    await workbench.rowButton(/^for-folder-b, /, 'Stop Using in Terminals');
    await workbench.row(/^for-folder-b, created /).waitFor();
    assert.equal(await tokenIn('folder-b'), 'for-all');

    // Now the folder's token last.
    await useIn('folder-b', /^for-folder-b, /);
    await workbench.row(/^for-folder-b, in use in folder-b, /).waitFor();
    assert.equal(await tokenIn('folder-b'), 'for-folder-b');
    assert.equal(await tokenIn('folder-a'), 'for-all');
  });

  it('stays with its folder when another one before it is removed', async () => {
    const { question } = workbench;
    writeFileSync(join(workbench.folder, 'folder-a', 'file-a.txt'), 'text');
    for (const letter of ['b', 'c']) {
      writeFileSync(join(workbench.folder, `folder-${letter}`, `file-${letter}.txt`), 'text');
      workbench.emulator.seed(`for-folder-${letter}`);
    }
    await workbench.signIn();
    for (const letter of ['b', 'c']) {
      await useIn(`folder-${letter}`, new RegExp(`^for-folder-${letter}, `));
      await workbench.row(new RegExp(`^for-folder-${letter}, in use in folder-${letter}, `)).waitFor();
    }
    await workbench.rowButton(/^first-token, in use, /, 'Stop Using in Terminals');
    await workbench.row(/^first-token, created /).waitFor();
    assert.equal(await tokenIn('folder-c'), 'for-folder-c');
    assert.equal(await tokenIn('folder-a'), '');
    await workbench.command('Workspaces: Remove Folder from Workspace...');
    await question.getByRole('option', { name: 'folder-b' }).first().click();
    await workbench.row(/^for-folder-b, created /).waitFor();
    assert.equal(await tokenIn('folder-c'), 'for-folder-c');
    assert.equal(await tokenIn('folder-a'), '');
    // What the removed folder had must not come to light where it was.
    await workbench.rowButton(/^for-folder-c, /, 'Stop Using in Terminals');
    await workbench.row(/^for-folder-c, created /).waitFor();
    assert.equal(await tokenIn('folder-c'), '');
  });
});
