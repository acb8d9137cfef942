import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { bundledPackages } from '../../scripts/build.mjs';
import { root } from '../../scripts/root.mjs';

/**
 * Copies this project into a new folder, for tests that build or edit it, since other suites load from `dist` and
 * `out`. Resolves to the folder, which the test has to delete.
 */
export async function copyOfSources(prefix = 'tir-copy-'): Promise<string> {
  const copy = mkdtempSync(join(tmpdir(), prefix));
  const leftOut = ['.git', '.vscode-test', 'dist', 'node_modules', 'out'].map((name) => join(root, name));
  cpSync(root, copy, { recursive: true, filter: (path) => !leftOut.includes(path) });
  // Bundled packages are copied: esbuild follows links, and the names of bundle files depend on their modules' paths.
  const bundled = new Set((await bundledPackages()).map((name) => name.split('/')[0]));
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules'))) {
    const [from, to] = [root, copy].map((folder) => join(folder, 'node_modules', name)) as [string, string];
    if (bundled.has(name)) {
      cpSync(from, to, { recursive: true });
    } else if (name !== '.package-lock.json') {
      // On Windows, a junction needs no privileges. Elsewhere it's an ordinary link.
      symlinkSync(from, to, 'junction');
    }
  }
  return copy;
}
