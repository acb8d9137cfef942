import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

import { inOneFile } from './build.mjs';
import { run } from './process.mjs';
import { root } from './root.mjs';
import { alsoInHost, unitInHost } from './suites.mjs';

/*
 * Builds what tests and measures the extension. None of it ships.
 */

/** Bundles the extension with a wrapper that kills its process at a given step. */
async function buildKilled() {
  await build({ ...inOneFile, entryPoints: ['test/killed/main.ts'], outfile: 'out/test/killed/main.js' });
}

const forTests = /** @type {const} */ ({
  absWorkingDir: root,
  outdir: 'out/test',
  outbase: 'test',
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  packages: 'external',
});
const onNode = /** @type {const} */ ({ ...forTests, format: 'esm', outExtension: { '.js': '.mjs' } });

/** Builds the emulator of the TIR API, which `npm start` runs. */
export async function buildEmulator() {
  await build({ ...onNode, entryPoints: ['test/emulator/main.ts'] });
}

/** Builds the modules that take the pictures of the README and the walkthrough. Resolves to their URLs. */
export async function buildScreenshots() {
  const names = /** @type {const} */ (['screenshots', 'walkthroughPictures', 'firstTokenFilm']);
  await build({ ...onNode, entryPoints: names.map((name) => `test/ui/${name}.ts`) });
  /** @param {typeof names[number]} name */
  const address = (name) => pathToFileURL(join(root, 'out', 'test', 'ui', `${name}.mjs`)).href;
  return { screenshots: address('screenshots'), walkthroughPictures: address('walkthroughPictures') };
}

/** Builds a module of `test/bench` for the extension host. Resolves to its path. @param {string} name */
export async function buildBench(name) {
  await build({ ...forTests, format: 'cjs', entryPoints: [`test/bench/${name}.ts`] });
  return join(root, 'out', 'test', 'bench', `${name}.js`);
}

/** Builds the extension with a wrapper that notes when terminals get another value. Resolves to its path. */
export async function buildWatched() {
  const outfile = join(root, 'out', 'test', 'bench', 'watched.js');
  await build({ ...inOneFile, entryPoints: ['test/bench/watched.ts'], outfile });
  return outfile;
}

/** Builds the module that measures the extension from outside of VS Code. Resolves to its URL. */
export async function buildExtensionBench() {
  await build({ ...onNode, entryPoints: ['test/bench/extension.ts'] });
  return pathToFileURL(join(root, 'out', 'test', 'bench', 'extension.mjs')).href;
}

/** Builds the extension to compare with, which does the main job in the obvious way. Resolves to its folder. */
export async function buildNaive() {
  const folder = join('test', 'bench', 'naive');
  await build({ ...inOneFile, entryPoints: [join(folder, 'main.ts')], outfile: join('out', folder, 'main.js') });
  cpSync(join(root, folder, 'package.json'), join(root, 'out', folder, 'package.json'));
  return join(root, 'out', folder);
}

/** Folder of the built test extension that asks this one for tokens; its package is `<folder>.vsix`. */
export const consumer = join(root, 'out', 'test', 'consumer');

async function buildConsumer() {
  await build({ ...forTests, format: 'cjs', entryPoints: ['test/consumer/main.ts'] });
  cpSync(join(root, 'test', 'consumer', 'package.json'), join(consumer, 'package.json'));
  await run(process.execPath, [join('scripts', 'package.mjs'), `${consumer}.vsix`, consumer], { cwd: root });
}

/** Replaces `vscode` by the stub. On plain Node, nothing calls the imports that the stub lacks. */
const withStub = /** @type {const} */ ({
  alias: { vscode: join(root, 'test', 'support', 'vscodeStub.ts') },
  logOverride: { 'import-is-undefined': 'silent' },
});
/** Evaluates a module that several test files import only once. */
const shared = /** @type {const} */ ({ splitting: true, chunkNames: 'chunks/[name]-[hash]' });

/** Returns a test file's name, such as `unit/tir/http`. @param {string} file */
function nameOf(file) {
  return relative('test', file).replaceAll(sep, '/').replace('.test.ts', '');
}

/** @param {string} file such as `test/unit/tir/http.test.ts` @param {readonly string[]} suites */
function isOf(file, suites) {
  return suites.includes(file.split(/[\\/]/)[1] ?? '');
}

/** Builds tests for plain Node, and the module that runs them. @param {readonly string[]} tests their files */
export async function buildForNode(tests) {
  await build({ ...onNode, ...shared, ...withStub, entryPoints: [...tests, 'test/support/main.ts'] });
}

/** Builds all suites: `host` for the extension host, `scenarios` and `soak` for it and plain Node, others for Node. */
export async function buildTests() {
  rmSync(join(root, 'out'), { recursive: true, force: true });
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  const tests = files.filter((file) => file.endsWith('.test.ts')).map((file) => join('test', file));
  await Promise.all([
    buildForHost(
      tests.filter((file) => isOf(file, ['host', 'desktop', ...alsoInHost]) || unitInHost.includes(nameOf(file))),
    ),
    buildForNode(tests.filter((file) => !isOf(file, ['host', 'desktop']))),
    buildKilled(),
    buildConsumer(),
  ]);
}

/**
 * Builds one module for the extension host. It evaluates a test file only when the file's suite runs.
 * @param {readonly string[]} files
 */
async function buildForHost(files) {
  const byName = files.map((file) => {
    return `${JSON.stringify(nameOf(file))}: () => require(${JSON.stringify(`./${file.replaceAll(sep, '/')}`)}),`;
  });
  const contents = `import { runHostTests } from './test/support/runHostTests';
export const run = () => runHostTests({ ${byName.join('\n')} });`;
  await build({
    ...forTests,
    format: 'cjs',
    stdin: { contents, resolveDir: root, sourcefile: 'inHost.ts', loader: 'ts' },
    outdir: undefined,
    outbase: undefined,
    outfile: hostEntry,
  });
}

/** The module that the extension host runs as tests (`extensionTestsPath`). */
export const hostEntry = join(root, 'out', 'test', 'inHost.js');
