import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { seedDemo } from '../emulator/demo';
import { until } from '../support/until';
import type { Film } from './film';
import { filmFirstToken } from './firstTokenFilm';
import {
  boxOf,
  clearNotifications,
  openFile,
  openForPictures,
  savePicture,
  setSideBarWidth,
  size,
  tokenRow,
  type Box,
} from './pictures';
import { succeeds, type Workbench } from './workbench';

/** Sets up the window for each picture of the README, in this order. Resolves to the part to take. */
const scenes: Readonly<Record<string, (workbench: Workbench) => Promise<Box>>> = {
  async view({ page }) {
    const view = await boxOf(page.locator('.part.sidebar'));
    const lastRow = await boxOf(page.locator('.sidebar [role=treeitem]').last());
    await page.setViewportSize({ ...size, height: Math.ceil(lastRow.y + 2 * lastRow.height + 22) });
    const { y, height } = await boxOf(page.locator('.part.statusbar'));
    return { x: 0, y: view.y, width: view.width, height: y + height - view.y };
  },
  async leak(workbench) {
    const { emulator, folder, page } = workbench;
    await page.setViewportSize(size);
    const { value } = emulator.tokens.find(({ name }) => name === 'dev-laptop')!;
    const text = `from openai import OpenAI

client = OpenAI(
    base_url="https://infer.e2enetworks.net/project/p-4711/v1",
    api_key="${value}",
)
`;
    writeFileSync(join(folder, 'chat.py'), text);
    await openFile(workbench, 'chat.py');
    await workbench.command('View: Close Primary Side Bar');
    await page.locator('.squiggly-warning').first().waitFor();
    await page.locator('.view-line', { hasText: 'api_key' }).click({ position: { x: 60, y: 8 } });
    const menu = page.locator('.action-widget').first();
    await until('the light bulb', async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+.');
      return succeeds(menu.locator('.monaco-list-row.action').nth(1).waitFor({ timeout: 5000 }));
    });
    const editor = await boxOf(page.locator('.editor-group-container').first());
    const { y, height } = await boxOf(menu);
    return { ...editor, width: 600, height: y + height + 16 - editor.y };
  },
};

/** Takes the README's pictures. Resolves to the film among them. @param folder for the pictures */
export async function takeScreenshots(folder: string): Promise<Film> {
  mkdirSync(folder, { recursive: true });
  // The dark theme, which VS Code starts with.
  const workbench = await openForPictures('screenshots');
  try {
    const { emulator, page } = workbench;
    await workbench.welcomeButton('Sign In…').click();
    await workbench.signInWith(seedDemo(emulator));
    await tokenRow(workbench, 'first-token').waitFor();
    await workbench.createAndUse('dev-laptop');
    await clearNotifications(workbench);
    await setSideBarWidth(workbench, 320);
    for (const [name, scene] of Object.entries(scenes)) {
      const part = await scene(workbench);
      await savePicture(page, join(folder, `${name}.png`), part);
    }
  } catch (error) {
    await workbench.screenshot('failed-screenshots');
    throw error;
  } finally {
    await workbench.close();
  }
  return filmFirstToken(join(folder, 'first-token.png'));
}
