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

/** The pictures of the README and the docs. */
const shown = ['README.md', ...readdirSync(join(root, 'docs')).map((file) => join('docs', file))]
  .map((page) => readFileSync(join(root, page), 'utf8'))
  .flatMap((text) => [...text.matchAll(/!\[[^\]]*\]\((?:\.\.\/)?media\/screenshots\/([^)]+)\)/g)])
  .map((match) => match[1] ?? '');
const pictures = [...new Set(shown)].sort();

const isLoaded = (image: Locator) =>
  image.evaluate((element) => {
    const { complete, naturalWidth } = element as unknown as { complete: boolean; naturalWidth: number };
    return complete && naturalWidth > 0;
  });

describe('README pictures', () => {
  it('are exactly those that the script takes and media/screenshots has, one of them a film of 8 to 10 seconds', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tir-pictures-'));
    const [film, ...stills] = ['first-token.png', 'leak.png', 'view.png'];
    try {
      const filmed = await takeScreenshots(folder);
      assert.deepEqual(readdirSync(folder).sort(), [film, ...stills]);
      assert.deepEqual(readdirSync(join(root, 'media', 'screenshots')).sort(), [film, ...stills]);
      assert.deepEqual(pictures, [film, ...stills]);
      assert.ok(filmed.seconds >= 8 && filmed.seconds <= 10, `${filmed.seconds} s`);
      for (const picture of [film, ...stills]) {
        const isFilm = picture === film;
        const taken = readFileSync(join(folder, picture));
        assert.ok(taken.length < (isFilm ? 2_000_000 : 200_000), `${picture}: ${taken.length} bytes`);
        // The chunk that makes a PNG a moving picture.
        assert.equal(taken.includes('acTL'), isFilm, picture);
      }
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
