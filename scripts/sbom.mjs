import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { npmCli } from './process.mjs';
import { root } from './root.mjs';

/*
 * `npm run sbom` prints the bill of materials of what ships, as CycloneDX. `npm sbom --omit dev` would leave out
 * packages that a development tool also uses, so `npm sbom` runs on a project without development tools.
 */

const home = mkdtempSync(join(tmpdir(), 'tir-sbom-'));
// npm names the bill after the folder.
const folder = join(home, 'tir-tokens');
try {
  mkdirSync(folder);
  const { devDependencies: _, ...manifest } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  copyFileSync(join(root, 'package-lock.json'), join(folder, 'package-lock.json'));
  /** @param {string[]} args */
  const npm = (...args) =>
    execFileSync(process.execPath, [npmCli(), ...args, '--package-lock-only'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
  npm('install', '--ignore-scripts', '--no-audit', '--no-fund');
  process.stdout.write(npm('sbom', '--sbom-format', 'cyclonedx'));
} finally {
  rmSync(home, { recursive: true });
}
