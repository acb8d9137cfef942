import { basename, join } from 'node:path';

import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';

import { until } from '../support/until';
import type { Options } from './editor';
import { succeeds, Workbench } from './workbench';

/** Pixels of a page. Small, so text stays readable in a column of a README. */
export const size = { width: 820, height: 460 };

/** Settings for a terminal that pictures can show. */
export const plainTerminal = {
  // Tests can wait for text only if the terminal draws it as text.
  'terminal.integrated.gpuAcceleration': 'off',
  // The shell's own prompt has the names of the machine and the user.
  'terminal.integrated.defaultProfile.linux': 'plain',
  'terminal.integrated.profiles.linux': { plain: { path: '/bin/sh', env: { PS1: '$ ', ENV: '' } } },
};

/** Settings of VS Code for pictures: what isn't the extension's is hidden, if there's a setting for it. */
const quiet = {
  'editor.minimap.enabled': false,
  'editor.scrollbar.vertical': 'hidden',
  'editor.scrollbar.horizontal': 'hidden',
  'editor.overviewRulerBorder': false,
  'editor.hideCursorInOverviewRuler': true,
  'editor.glyphMargin': false,
  'editor.folding': false,
  'editor.guides.indentation': false,
  'editor.stickyScroll.enabled': false,
  'editor.matchBrackets': 'never',
  'editor.occurrencesHighlight': 'off',
  // Its icon differs with what VS Code's AI offers.
  'editor.lightbulb.enabled': 'off',
  'breadcrumbs.enabled': false,
  'window.commandCenter': false,
  'window.menuBarVisibility': 'hidden',
  'workbench.layoutControl.enabled': false,
  'workbench.activityBar.location': 'hidden',
  'workbench.editor.editorActionsLocation': 'hidden',
  'workbench.tips.enabled': false,
  'remote.autoForwardPorts': false,
  'terminal.integrated.initialHint': false,
  'terminal.integrated.shellIntegration.decorationsEnabled': 'never',
  'terminal.integrated.tabs.enabled': false,
  ...plainTerminal,
};

/** Hides what no setting hides: other status bar items, other tabs of the panel, and the title bar of the browser. */
const quietStyle = `
  .statusbar-item:not([id*="tir"]), .statusbar-item.remote-kind,
  .part.panel .composite-bar .action-item:not(.checked), .part.panel .title-actions, .part.panel .global-actions,
  .part.titlebar .titlebar-center, .part.titlebar .titlebar-right { display: none !important; }
`;

/** Opens VS Code for pictures at twice the usual resolution. @param name for the folders of VS Code and the browser */
export async function openForPictures(name: string, options: Options = {}): Promise<Workbench> {
  const settings = { ...quiet, ...options.settings };
  const workbench = await Workbench.open(name, { ...options, scale: 2, settings });
  const { page } = workbench;
  await page.setViewportSize(size);
  await page.addStyleTag({ content: quietStyle });
  // A slow VS Code knows its own commands before those of extensions.
  await until('the view', () => succeeds(workbench.command('View: Show TIR AI Platform')));
  return workbench;
}

/** The row of a token in the view, whatever else the row says. */
export function tokenRow({ page }: Workbench, name: string): Locator {
  return page.locator('.sidebar [role=treeitem]', { hasText: name });
}

/** Drags the edge of the side bar, so rows aren't cut off. @param width pixels */
export async function setSideBarWidth({ page }: Workbench, width: number): Promise<void> {
  const { x, y, height, width: before } = await boxOf(page.locator('.part.sidebar'));
  await page.mouse.move(x + before, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width, y + height / 2, { steps: 5 });
  await page.mouse.up();
  await page.mouse.move(0, 0);
}

/** Opens a file of the workspace. @param file its path in the workspace */
export async function openFile({ folder, page, question }: Workbench, file: string): Promise<void> {
  const option = question.getByRole('option', { name: basename(file) }).first();
  const within = { timeout: 5000 };
  const open = async () => {
    await page.keyboard.press('ControlOrMeta+p');
    // The full path needs no search.
    await question.locator('.quick-input-box input').fill(join(folder, file), within);
    await option.click(within);
  };
  // Something else that takes the focus closes the list.
  await until(`the list to take ${file}`, () => succeeds(open()));
  await page.locator('.tab.active', { hasText: basename(file) }).waitFor();
  await page.locator('.monaco-editor.focused .view-line, .notebookOverlay').first().waitFor();
}

export async function clearNotifications(workbench: Workbench): Promise<void> {
  await workbench.command('Notifications: Clear All Notifications');
  await workbench.notification(/./).first().waitFor({ state: 'detached' });
}

/** Types a line into the active terminal, and waits until it has ended. @param typed is called after each part */
export async function runInTerminal({ page }: Workbench, line: string, typed?: () => Promise<void>): Promise<void> {
  const terminal = page.locator('.terminal-wrapper.active');
  const prompts = terminal.locator('.xterm-rows > div', { hasText: /^\$/ });
  await prompts.first().waitFor();
  await terminal.locator('.xterm-helper-textarea').first().focus();
  for (const part of line.match(/.{1,3}/g) ?? []) {
    await page.keyboard.insertText(part);
    await typed?.();
  }
  await terminal.locator('.xterm-rows').getByText(line).waitFor();
  await page.keyboard.press('Enter');
  await prompts.nth(1).waitFor();
}

/** A part of the page. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Waits until an element is shown. Resolves to its box. */
export async function boxOf(what: Locator): Promise<Box> {
  await what.waitFor();
  const box = await what.boundingBox();
  if (!box) {
    throw new Error(`It's no longer shown: ${what.toString()}`);
  }
  return box;
}

/** Takes a picture as PNG. @param clip the part of the page to take */
export function takePicture(page: Page, clip?: Box): Promise<Buffer> {
  return page.screenshot({ animations: 'disabled', caret: 'hide', ...(clip && { clip }) });
}

/** Saves a picture with the same pixels as the browser's own, in fewer bytes. @param file .png or .webp */
export async function savePicture(page: Page, file: string, clip: Box): Promise<void> {
  const picture = sharp(await takePicture(page, clip));
  const smaller = file.endsWith('.webp')
    ? picture.webp({ lossless: true, effort: 6 })
    : picture.png({ compressionLevel: 9, effort: 10, adaptiveFiltering: true });
  await smaller.toFile(file);
}
