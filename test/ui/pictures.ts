import type { Page } from 'playwright-core';
import sharp from 'sharp';

import type { Workbench } from './workbench';

/** Settings of VS Code for pictures. */
export const forPictures = {
  'editor.minimap.enabled': false,
  'breadcrumbs.enabled': false,
  'workbench.layoutControl.enabled': false,
  // Tests can wait for text only if the terminal draws it as text.
  'terminal.integrated.gpuAcceleration': 'off',
  // The shell's own prompt has the names of the machine and the user.
  'terminal.integrated.defaultProfile.linux': 'plain',
  'terminal.integrated.profiles.linux': { plain: { path: '/bin/sh', env: { PS1: '$ ', ENV: '' } } },
};

/** Widens the side bar, so rows aren't cut off. @param by pixels */
export async function widenSideBar({ page }: Workbench, by: number): Promise<void> {
  const box = await page.locator('.part.sidebar').boundingBox();
  const { x = 0, y = 0, width = 0, height = 0 } = box ?? {};
  await page.mouse.move(x + width, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width + by, y + height / 2, { steps: 5 });
  await page.mouse.up();
}

/** Saves a picture of the window with the same pixels as the browser's own, in fewer bytes. @param file .png or .webp */
export async function savePicture(page: Page, file: string): Promise<void> {
  const picture = sharp(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
  const smaller = file.endsWith('.webp')
    ? picture.webp({ lossless: true, effort: 6 })
    : picture.png({ compressionLevel: 9, effort: 10, adaptiveFiltering: true });
  await smaller.toFile(file);
}
