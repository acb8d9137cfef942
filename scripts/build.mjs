import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { build, transform } from 'esbuild';

import { notices } from './notices.mjs';
import { run } from './process.mjs';
import { root } from './root.mjs';

/** What is loaded later, by what is there before. */
const order = new Map(
  Object.entries({
    'src/rest.ts': 'src/extension.ts',
    'src/commands/run.ts': 'src/rest.ts',
    'src/leaks/leakGuard.ts': 'src/rest.ts',
    'src/lifecycle/rotation.ts': 'src/rest.ts',
    'src/snippets/offers.ts': 'src/rest.ts',
  }).map((files) => /** @type {const} */ ([join(root, files[0]), join(root, files[1])])),
);

/**
 * esbuild makes a file for every set of modules that is shared by others. Where each module of the later ones imports what
 * is there before it, that is one set: each step of the start is one file, and is read at once.
 * @type {import('esbuild').Plugin}
 */
const inOrder = {
  name: 'in-order',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const before = order.get(path);
      return before === undefined
        ? undefined
        : { contents: `${readFileSync(path, 'utf8')}\nimport ${JSON.stringify(before)};`, loader: 'ts' };
    });
  },
};

/** How the extension is bundled, for Node. */
const shipped = /** @satisfies {import('esbuild').BuildOptions} */ ({
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.18', // of VS Code 1.96, the oldest that is supported
  external: ['vscode'],
  entryPoints: ['src/extension.ts'],
  outdir: 'dist',
  // What is imported when it is first used goes into files of its own.
  splitting: true,
  chunkNames: 'later/[name]-[hash]',
  plugins: [inOrder],
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
  write: false,
});

/**
 * The same for an editor in a browser, which has no Node and loads one file alone: a module `x.web.ts` stands in for
 * `x.ts`. What is imported later is in it, and evaluated later.
 */
const shippedForWeb = /** @satisfies {import('esbuild').BuildOptions} */ ({
  ...shipped,
  platform: 'browser',
  target: 'es2022',
  outdir: 'dist/web',
  splitting: false,
  plugins: [],
  resolveExtensions: ['.web.ts', '.ts', '.mjs', '.js'],
  alias: {},
});

/** What the extension is bundled into. */
export async function bundles() {
  const [onNode, inBrowser] = await Promise.all([build(shipped), build(shippedForWeb)]);
  return { onNode, inBrowser };
}

/** @typedef {import('esbuild').BuildResult<{ metafile: true }>} Bundle */

/** Bytes of a bundle: of all its files, and of those that are loaded at the start; and the sources of these. @param {Bundle} bundle */
export function bundleSizes({ metafile: { outputs } }) {
  const steps = ['src/extension.ts', 'src/rest.ts'];
  const atStart = new Set(Object.keys(outputs).filter((file) => steps.includes(outputs[file]?.entryPoint ?? '')));
  for (const file of atStart) {
    for (const { path, kind } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && path in outputs) {
        atStart.add(path);
      }
    }
  }
  /** @param {Iterable<string>} files */
  const bytes = (files) => [...files].reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
  return {
    atStart: bytes(atStart),
    all: bytes(Object.keys(outputs)),
    loadedAtStart: [...atStart].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {})),
  };
}

/** The extension, as it ships. */
export async function buildExtension() {
  const results = Object.values(await bundles());
  rmSync(join(root, 'dist', 'later'), { recursive: true, force: true });
  for (const { path, text } of results.flatMap(({ outputFiles }) => outputFiles)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await asRequired(text));
  }
  writeFileSync(join(root, 'dist', 'THIRD-PARTY.txt'), notices(packagesIn(results)));
}

/**
 * The editor requires extensions, and esbuild splits what is imported: so that it is turned into the other here. And
 * the editor's API is taken as it is: esbuild would copy its hundreds of names for each module that imports them.
 * @param {string} text a module @returns {Promise<string>}
 */
async function asRequired(text) {
  /** @type {string[]} */
  const names = [];
  const rest = text.replace(/\bimport\s*\*\s*as ([\w$]+) from\s*"vscode";/g, (_, /** @type {string} */ name) => {
    names.push(name);
    return '';
  });
  if (/\bfrom\s*"vscode"/.test(rest)) {
    throw new Error("The editor's API has to be imported as a whole: import * as vscode from 'vscode'.");
  }
  const api = names.map((name) => `const ${name}=require("vscode");`).join('');
  const options = { minify: true, platform: shipped.platform, target: shipped.target };
  const result = await transform(api + rest, { ...options, format: 'cjs', supported: { 'dynamic-import': false } });
  return result.code;
}

