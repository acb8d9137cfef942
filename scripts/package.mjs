import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

import { packagedReadme, repositoryUrl } from './repository.mjs';
import { root } from './root.mjs';

/*
 * `npm run package [-- FILE [FOLDER]]` packs the extension as it's published, or the one in the folder. The same
 * sources give the same bytes, wherever and whenever they are packed, so anyone can check what they installed.
 */

// The time of every file in the package. The package stores local times, so the time zone is fixed, too.
process.env['SOURCE_DATE_EPOCH'] = String(Date.UTC(2020, 0, 1) / 1000);
process.env['TZ'] = 'UTC';
fixModesAndOrder();

const cwd = resolve(root, process.argv[3] ?? '.');
/** @type {object} */
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const repository = repositoryUrl(root, manifest);

const { createVSIX } = await import('@vscode/vsce');
await createVSIX({
  cwd,
  ...(cwd === root && writeReadme()),
  packagePath: resolve(root, process.argv[2] ?? 'dist/tir-tokens.vsix'),
  // The bundle contains them.
  dependencies: false,
  // vsce guesses these URLs from package.json's `repository`, which may be missing.
  ...(repository !== undefined && {
    baseContentUrl: `${repository}/blob/HEAD`,
    baseImagesUrl: `${repository}/raw/HEAD`,
  }),
  rewriteRelativeLinks: repository !== undefined,
  allowMissingRepository: true,
});

/**
 * Gives all files the same mode and order everywhere. vsce takes the mode from the disk, where it depends on the umask,
 * and sorts by the language of the system. It has no options for them.
 */
function fixModesAndOrder() {
  const vsce = createRequire(createRequire(import.meta.url).resolve('@vscode/vsce'));
  /** @typedef {(file: string, path: string, options: object) => void} AddFile */
  /** @type {{ ZipFile: { prototype: { addFile: AddFile } } }} */
  const { ZipFile } = vsce('yazl');
  const { addFile } = ZipFile.prototype;
  ZipFile.prototype.addFile = function (
    /** @type {string} */ file,
    /** @type {string} */ path,
    /** @type {object} */ options,
  ) {
    addFile.call(this, file, path, { ...options, mode: 0o100644 });
  };
  // This process only packs.
  String.prototype.localeCompare = function (/** @type {string} */ other) {
    const text = String(this);
    return text < other ? -1 : Number(text > other);
  };
}

/** Writes the README to pack, and says what's left out if the repository's URL isn't known. */
function writeReadme() {
  if (repository === undefined) {
    console.log(
      "README.md is packed without pictures, and its links to other files lead nowhere, because both need a public URL. Set GITHUB_REPOSITORY to owner/name, or Git's remote origin to a GitHub URL.",
    );
  }
  const file = 'dist/README.md';
  mkdirSync(join(root, 'dist'), { recursive: true });
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  writeFileSync(join(root, file), packagedReadme(text, repository !== undefined));
  const ignored = readFileSync(join(root, '.vscodeignore'), 'utf8').replace('!README.md', `!${file}`);
  const ignoreFile = join(root, 'dist', '.vscodeignore');
  writeFileSync(ignoreFile, ignored);
  return { readmePath: file, ignoreFile };
}
