import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { root } from './root.mjs';

/*
 * `npm run package [-- FILE [FOLDER]]` packs the extension as it's published, or the one in the folder. The same
 * sources give the same bytes, wherever and whenever they are packed, so anyone can check what they installed.
 */

// The time of every file in the package. The package stores local times, so the time zone is fixed, too.
process.env['SOURCE_DATE_EPOCH'] = String(Date.UTC(2020, 0, 1) / 1000);
process.env['TZ'] = 'UTC';

const cwd = resolve(root, process.argv[3] ?? '.');
/** @type {object} */
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const readme = cwd === root ? writeReadme() : {};

const { createVSIX } = await import('@vscode/vsce');
await createVSIX({
  cwd,
  ...readme,
  packagePath: resolve(root, process.argv[2] ?? 'dist/tir-tokens.vsix'),
  // The bundle contains them.
  dependencies: false,
  rewriteRelativeLinks: 'repository' in manifest,
  allowMissingRepository: true,
});

/**
 * Writes the README to pack. Leaves out its pictures, because VS Code and the Marketplace only show pictures with a
 * public URL. Once package.json has a `repository`, vsce gives them such URLs, and they stay.
 */
function writeReadme() {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const file = 'dist/README.md';
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, file), 'repository' in manifest ? text : text.replace(/^ *!\[.*\]\(media\/.*\)\n\n/gm, ''));
  const ignored = readFileSync(join(root, '.vscodeignore'), 'utf8').replace('!README.md', `!${file}`);
  const ignoreFile = join(root, 'dist', '.vscodeignore');
  writeFileSync(ignoreFile, ignored);
  return { readmePath: file, ignoreFile };
}
