import { resolve } from 'node:path';

import { root } from './root.mjs';

/*
 * `npm run package [-- FILE [FOLDER]]`: the extension as it is published, or the one in the folder. The same sources give the same bytes, wherever
 * and whenever they are packed, so that anybody can check what they installed.
 */

// The time that every file in the package gets; it is written as the local time of a zone.
process.env['SOURCE_DATE_EPOCH'] = String(Date.UTC(2020, 0, 1) / 1000);
process.env['TZ'] = 'UTC';

const { createVSIX } = await import('@vscode/vsce');
await createVSIX({
  cwd: resolve(root, process.argv[3] ?? '.'),
  packagePath: resolve(root, process.argv[2] ?? 'dist/tir-tokens.vsix'),
  // They are in the bundle.
  dependencies: false,
  rewriteRelativeLinks: false,
  allowMissingRepository: true,
});
