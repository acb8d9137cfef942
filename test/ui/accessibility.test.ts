import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { AxeResults, RunOptions } from 'axe-core';

import { themes } from './editor';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const day = 24 * 60 * 60 * 1000;

/** Selectors of the places where VS Code shows the extension. */
const surfaces = {
  view: '[id="workbench.view.extension.tir"]',
  status: '.statusbar-item[id$="tir.tokenInUse"]',
  question: '.quick-input-widget',
  notification: '.notification-list-item',
  dialog: '.monaco-dialog-box',
  walkthrough: '.step-description-container',
  activity: '.editor-actions',
} as const;

/** Rules that VS Code's own widgets break whatever an extension does, and how. */
const ofTheEditor = {
  'label-content-name-mismatch': 'the text of a row has no space between its name and its description',
  'aria-allowed-attr': 'the answers of a question have a level',
  'aria-progressbar-name': 'the bar above a question has no name, in older editors',
  'aria-prohibited-attr': 'the picture of a dialog and the keys of a command have a label and no role',
  'color-contrast': 'texts have the colors of the theme',
} as const;

const options: RunOptions = {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
  rules: Object.fromEntries(Object.keys(ofTheEditor).map((rule) => [rule, { enabled: false }])),
  resultTypes: ['violations'],
};

/** Minimum contrast of graphics that carry meaning (WCAG 2.2, 1.4.11). */
const leastContrast = 3;

/** What {@link contrastOf} uses of the page and of `axe`. */
interface InPage {
  readonly document: { readonly body: unknown };
  readonly axe: {
    readonly setup: (element: unknown) => void;
    readonly teardown: () => void;
    readonly commons: {
      readonly color: {
        readonly Color: new () => { parseString(color: string): void };
        readonly getBackgroundColor: (element: unknown) => unknown;
        readonly getContrast: (background: unknown, color: unknown) => number;
      };
    };
  };
  readonly getComputedStyle: (element: unknown, part: string) => { readonly color: string };
}

/** Returns the contrast of an icon with its background. Icons are characters of a font. Runs in the page. */
function contrastOf(icon: unknown): number {
  const { axe, document, getComputedStyle } = globalThis as unknown as InPage;
  const { Color, getBackgroundColor, getContrast } = axe.commons.color;
  axe.setup(document.body);
  const color = new Color();
  color.parseString(getComputedStyle(icon, '::before').color);
  const contrast = getContrast(getBackgroundColor(icon), color);
  axe.teardown();
  return contrast;
}

describe('Accessibility', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  /** Asserts that a surface violates none of the Web Content Accessibility Guidelines 2.2, level AA. */
  const check = async (surface: keyof typeof surfaces, theme = 'dark') => {
    const { page } = workbench;
    await page.locator(surfaces[surface]).first().waitFor();
    await page.evaluate(axe);
    const { violations, passes } = await page.evaluate<AxeResults, [string, RunOptions]>(
      ([selector, given]) => (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run(selector, given),
      [surfaces[surface], options],
    );
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => ({ id, html, failureSummary })),
    );
    assert.deepEqual(found, [], `${surface}, ${theme}`);
    assert.ok(passes.length > 0, surface);
  };
  const signIn = async () => {
    const { emulator } = workbench;
    emulator.seed('ci-pipeline', { createdAt: Date.now() - 349 * day });
    emulator.seed('old-workstation', { createdAt: Date.now() - 371 * day });
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createAndUse('dev-laptop');
  };

  it('has valid names and roles in every place where VS Code shows the extension', async () => {
    const { page, question } = workbench;
    await check('view');
    await signIn();
    for (const surface of ['notification', 'view', 'status'] as const) {
      await check(surface);
    }
    await workbench.command('TIR: Copy Code Snippet…');
    await question.getByRole('option', { name: /^curl/ }).waitFor();
    await check('question');
    await page.keyboard.press('Escape');
    await workbench.command('TIR: Create Token…');
    await workbench.answer('where the token will be used', 'not a name');
    await question.getByText('name can contain only').waitFor();
    await check('question');
    await workbench.screenshot('accessibility-question');
    await page.keyboard.press('Escape');

    await workbench.rowButton(/^ci-pipeline, /, 'Delete Token…');
    await check('dialog');
    await page.keyboard.press('Escape');
    await workbench.command('TIR: Show Token Activity');
    await page.getByRole('tab', { name: 'Token Activity' }).waitFor();
    await check('activity');
    await workbench.openWalkthrough();
    await check('walkthrough');
    await workbench.screenshot('accessibility-walkthrough');
  });

  it('has enough contrast between row icons and their background in every theme', async () => {
    await signIn();
    for (const [name, theme, themeClass] of themes) {
      await workbench.theme(theme, themeClass);
      await check('view', name);
      for (const row of [/^dev-laptop, in use, /, /^ci-pipeline, expires in /, /^old-workstation, expired, /]) {
        const icon = workbench.row(row).locator('.codicon').first();
        const ratio = await icon.evaluate(contrastOf);
        assert.ok(ratio >= leastContrast, `the icon of ${row}, ${name}: ${ratio}`);
      }
      await workbench.screenshot(`accessibility-${name}`);
    }
  });
});
