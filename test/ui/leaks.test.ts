import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { until } from '../support/until';
import { platform, Values } from '../unit/leaks/values';
import { openFile } from './pictures';
import { shareWorkbench } from './shareWorkbench';
import { succeeds, Workbench } from './workbench';

describe('Leak guard', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  /** Opens a new file. */
  const open = async (file: string, text: string) => {
    const path = join(workbench.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    await openFile(workbench, file);
  };
  const read = (file: string) => readFileSync(join(workbench.folder, file), 'utf8');
  /** Signs in, and uses a new token. Resolves to it. */
  const useToken = async () => {
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createAndUse('dev-laptop');
    return workbench.emulator.tokens.at(-1)!;
  };
  /** Puts a text on the clipboard, as another program does. */
  const copy = (text: string) => workbench.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  /** Saves until a file has a text. */
  const saved = async (file: string, text: string) => {
    await until(`${file} to be saved`, async () => {
      await workbench.page.keyboard.press('Control+s');
      return succeeds(until('the text', () => read(file) === text, 3));
    }).catch(() => {
      // What the file holds instead may be a token.
      const { tokens } = workbench.emulator;
      assert.equal(
        tokens.reduce((shown, { value, name }) => shown.replaceAll(value, `<${name}>`), read(file)),
        text,
      );
    });
  };

  it('marks a leaked token, and replaces it with the variable or rotates it from the light bulb', async () => {
    const { emulator, page } = workbench;
    const { id, value } = await useToken();
    /** Applies a fix from the nearest light bulb's menu. */
    const fix = async (title: string) => {
      const menu = page.locator('.action-widget');
      await page.locator('.squiggly-warning').first().waitFor();
      await until('the light bulb', async () => {
        await page.keyboard.press('Escape');
        await page.keyboard.press('Control+.');
        return succeeds(menu.getByText(title).waitFor({ timeout: 5000 }));
      });
      await workbench.screenshot(`leak-${title.split(' ', 1)[0]}`);
      const chosen = menu.locator('.monaco-list-row.focused');
      while (!(await chosen.textContent())?.includes(title)) {
        await page.keyboard.press('ArrowDown');
      }
      await page.keyboard.press('Enter');
    };

    await open('app.py', `token = "${value}"\nprint(len(token))\n`);
    await fix('Replace with os.environ["TIR_API_TOKEN"]');
    await page.locator('.squiggly-warning').first().waitFor({ state: 'detached' });
    await saved('app.py', 'import os\ntoken = os.environ["TIR_API_TOKEN"]\nprint(len(token))\n');

    await open('notes.md', `The token is ${value}\n`);
    await fix('Rotate the leaked token "dev-laptop"…');
    await workbench.dialog.getByText('Rotate the token "dev-laptop"?').waitFor();
    await workbench.dialog.getByRole('button', { name: 'Rotate', exact: true }).click();
    await workbench.row(/^dev-laptop-2, in use, /).waitFor();
    // The new token is in use before the old one is deleted.
    await workbench.row(/^dev-laptop, /).waitFor({ state: 'detached' });
    assert.ok(emulator.tokens.every((token) => token.id !== id));
  });

  describe('pasting', () => {
    /** Opens a file with the cursor before its last characters. */
    const openAt = async (file: string, before: string, after: string) => {
      const { page } = workbench;
      await open(file, before + after);
      const lines = before.split('\n');
      const place = page.getByText(`Ln ${lines.length}, Col ${lines.at(-1)!.length + 1}`, { exact: true });
      await until('the cursor to be at its place', async () => {
        await page.keyboard.press('Control+End');
        for (let left = after.length; left > 0; left--) {
          await page.keyboard.press('ArrowLeft');
        }
        return succeeds(place.waitFor({ timeout: 1000 }));
      });
    };
    /** Clicks the button beside what was pasted, and chooses another way to paste it. */
    const chooseOption = async (title: string) => {
      const { page } = workbench;
      await page.locator('.post-edit-widget').click();
      await page.locator('.action-widget').getByText(title).click();
    };
    const files: readonly (readonly [file: string, before: string, after: string, pasted: string])[] = [
      ['paste.py', 'token = ', '', 'import os\ntoken = os.environ["TIR_API_TOKEN"]'],
      ['paste.ts', 'const token: string = ', '', 'const token: string = process.env.TIR_API_TOKEN ?? ""'],
      ['paste.sh', 'curl -H "Authorization: Bearer ', '"', 'curl -H "Authorization: Bearer $TIR_API_TOKEN"'],
      ['compose.yaml', 'environment:\n  TOKEN: ', '', 'environment:\n  TOKEN: ${TIR_API_TOKEN}'],
    ];

    it('reads the variable instead of the token, in files and in a cell of a notebook', async () => {
      const { page } = workbench;
      const { value } = await useToken();
      await copy(value);
      for (const [file, before, after, pasted] of files) {
        await openAt(file, before, after);
        await page.keyboard.press('Control+v');
        await saved(file, pasted);
        await workbench.screenshot(file);
      }
      const cell = { cell_type: 'code', metadata: {}, source: ['token = '], outputs: [], execution_count: null };
      await open('paste.ipynb', JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }));
      await until('the cell to have the focus', async () => {
        await page.locator('.notebookOverlay .view-line').first().click();
        return succeeds(page.locator('.notebookOverlay .monaco-editor.focused').waitFor({ timeout: 2000 }));
      });
      await page.keyboard.press('End');
      await page.keyboard.press('Control+v');
      const savedCell = () => {
        try {
          return (JSON.parse(read('paste.ipynb')) as { cells: { source: string[] }[] }).cells[0]?.source.join('');
        } catch {
          // VS Code is still writing it.
          return undefined;
        }
      };
      await until('the saved cell', async () => {
        await page.keyboard.press('Control+s');
        return savedCell() === 'import os\ntoken = os.environ["TIR_API_TOKEN"]';
      });
      await workbench.screenshot('paste-cell');
    });

    it('takes the place of a selection, and leaves lines alone that VS Code would indent', async () => {
      const { page } = workbench;
      await workbench.signIn();
      const value = new Values(92).jwt(platform);
      await copy(value);
      await openAt('selection.sh', 'export TIR_API_TOKEN=old', '');
      await page.keyboard.press('Control+Shift+ArrowLeft');
      await page.keyboard.press('Control+v');
      await saved('selection.sh', 'export TIR_API_TOKEN');
      const lines = `if a:\n    token = "${value}"`;
      await copy(lines);
      await openAt('lines.py', 'def b():\n    ', '');
      await page.keyboard.press('Control+v');
      await until('the lines to be pasted', async () => {
        await page.keyboard.press('Control+s');
        return read('lines.py').includes(value);
      });
    });

    it('pastes the token itself if a person asks for it, and leaves other texts alone', async () => {
      const { page } = workbench;
      // Not one of the emulator's tokens: VS Code keeps what it saves in its local history.
      const value = new Values(90).jwt(platform);
      await workbench.signIn();
      await copy(value);
      await openAt('a.py', 'token = "', '"');
      await page.keyboard.press('Control+v');
      await page.locator('.post-edit-widget').waitFor();
      await workbench.screenshot('paste-option');
      await chooseOption('Insert Plain Text');
      await saved('a.py', `token = "${value}"`);
      await copy('not a token');
      await openAt('b.py', 'token = "', '"');
      await page.keyboard.press('Control+v');
      await saved('b.py', 'token = "not a token"');
    });

    it('marks the token at once after a paste from the menu, which VS Code in a browser keeps to itself', async () => {
      const { page } = workbench;
      await workbench.signIn();
      await copy(new Values(91).jwt(platform));
      await openAt('menu.py', 'token = "', '"');
      const paste = workbench.menuItem('Paste');
      await until('the menu', async () => {
        const { x, y } = (await page.locator('.monaco-editor.focused .cursor').first().boundingBox())!;
        await page.mouse.click(x + 1, y + 5, { button: 'right' });
        return succeeds(paste.waitFor({ timeout: 5000 }));
      });
      // VS Code ignores clicks on a menu that has just opened.
      await until('the menu to take the click', async () => {
        await succeeds(paste.click({ timeout: 1000 }));
        return succeeds(paste.waitFor({ state: 'hidden', timeout: 1000 }));
      });
      const bulb = page.locator('[class*="gutter-lightbulb"]').first();
      await bulb.waitFor();
      await until('the menu of the light bulb', async () => {
        await succeeds(bulb.click({ timeout: 1000 }));
        return succeeds(page.locator('.action-widget').getByText('Replace with').click({ timeout: 5000 }));
      });
      await saved('menu.py', 'import os\ntoken = os.environ["TIR_API_TOKEN"]');
    });
  });

  it('hides the tokens of a .env file until a person asks to see them', async () => {
    const { page } = workbench;
    const { value } = await useToken();
    await open('.env', `A=b\nTIR_API_TOKEN=${value}\n`);
    const line = page.locator('.editor-instance .view-line', { hasText: 'TIR_API_TOKEN' });
    await until('the value to be hidden', async () => !(await line.innerText()).includes(value));
    await workbench.screenshot('env-hidden');
    await page.getByRole('button', { name: 'Show token values' }).click();
    await until('the value to be shown', async () => (await line.innerText()).includes(value));
    await workbench.screenshot('env-shown');
    assert.equal(read('.env'), `A=b\nTIR_API_TOKEN=${value}\n`);
  });
});
