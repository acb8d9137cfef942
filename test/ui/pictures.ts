import type { Page } from 'playwright-core';
import sharp from 'sharp';

import type { Workbench } from './workbench';

/** The settings of an editor that pictures are taken of. */
export const forPictures = {
  'editor.minimap.enabled': false,
  'breadcrumbs.enabled': false,
  'workbench.layoutControl.enabled': false,
  // What it draws as text can be waited for.
  'terminal.integrated.gpuAcceleration': 'off',
  // The shell's own prompt names the machine and the person.
  'terminal.integrated.defaultProfile.linux': 'plain',
  'terminal.integrated.profiles.linux': { plain: { path: '/bin/sh', env: { PS1: '$ ', ENV: '' } } },
};

/** So that rows are whole. @param by pixels */
export async function widenSideBar({ page }: Workbench, by: number): Promise<void> {
  const box = await page.locator('.part.sidebar').boundingBox();
  const { x = 0, y = 0, width = 0, height = 0 } = box ?? {};
  await page.mouse.move(x + width, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width + by, y + height / 2, { steps: 5 });
  await page.mouse.up();
}

/** Saves what the window shows, in half the bytes of the browser's own pictures, with the same pixels. */
export async function savePicture(page: Page, file: string): Promise<void> {
  const picture = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  await sharp(picture).png({ compressionLevel: 9, effort: 10, adaptiveFiltering: true }).toFile(file);
}
