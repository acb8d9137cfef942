import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { PlatformToken } from '../emulator/emulator';
import { until } from '../support/until';
import { forPictures, savePicture, widenSideBar } from './pictures';
import { Workbench } from './workbench';

/** Pixels. Small, so text stays readable at the size that VS Code shows, and the package stays small. */
const size = { width: 640, height: 450 };

/** Themes by the suffixes of picture names. High contrast themes use the pictures of the theme that's as dark. */
const pictured = { light: 'Light Modern', dark: 'Dark Modern' };

const inTerminal = async ({ page }: Workbench, line: string, answer: RegExp) => {
  await page.locator('.xterm-rows', { hasText: '$' }).waitFor();
  await page.keyboard.insertText(line);
  await page.keyboard.press('Enter');
  await page.locator('.xterm-rows').getByText(answer).waitFor();
};

async function clearNotifications(workbench: Workbench): Promise<void> {
  await workbench.command('Notifications: Clear All Notifications');
  await workbench.notification(/./).first().waitFor({ state: 'detached' });
}

/** Sets up the window for the pictures of each step, in this order. The keys are the prefixes of picture names. */
const steps: Readonly<Record<string, (workbench: Workbench, first: PlatformToken) => Promise<void>>> = {
  async 'first-token'(workbench) {
    await workbench.openView();
    await widenSideBar(workbench, 60);
    await workbench.welcomeButton('Make the first one').waitFor();
    await workbench.page.locator('.monaco-progress-container.active').waitFor({ state: 'detached' });
  },
  async 'sign-in'(workbench, first) {
    await workbench.welcomeButton('Sign In…').click();
    await workbench.question.filter({ hasText: 'Paste the token or text that contains it' }).waitFor();
    await workbench.question.locator('.quick-input-box input').fill(first.value);
  },
  async 'create-token'(workbench, first) {
    await workbench.signInWith(first);
    await workbench.row(/^first-token, /).waitFor();
    await workbench.notification('New terminals have it').waitFor();
    await clearNotifications(workbench);
    await workbench.createToken('dev-laptop');
    await workbench.notification('"dev-laptop" was created').waitFor();
  },
  async terminal(workbench) {
    await clearNotifications(workbench);
    await workbench.command('TIR: Open Terminal with Token…');
    await workbench.page.locator('.terminal-wrapper.active').waitFor();
    await inTerminal(workbench, 'echo ${TIR_API_TOKEN:+set}', /^set$/);
  },
  async script(workbench) {
    const { page } = workbench;
    await workbench.command('TIR: Open Example Script');
    const lines = page.locator('.monaco-editor .view-lines');
    await lines.getByText('TIR_API_TOKEN').first().waitFor();
    await page.keyboard.press('ControlOrMeta+s');
    await until('the file', () => existsSync(join(workbench.folder, 'example.py')));
    await page.keyboard.press('ControlOrMeta+b');
    await page.locator('.part.sidebar').waitFor({ state: 'hidden' });
    const terminal = page.locator('.terminal-wrapper.active');
    await until('the terminal to have the focus', async () => {
      await terminal.locator('.xterm-screen').click();
      return (await terminal.locator('.xterm-helper-textarea:focus').count()) > 0;
    });
    await inTerminal(workbench, 'python3 example.py', /characters/);
  },
};

/** Takes the walkthrough's pictures in a light and a dark theme. @param folder for the pictures */
export async function takeWalkthroughPictures(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [name, theme] of Object.entries(pictured)) {
    const settings = { ...forPictures, 'workbench.colorTheme': theme };
    const workbench = await Workbench.open(`pictures-${name}`, { settings, folderName: 'my-model' });
    try {
      const { emulator, page } = workbench;
      await page.setViewportSize(size);
      const first = emulator.seed('first-token');
      for (const [step, show] of Object.entries(steps)) {
        await show(workbench, first);
        await page.mouse.move(size.width / 2, size.height / 2);
        await savePicture(page, join(folder, `${step}-${name}.webp`));
      }
    } catch (error) {
      await workbench.screenshot(`failed-pictures-${name}`);
      throw error;
    } finally {
      await workbench.close();
    }
  }
}
