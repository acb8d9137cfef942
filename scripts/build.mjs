import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { build } from 'esbuild';

import { notices } from './notices.mjs';
import { run } from './process.mjs';
import { root } from './root.mjs';

/** How the extension is bundled, for Node: one minified file. */
export const shipped = /** @satisfies {import('esbuild').BuildOptions} */ ({
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.18', // of VS Code 1.96, the oldest that is supported
  external: ['vscode'],
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  alias: {
    // Under these names the editor hands out modules with its proxy and certificate settings; under `node:` it does not.
    'node:http': 'http',
    'node:https': 'https',
    // node-fetch carries 59 kB for Node versions that have no web streams of their own.
    'web-streams-polyfill/dist/ponyfill.es2018.js': 'node:stream/web',
  },
  // They are in the notices, with whole licences.
  legalComments: 'none',
  metafile: true,
});

/** The same for an editor in a browser, which has no Node: a module `x.web.ts` stands in for `x.ts`. */
export const shippedForWeb = /** @satisfies {import('esbuild').BuildOptions} */ ({
  ...shipped,
  platform: 'browser',
  target: 'es2022',
  outfile: 'dist/web/extension.js',
  resolveExtensions: ['.web.ts', '.ts', '.mjs', '.js'],
  alias: {},
});

/** The extension, as it ships. */
export async function buildExtension() {
  writeFileSync(join(root, 'dist', 'THIRD-PARTY.txt'), notices(await bundle(true)));
}

/** The packages of others that are in the extension, by name. */
export function bundledPackages() {
  return bundle(false);
}

/** Makes both bundles. Resolves to the packages that are in them. @param {boolean} write to `dist` */
async function bundle(write) {
  const results = await Promise.all([shipped, shippedForWeb].map((options) => build({ ...options, write })));
  const files = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const names = files.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/** The extension as it ships, inside of what ends its process at a step that a test names. */
async function buildKilled() {
  await build({ ...shipped, entryPoints: ['test/killed/main.ts'], outfile: 'out/test/killed/main.js' });
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

/** The TIR API to try against; `npm start` runs it. */
export async function buildEmulator() {
  await build({ ...onNode, entryPoints: ['test/emulator/main.ts'] });
}

/** What takes the pictures of the README. Resolves to the module's address. */
export async function buildScreenshots() {
  await build({ ...onNode, entryPoints: ['test/ui/screenshots.ts'] });
  return pathToFileURL(join(root, 'out', 'test', 'ui', 'screenshots.mjs')).href;
}

/** A module of `test/bench`, for the extension host. Resolves to its file. @param {string} name */
export async function buildBench(name) {
  await build({ ...forTests, format: 'cjs', entryPoints: [`test/bench/${name}.ts`] });
  return join(root, 'out', 'test', 'bench', `${name}.js`);
}

/** Where the extension is built that asks this one for tokens; beside it, it is packaged. */
export const consumer = join(root, 'out', 'test', 'consumer');

async function buildConsumer() {
  await build({ ...forTests, format: 'cjs', entryPoints: ['test/consumer/main.ts'] });
  cpSync(join(root, 'test', 'consumer', 'package.json'), join(consumer, 'package.json'));
  await run(process.execPath, [join('scripts', 'package.mjs'), `${consumer}.vsix`, consumer], { cwd: root });
}

/** The suites: those of the extension host as it requires them, the others for plain Node. */
export async function buildTests() {
  rmSync(join(root, 'out'), { recursive: true, force: true });
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  const tests = files.filter((file) => file.endsWith('.test.ts')).map((file) => join('test', file));
  const inHost = tests.filter((file) => ['host', 'soak'].some((suite) => file.startsWith(join('test', suite))));
  const others = tests.filter((file) => !inHost.includes(file));
  await Promise.all([
    build({ ...forTests, format: 'cjs', entryPoints: [...inHost, 'test/host/index.ts', 'test/soak/index.ts'] }),
    build({ ...onNode, entryPoints: [...others, 'test/support/main.ts'] }),
    buildKilled(),
    buildConsumer(),
  ]);
}

if (process.argv[1] && relative(process.argv[1], fileURLToPath(import.meta.url)) === '') {
  await buildExtension();
}
