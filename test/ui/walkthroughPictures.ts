import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Locator } from 'playwright-core';

import type { PlatformToken } from '../emulator/emulator';
import { until } from '../support/until';
import {
  boxOf,
  clearNotifications,
  openForPictures,
  runInTerminal,
  savePicture,
  setSideBarWidth,
  tokenRow,
  type Box,
} from './pictures';
import type { Workbench } from './workbench';

/** Themes by the suffixes of picture names. High contrast themes use the pictures of the theme that's as dark. */
const pictured = { light: 'Light Modern', dark: 'Dark Modern' };

/** Pixels. Rows and the welcome text fit into it. */
const viewWidth = 320;

/** Resolves to the part of the view that ends below an element. */
const viewDownTo = async ({ page }: Workbench, last: Locator): Promise<Box> => {
  const { x, y, width } = await boxOf(page.locator('.part.sidebar'));
  const end = await boxOf(last);
  return { x, y, width, height: end.y + end.height + 20 - y };
};

/**
 * Sets up the window for the pictures of each step, in this order. Resolves to the part to take. The keys are the
 * prefixes of picture names.
 */
const steps: Readonly<Record<string, (workbench: Workbench, first: PlatformToken) => Promise<Box>>> = {
  async 'sign-in'(workbench) {
    await setSideBarWidth(workbench, viewWidth);
    await workbench.welcomeButton('Sign In…').waitFor();
    await workbench.page.locator('.monaco-progress-container.active').waitFor({ state: 'detached' });
    return viewDownTo(workbench, workbench.page.locator('.welcome-view-content > :last-child'));
  },
  async 'create-token'(workbench, first) {
    await workbench.welcomeButton('Sign In…').click();
    await workbench.signInWith(first);
    await tokenRow(workbench, first.name).waitFor();
    await workbench.createAndUse('dev-laptop');
    await clearNotifications(workbench);
    return viewDownTo(workbench, tokenRow(workbench, first.name));
  },
  async 'run-script'(workbench) {
    const { folder, page } = workbench;
    await workbench.command('TIR: Open Example Script');
    await page.locator('.monaco-editor .view-lines').getByText('TIR_API_TOKEN').first().waitFor();
    await page.keyboard.press('ControlOrMeta+s');
    await until('the file', () => existsSync(join(folder, 'example.py')));
    await workbench.command('View: Close Primary Side Bar');
    await workbench.command('TIR: Open Terminal with Token…');
    await runInTerminal(workbench, 'python3 example.py');
    await clearNotifications(workbench);
    const { x, y } = await boxOf(page.locator('.part.panel'));
    return { x, y, width: 420, height: 115 };
  },
};

/** Takes the walkthrough's pictures in a light and a dark theme. @param folder for the pictures */
export async function takeWalkthroughPictures(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [name, theme] of Object.entries(pictured)) {
    const settings = { 'workbench.colorTheme': theme };
    const workbench = await openForPictures(`pictures-${name}`, { settings, folderName: 'my-model' });
    try {
      const first = workbench.emulator.seed('first-token');
      for (const [step, show] of Object.entries(steps)) {
        const part = await show(workbench, first);
        await workbench.page.mouse.move(0, 0);
        await savePicture(workbench.page, join(folder, `${step}-${name}.webp`), part);
      }
    } catch (error) {
      await workbench.screenshot(`failed-pictures-${name}`);
      throw error;
    } finally {
      await workbench.close();
    }
  }
}
