import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Locator } from 'playwright-core';

import { root } from '../../scripts/root.mjs';
import { until } from '../support/until';
import { takeScreenshots } from './screenshots';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const pictures = [...readme.matchAll(/!\[[^\]]*\]\(media\/screenshots\/([^)]+)\)/g)].map((match) => match[1] ?? '');

const isLoaded = (image: Locator) =>
  image.evaluate((element) => {
    const { complete, naturalWidth } = element as unknown as { complete: boolean; naturalWidth: number };
    return complete && naturalWidth > 0;
  });

describe('README pictures', () => {
  it('are exactly those that the script takes and media/screenshots has', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tir-pictures-'));
    try {
      await takeScreenshots(folder);
      assert.deepEqual(readdirSync(folder).sort(), [...pictures].sort());
      assert.deepEqual(readdirSync(join(root, 'media', 'screenshots')).sort(), [...pictures].sort());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('Installed extension', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  it('contains only files that run or that people read', () => {
    const files = readdirSync(workbench.extension, { recursive: true, encoding: 'utf8' });
    const later = files.filter((file) => file.startsWith('dist/later/'));
    assert.ok(later.length > 0 && later.every((file) => file.endsWith('.js')));
    assert.deepEqual(files.filter((file) => !file.startsWith('media') && !later.includes(file)).sort(), [
      '.vsixmanifest',
      'LICENSE.txt',
      'SECURITY.md',
      'changelog.md',
      'dist',
      'dist/THIRD-PARTY.txt',
      'dist/extension.js',
      'dist/later',
      'l10n',
      'l10n/bundle.l10n.hi.json',
      'package.json',
      'package.nls.hi.json',
      'package.nls.json',
      'readme.md',
    ]);
    assert.ok(files.includes('media/icon.png'));
  });

  it('shows its icon, its README with all pictures, and its changelog on its page in VS Code', async () => {
    const { page } = workbench;
    await page.locator('.activitybar').waitFor();
    await workbench.command('View: Show Extensions');
    await page.locator('.extension-list-item', { hasText: 'TIR Tokens' }).first().click();
    const details = page.locator('.extension-editor');
    await details.getByText('TIR Tokens').first().waitFor();
    const icon = details.locator('img.icon');
    await until('the icon', () => isLoaded(icon));
    const text = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
    await text.getByRole('heading', { name: 'TIR Tokens', level: 1 }).waitFor();
    for (const picture of await text.locator('img').all()) {
      await until('the picture', () => isLoaded(picture));
    }
    await workbench.screenshot('extension-page');
    await details
      .getByRole('link', { name: 'Changelog' })
      .or(details.getByText('Changelog', { exact: true }))
      .first()
      .click();
    await text.getByRole('heading', { name: /^0\.1\.0/ }).waitFor();
  });
});
