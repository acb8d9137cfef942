import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { run, runNpm, step } from './process.mjs';
import { root } from './root.mjs';

/*
 * Installs what everything else needs. Depends on Node's own modules only, since it installs the others.
 */

/** Installs the packages of package-lock.json, unless this version of it is already installed. */
export async function installPackages() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.installed-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    return;
  }
  await step('Installing packages', () => runNpm(['ci', '--no-audit', '--no-fund'], { cwd: root }));
  writeFileSync(stamp, wanted);
}

/** @typedef {{ package: string, present: () => boolean }} SystemPackage */

/** @param {string} command @returns {SystemPackage['present']} */
const onPath = (command) => () => spawnSync(process.platform === 'win32' ? 'where' : 'which', [command]).status === 0;

/** Tools to compile the VS Code server's native modules. @type {SystemPackage[]} */
export const compilers = [
  { package: 'python3', present: onPath('python3') },
  { package: 'make', present: onPath('make') },
  { package: 'g++', present: () => onPath('g++')() || onPath('clang++')() },
];

/** @type {SystemPackage[]} */
export const curl = [{ package: 'curl', present: onPath('curl') }];

/** @type {SystemPackage[]} */
export const git = [{ package: 'git', present: onPath('git') }];

/** Shells whose start-up files the tests write. Windows has none of them. @type {SystemPackage[]} */
export const shells = (process.platform === 'win32' ? [] : ['zsh', 'fish']).map((shell) => ({
  package: shell,
  present: onPath(shell),
}));

/** Runs the kernel of the notebook tests. Debian's packages are for its own Python, whichever `python3` is on the PATH. */
export const python = '/usr/bin/python3';

/** @type {SystemPackage[]} */
export const jupyterKernel = [
  { package: 'python3-ipykernel', present: () => spawnSync(python, ['-c', 'import ipykernel']).status === 0 },
];

/** Run the programs whose leaked tokens were replaced. @type {SystemPackage[]} */
export const compilersOfFixes = [
  ...jupyterKernel,
  { package: 'golang-go', present: onPath('go') },
  { package: 'default-jdk-headless', present: onPath('javac') },
  { package: 'ruby', present: onPath('ruby') },
  { package: 'php-cli', present: onPath('php') },
  { package: 'rustc', present: onPath('rustc') },
];

/** Path of Chromium on Debian. Elsewhere, an installed Chrome or Edge is used. */
export const chromiumPath = '/usr/bin/chromium';

/** @type {SystemPackage[]} */
export const chromium = [
  {
    package: 'chromium',
    present: () => process.platform !== 'linux' || existsSync(chromiumPath) || onPath('google-chrome')(),
  },
];

/**
 * Installs missing packages with apt-get, if it runs as root. Otherwise throws an error that names them.
 * @param {SystemPackage[]} packages
 */
export async function installSystemPackages(packages) {
  const missing = packages.filter((wanted) => !wanted.present()).map((wanted) => wanted.package);
  if (missing.length === 0) {
    return;
  }
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`Install ${missing.join(', ')} with your system's package manager, and try again.`);
  }
  await step(`Installing ${missing.join(', ')}`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update'], { env });
    await run('apt-get', ['install', '-y', '--no-install-recommends', ...missing], { env });
  });
}
