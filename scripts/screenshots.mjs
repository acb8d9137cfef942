import { join } from 'node:path';

import { runNpm, step } from './process.mjs';
import { root } from './root.mjs';
import { chromium, installPackages, installSystemPackages } from './setup.mjs';
import { installServer } from './vscode-server.mjs';

/*
 * `npm run screenshots` takes the pictures of the README and the walkthrough, with the packaged extension in a real VS
 * Code and an emulator of the TIR API. It also converts the icon for the Marketplace, which doesn't accept SVG.
 */

await installPackages();
await installSystemPackages(chromium);
await installServer();
await step('Building the extension', () => runNpm(['run', 'package'], { cwd: root }));
const { buildScreenshots } = await import('./build-tests.mjs');
const { default: sharp } = await import('sharp');
const modules = await buildScreenshots();
/** @type {typeof import('../test/ui/walkthroughPictures.js')} */
const { takeWalkthroughPictures } = await import(modules.walkthroughPictures);
/** @type {typeof import('../test/ui/screenshots.js')} */
const { takeScreenshots } = await import(modules.screenshots);
await step('Taking the pictures', async () => {
  await takeWalkthroughPictures(join(root, 'media', 'walkthrough'));
  await takeScreenshots(join(root, 'media', 'screenshots'));
  await sharp(join(root, 'media', 'icon.svg'))
    .png({ colours: 16 })
    .toFile(join(root, 'media', 'icon.png'));
});
