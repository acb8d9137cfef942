import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Locator } from 'playwright-core';

import { root } from '../../scripts/root.mjs';
import { until } from '../support/until';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

/*
 * Longer than other files: one table holds the keyboard steps for every command of the manifest.
 */

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

describe('Keyboard', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared), {
    folders: ['folder-a', 'folder-b'],
    files: { 'folder-a/README.md': 'text', 'folder-b/README.md': 'text' },
    viewClosed: true,
  });

  /** Returns text that identifies the focused element and, in a list, its row; undefined if nothing has the focus. */
  const focus = () =>
    workbench.page.evaluate<string | undefined>(`(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) {
        element = element.shadowRoot.activeElement;
      }
      if (!element || element === document.body) {
        return undefined;
      }
      const seen = (globalThis.seen ??= new Map());
      seen.set(element, seen.get(element) ?? seen.size);
      return [seen.get(element), element.getAttribute('aria-activedescendant')].join();
    })()`);
  /** Presses a key until `reached` is visible. Waits for each press to move the focus: a redraw may swallow one. */
  const reach = async (what: string, key: string, reached: Locator) => {
    for (let presses = 0; !(await reached.first().isVisible()); presses++) {
      assert.ok(presses < 100, `${what} cannot be reached with ${key}`);
      const before = await focus();
      await workbench.page.keyboard.press(key);
      for (let looks = 0; looks < 50 && (await focus()) === before; looks++) {
        await workbench.page.waitForTimeout(20);
      }
    }
  };

  /** Waits until the question with this text has the focus, types into it, and presses Enter. */
  const type = async (prompt: string | RegExp, text: string) => {
    const { page, question } = workbench;
    await question.filter({ hasText: prompt }).locator('.quick-input-box input:focus').waitFor();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText(text);
    await page.keyboard.press('Enter');
  };
  /** Chooses an option with the arrow keys. */
  const pick = async (prompt: string | RegExp, option: string | RegExp) => {
    const { page, question } = workbench;
    await question.filter({ hasText: prompt }).locator('.quick-input-box input:focus').waitFor();
    const wanted = question.getByRole('option', { name: option });
    await wanted.first().waitFor();
    const row = question.locator('.monaco-list-row.focused');
    await row.waitFor();
    await reach(`"${option}"`, 'ArrowDown', row.and(wanted));
    await page.keyboard.press('Enter');
  };
  const palette = (title: string) => workbench.command(`TIR: ${title}`);
  /** Moves the focus to a row of the view with the arrow keys. */
  const goTo = async (row: RegExp) => {
    const { page } = workbench;
    await workbench.row(row).waitFor();
    await workbench.command('TIR AI Platform: Focus on Tokens View');
    const focused = workbench.row(row).and(page.locator('.monaco-list:focus .focused'));
    await page.locator('.pane-body .monaco-list:focus').waitFor();
    await page.keyboard.press('Home');
    await page.locator('.monaco-list:focus .focused[data-index="0"]').waitFor();
    await reach(`the row ${row}`, 'ArrowDown', focused);
  };
  /** Chooses an item from a row's menu. */
  const menu = async (row: RegExp, item: string) => {
    const { page } = workbench;
    await goTo(row);
    await page.keyboard.press('Shift+F10');
    const entry = workbench.menuItem(item);
    await entry.waitFor();
    const reached = page
      .locator('.action-item.focused')
      .filter({ has: entry })
      .or(entry.and(page.locator(':focus')));
    await reach(item, 'ArrowDown', reached);
    await page.keyboard.press('Enter');
  };
  /** Moves the focus to a button of the dialog with Tab, and presses Enter. */
  const press = async (name: string) => {
    const { page, dialog } = workbench;
    const button = dialog.getByRole('button', { name, exact: true });
    await button.waitFor();
    await reach(name, 'Tab', button.and(page.locator(':focus')));
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
  };
  const inStatusBar = (text: string) => workbench.page.locator('.statusbar').getByText(text).waitFor();
  const said = (text: string | RegExp) => workbench.notification(text).first().waitFor();

  it('runs and answers every command without a mouse', async () => {
    const { emulator, folder, page } = workbench;
    emulator.seed('ci-pipeline');
    const first = emulator.seed('first-token');
    await workbench.icon.waitFor();
    // Counts mouse presses from here on.
    await page.evaluate(() => {
      const counter = globalThis as unknown as {
        clicks: number;
        addEventListener(name: string, f: () => void, c: boolean): void;
      };
      counter.clicks = 0;
      counter.addEventListener('mousedown', () => counter.clicks++, true);
    });

    const signIn = async (found = false) => {
      await workbench.command('View: Show TIR AI Platform');
      const button = workbench.welcomeButton('Sign In…');
      await button.waitFor();
      await reach('the button', 'Tab', button.and(page.locator(':focus')));
      await page.keyboard.press('Enter');
      if (found) {
        // The .env that was saved before has a token.
        await pick('Sign In to TIR', 'Paste a Token…');
      }
      await type('Paste the token or text that contains it', first.value);
      await type('The API key', first.apiKey);
      await type("Enter the project's ID", String(first.projectId));
      await workbench.row(/^first-token, /).waitFor();
    };
    const flows: Record<string, () => Promise<unknown>> = {
      signIn: () => signIn(),
      async createToken() {
        await palette('Create Token…');
        await type('where the token will be used', 'dev-laptop');
        await workbench.row(/^dev-laptop, created /).waitFor();
      },
      async refresh() {
        emulator.seed('made-elsewhere');
        await palette('Refresh');
        await workbench.row(/^made-elsewhere, /).waitFor();
      },
      async useToken() {
        await menu(/^ci-pipeline, /, 'Use in Terminals');
        await workbench.row(/^ci-pipeline, in use, /).waitFor();
      },
      async useTokenInFolder() {
        await menu(/^dev-laptop, /, 'Use in Folder…');
        await pick('Use in Folder', 'folder-b');
        await workbench.row(/^dev-laptop, in use in folder-b, /).waitFor();
      },
      async stopUsingToken() {
        await menu(/^dev-laptop, in use in folder-b, /, 'Stop Using in Terminals');
        await workbench.row(/^dev-laptop, created /).waitFor();
      },
      async openTerminal() {
        await menu(/^ci-pipeline, /, 'Open Terminal with Token…');
        await page.locator('.terminal-wrapper.active .xterm-helper-textarea:focus').waitFor();
      },
      async checkTerminal() {
        await palette('Check Token in Terminal');
        await said('This terminal has the token in use, "ci-pipeline".');
      },
      async giveToNotebook() {
        await palette('Give Token to Notebook');
        await said("The Jupyter extension isn't installed.");
      },
      async copyToken() {
        await menu(/^dev-laptop, /, 'Copy Token');
        await inStatusBar('Copied the token "dev-laptop".');
      },
      async copyConfig() {
        await menu(/^dev-laptop, /, 'Copy as Config File');
        await pick('Copy as Config File', /^e2ectl/);
        await inStatusBar('"dev-laptop" as a config file');
      },
      async copySnippet() {
        await menu(/^dev-laptop, /, 'Copy Code Snippet…');
        await pick('Copy Code Snippet', /^Python requests/);
        await inStatusBar('Copied the snippet "Python requests".');
      },
      async addTokenValue() {
        await menu(/^made-elsewhere, /, 'Add Token Value…');
        await type('Paste the value of "made-elsewhere"', emulator.tokens.at(-1)?.value ?? '');
        await type('created with the token', '');
        await workbench.row(/^made-elsewhere, .*value stored on this machine$/).waitFor();
      },
      async saveToEnvFile() {
        await menu(/^dev-laptop, /, 'Save to .env…');
        await pick('Save to .env', 'folder-a');
        await press('Save');
        await until('the file', () => existsSync(join(folder, 'folder-a', '.env')));
      },
      async setGitHubSecret() {
        await menu(/^dev-laptop, /, 'Set as GitHub Actions Secret…');
        await pick('Set as GitHub Actions Secret', 'folder-a');
        await said(/GitHub CLI/);
      },
      async setVariableNames() {
        await palette('Set Extra Variable Names…');
        await type('Set Extra Variable Names for', 'MODEL_KEY');
        await workbench.question.waitFor({ state: 'hidden' });
      },
      async rotateToken() {
        await menu(/^ci-pipeline, /, 'Rotate Token…');
        await press('Rotate');
        await workbench.row(/^ci-pipeline-2, in use, /).waitFor();
      },
      async sortTokens() {
        await palette('Sort Tokens…');
        await pick('Sort Tokens', /^Age/);
        await workbench.question.waitFor({ state: 'hidden' });
      },
      async filterTokens() {
        await palette('Filter Tokens…');
        await type('Part of a token name', 'laptop');
        await workbench.row(/^first-token, /).waitFor({ state: 'detached' });
      },
      async clearFilter() {
        await palette('Clear Filter');
        await workbench.row(/^first-token, /).waitFor();
      },
      async findUnusedTokens() {
        await palette('Find Tokens Not Used Here…');
        await type('days without use', '90');
        await said(/in the last 90 days/);
      },
      async scanWorkspace() {
        await palette('Find Leaked Tokens');
        await said(/No leaked tokens found|Found \d+ leaked token/);
      },
      async showActivity() {
        await palette('Show Token Activity');
        await page.getByRole('tab', { name: 'Token Activity' }).waitFor();
      },
      async filterActivity() {
        await palette('Filter Token Activity…');
        await type('Enter words or their first letters', 'rotate');
        await page.locator('.view-lines').getByText('Filtered by').waitFor();
      },
      async clearActivityFilter() {
        await palette('Clear Token Activity Filter');
        await page.locator('.view-lines').getByText('Filtered by').waitFor({ state: 'detached' });
      },
      async exportActivity() {
        // The dialog suggests a name once it has read the folder.
        const file = join(folder, 'folder-a', 'tir-token-activity.csv');
        await palette('Export Token Activity…');
        await workbench.question.filter({ hasText: 'Export Token Activity' }).waitFor();
        const input = workbench.question.locator('.quick-input-box input');
        await until('the name', async () => (await input.inputValue()).endsWith('tir-token-activity.csv'));
        await page.keyboard.press('Enter');
        await until('the file', () => existsSync(file));
        await workbench.question.waitFor({ state: 'hidden' });
      },
      async openExample() {
        await palette('Open Example Script');
        await page.locator('.monaco-editor.focused .view-lines').getByText('TIR_API_TOKEN').first().waitFor();
      },
      async copyDiagnostics() {
        await palette('Copy Diagnostics');
        await said('Copied diagnostics to the clipboard');
      },
      async deleteToken() {
        await goTo(/^dev-laptop, /);
        await page.keyboard.press('Delete');
        await workbench.dialog.waitFor();
        await page.keyboard.press('Escape');
        await workbench.dialog.waitFor({ state: 'detached' });
        assert.ok(
          emulator.tokens.some(({ name }) => name === 'dev-laptop'),
          'Escape deletes nothing',
        );
        await goTo(/^dev-laptop, /);
        await page.keyboard.press('Shift+ArrowDown');
        await page.keyboard.press('Delete');
        await workbench.dialog.getByText('Delete 2 tokens?').waitFor();
        await page.keyboard.press('Escape');
        await workbench.dialog.waitFor({ state: 'detached' });
        await goTo(/^dev-laptop, /);
        await page.keyboard.press('Delete');
        await press('Delete');
        await workbench.row(/^dev-laptop, /).waitFor({ state: 'detached' });
      },
      async signOut() {
        await palette('Sign Out…');
        await press('Sign Out');
        await workbench.welcomeButton('Sign In…').waitFor();
      },
      async forgetEverything() {
        await signIn(true);
        await palette('Forget Everything on This Machine…');
        await press('Forget Everything');
        await workbench.welcomeButton('Sign In…').waitFor();
      },
    };
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    assert.deepEqual(
      Object.keys(flows).sort(),
      contributed.map((command) => command.replace('tir.', '')).sort(),
      'every command needs keyboard steps here',
    );
    for (const [name, flow] of Object.entries(flows)) {
      await flow();
      // These remove the welcome button or the list that had the focus, and VS Code doesn't move the focus elsewhere.
      if (!['signIn', 'signOut', 'forgetEverything'].includes(name)) {
        await until(`something to have the focus after ${name}`, focus);
      }
      console.log(`    ${name}`);
    }
    const clicks = await page.evaluate(() => (globalThis as unknown as { clicks: number }).clicks);
    assert.equal(clicks, 0, 'the mouse was used');
  });
});