/** The packages of others that are in the extension, by name. */
export async function bundledPackages() {
  return packagesIn(Object.values(await bundles()));
}

/** @param {readonly Bundle[]} results */
function packagesIn(results) {
  const files = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const names = files.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/** One file, for tests that run what ships in a way of their own. */
const inOneFile = /** @type {const} */ ({
  ...shipped,
  format: 'cjs',
  splitting: false,
  outdir: undefined,
  write: true,
});

/** The extension as it ships, inside of what ends its process at a step that a test names. */
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
const onNode = /** @type {const} */ ({
  ...forTests,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  // What several files import is loaded once, so that they can share an editor.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
});

/** The TIR API to try against; `npm start` runs it. */
export async function buildEmulator() {
  await build({ ...onNode, entryPoints: ['test/emulator/main.ts'] });
}

/** What takes the pictures of the README and the walkthrough. Resolves to the addresses of the modules. */
export async function buildScreenshots() {
  const names = /** @type {const} */ (['screenshots', 'walkthroughPictures']);
  await build({ ...onNode, entryPoints: names.map((name) => `test/ui/${name}.ts`) });
  /** @param {typeof names[number]} name */
  const address = (name) => pathToFileURL(join(root, 'out', 'test', 'ui', `${name}.mjs`)).href;
  return { screenshots: address('screenshots'), walkthroughPictures: address('walkthroughPictures') };
}

/** A module of `test/bench`, for the extension host. Resolves to its file. @param {string} name */
export async function buildBench(name) {
  await build({ ...forTests, format: 'cjs', entryPoints: [`test/bench/${name}.ts`] });
  return join(root, 'out', 'test', 'bench', `${name}.js`);
}

/** The extension as it ships, in windows that note what terminals get. Resolves to its file. */
export async function buildWatched() {
  const outfile = join(root, 'out', 'test', 'bench', 'watched.js');
  await build({ ...inOneFile, entryPoints: ['test/bench/watched.ts'], outfile });
  return outfile;
}

/** What measures the extension from outside of the editor. Resolves to the module's address. */
export async function buildHouseBench() {
  await build({ ...onNode, entryPoints: ['test/bench/house.ts'] });
  return pathToFileURL(join(root, 'out', 'test', 'bench', 'house.mjs')).href;
}

/** The extension that does the main job in the obvious way, to measure beside. Resolves to its folder. */
export async function buildNaive() {
  const folder = join('test', 'bench', 'naive');
  await build({ ...inOneFile, entryPoints: [join(folder, 'main.ts')], outfile: join('out', folder, 'main.js') });
  cpSync(join(root, folder, 'package.json'), join(root, 'out', folder, 'package.json'));
  return join(root, 'out', folder);
}

/** Where the extension is built that asks this one for tokens; beside it, it is packaged. */
export const consumer = join(root, 'out', 'test', 'consumer');

async function buildConsumer() {
  await build({ ...forTests, format: 'cjs', entryPoints: ['test/consumer/main.ts'] });
  cpSync(join(root, 'test', 'consumer', 'package.json'), join(consumer, 'package.json'));
  await run(process.execPath, [join('scripts', 'package.mjs'), `${consumer}.vsix`, consumer], { cwd: root });
}

/** Suites for plain Node, and what runs them. @param {readonly string[]} tests their files */
export async function buildForNode(tests) {
  await build({ ...onNode, entryPoints: [...tests, 'test/support/main.ts'] });
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
    buildForNode(others),
    buildKilled(),
    buildConsumer(),
  ]);
}

/** The extension in one file that a debugger finds its way in: what is imported later is in it, too. */
async function buildForDebugger() {
  await build({ ...inOneFile, minify: false, sourcemap: 'inline', outfile: 'dist/extension.js' });
}

/*
 * `npm run build`; with `-- --debug` for the debugger, with `-- --tests` for the tests: all that `.vscode/launch.json`
 * starts is made by one of them.
 */
if (process.argv[1] && relative(process.argv[1], fileURLToPath(import.meta.url)) === '') {
  const { values } = parseArgs({ options: { debug: { type: 'boolean' }, tests: { type: 'boolean' } } });
  if (values.tests) {
    await buildTests();
    await buildForDebugger();
    // What the host's tests have for a workspace.
    mkdirSync(join(root, 'out', 'workspace'));
  } else {
    await (values.debug ? buildForDebugger() : buildExtension());
  }
}
