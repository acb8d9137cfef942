import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { buildBench, buildNaive } from './build-tests.mjs';
import { root } from './root.mjs';
import { vscodeHome } from './vscode-server.mjs';

/*
 * Lays out copies of the extensions to measure: this one, and those to compare it with (empty ones, VS Code's own Git
 * and GitHub sign-in, and `test/bench/naive`). In each copy, `test/bench/peer.ts` replaces the main module, and starts
 * that when it's told to.
 */

/** Copies each extension into its own subfolder. Resolves to `folder`. @param {string} folder created if missing */
export async function layOutPeers(folder) {
  const [peer, naive] = await Promise.all([buildBench('peer'), buildNaive()]);
  const builtIn = join(vscodeHome('newest'), 'extensions');
  const sources = {
    ours: { from: root, files: ['dist', 'l10n', 'media', 'package.nls.json'] },
    naive: { from: naive, files: ['main.js'] },
    git: { from: join(builtIn, 'git'), files: ['dist', 'resources', 'package.nls.json'] },
    'github-authentication': {
      from: join(builtIn, 'github-authentication'),
      files: ['dist', 'images', 'media', 'package.nls.json'],
    },
    empty: undefined,
    'warm-up': undefined,
  };
  for (const [name, source] of Object.entries(sources)) {
    const to = join(folder, name);
    mkdirSync(to, { recursive: true });
    for (const file of source?.files ?? []) {
      cpSync(join(source?.from ?? '', file), join(to, file), { recursive: true });
    }
    cpSync(peer, join(to, 'peer.js'));
    if (!source) {
      writeFileSync(join(to, 'main.js'), 'exports.activate = () => undefined;\n');
    }
    const manifest = source ? JSON.parse(readFileSync(join(source.from, 'package.json'), 'utf8')) : emptyManifest(name);
    if (source?.from.startsWith(builtIn)) {
      // VS Code's own extensions use some of its packages.
      symlinkSync(join(vscodeHome('newest'), 'node_modules'), join(to, 'node_modules'));
    }
    // No activation events: only the benchmark starts the extension.
    const { browser: _, api: __, main, ...rest } = manifest;
    const measured = join(to, /\.js$/.test(main) ? main : `${main}.js`).slice(to.length);
    writeFileSync(
      join(to, 'package.json'),
      JSON.stringify({ ...rest, main: './peer.js', measured, activationEvents: [], extensionKind: ['workspace'] }),
    );
  }
  return folder;
}

/** @param {string} name */
function emptyManifest(name) {
  return { name, publisher: 'tir-bench', version: '0.0.0', engines: { vscode: '^1.96.0' }, main: './main.js' };
}
