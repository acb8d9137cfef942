import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { seedDemo } from '../emulator/demo';
import { forPictures, savePicture, widenSideBar } from './pictures';
import { Workbench } from './workbench';

const size = { width: 1120, height: 640 };

const script = (origin: string) => `import os
from urllib.request import Request, urlopen

url = "${origin}/whoami/"
token = os.environ["TIR_API_TOKEN"]
request = Request(url, headers={"Authorization": f"Bearer {token}"})

with urlopen(request) as answer:
    print(answer.status, answer.read().decode())
`;

async function open({ page, question, folder }: Workbench, file: string, text: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+p');
  // The full path needs no search.
  await question.locator('.quick-input-box input').fill(join(folder, file));
  await question.getByRole('option', { name: new RegExp(`^${file}`) }).click();
  await page.locator('.monaco-editor.focused .view-line', { hasText: text }).waitFor();
}

/** Sets up the window for each picture of the README, in this order. The keys are the pictures' names. */
const scenes: Readonly<Record<string, (workbench: Workbench) => Promise<void>>> = {
  async view(workbench) {
    const { page } = workbench;
    await workbench.command('TIR: Open Terminal with Token…');
    await page.locator('.xterm-rows', { hasText: '$' }).waitFor();
    await page.keyboard.insertText('python3 whoami.py');
    await page.keyboard.press('Enter');
    await page.locator('.xterm-rows', { hasText: '"token_name":"dev-laptop"' }).waitFor();
  },
  async rotate(workbench) {
    await workbench.rowMenu(/^dev-laptop, /, 'Rotate Token…', workbench.dialog);
  },
  async snippet(workbench) {
    const { page } = workbench;
    await page.keyboard.press('Escape');
    await workbench.dialog.waitFor({ state: 'detached' });
    await workbench.command('View: Hide Panel');
    await open(workbench, 'chat.py', 'endpoint');
    await page.keyboard.press('ControlOrMeta+End');
    await page.locator('.statusbar').getByText('Ln 3, Col 1').waitFor();
    await page.keyboard.type('tir-');
    await page.locator('.suggest-widget.visible').getByText('tir-').first().waitFor();
  },
  async activity(workbench) {
    const { page } = workbench;
    await page.keyboard.press('Escape');
    await workbench.command('File: Revert File');
    await workbench.command('View: Close All Editors');
    await workbench.theme('Dark Modern', 'vs-dark');
    await workbench.command('TIR: Show Token Activity');
    await page.locator('.view-line', { hasText: 'dev-laptop' }).first().waitFor();
  },
};

/** Takes the README's pictures. @param folder for the pictures */
export async function takeScreenshots(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const workbench = await Workbench.open('screenshots', {
    // The theme that VS Code starts with.
    settings: { ...forPictures, 'workbench.colorTheme': undefined },
  });
  try {
    const { emulator, page } = workbench;
    await page.setViewportSize(size);
    writeFileSync(join(workbench.folder, 'whoami.py'), script(emulator.origin));
    writeFileSync(join(workbench.folder, 'chat.py'), '# A first answer from an endpoint\n\n');
    await workbench.openView();
    await workbench.welcomeButton('Sign In…').click();
    await workbench.signInWith(seedDemo(emulator));
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createAndUse('dev-laptop');
    await workbench.command('Notifications: Clear All Notifications');
    await open(workbench, 'whoami.py', 'urllib');
    await widenSideBar(workbench, 50);
    for (const [name, scene] of Object.entries(scenes)) {
      await scene(workbench);
      await page.mouse.move(size.width / 2, size.height - 60);
      await savePicture(page, join(folder, `${name}.png`));
    }
  } catch (error) {
    await workbench.screenshot('failed-screenshots');
    throw error;
  } finally {
    await workbench.close();
  }
}
