import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

import { chromiumPath } from './setup.mjs';

/** Options that turn off the start page and background requests, and allow running without a GPU and as root. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/**
 * Opens an installed Chromium, Chrome or Edge with its own profile.
 * @param {string} profile the profile's folder
 * @param {number} [scale] pixels of the screen for each pixel of the page
 */
export async function openBrowser(profile, scale = 1) {
  const options = {
    args,
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: scale,
    permissions: ['clipboard-read', 'clipboard-write'],
  };
  if (existsSync(chromiumPath)) {
    return chromium.launchPersistentContext(profile, { ...options, executablePath: chromiumPath });
  }
  try {
    return await chromium.launchPersistentContext(profile, { ...options, channel: 'chrome' });
  } catch {
    return chromium.launchPersistentContext(profile, { ...options, channel: 'msedge' });
  }
}
