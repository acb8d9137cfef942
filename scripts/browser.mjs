import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

import { chromiumPath } from './setup.mjs';

/** No start page, no look-ups of its own, and fit for machines without a GPU or where one is root. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/**
 * An installed Chromium, Chrome or Edge with a profile of its own.
 * @param {string} profile folder of the profile
 */
export async function openBrowser(profile) {
  const options = { args, viewport: { width: 1280, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'] };
  if (existsSync(chromiumPath)) {
    return chromium.launchPersistentContext(profile, { ...options, executablePath: chromiumPath });
  }
  try {
    return await chromium.launchPersistentContext(profile, { ...options, channel: 'chrome' });
  } catch {
    return chromium.launchPersistentContext(profile, { ...options, channel: 'msedge' });
  }
}
