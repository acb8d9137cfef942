import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { build, transform } from 'esbuild';

import { notices } from './notices.mjs';
import { root } from './root.mjs';

/** What is loaded later, by what is there before. */
const order = new Map(
  Object.entries({
    'src/start.ts': 'src/extension.ts',
    'src/commands/run.ts': 'src/start.ts',
    'src/leaks/leakGuard.ts': 'src/start.ts',
    'src/tokens/tokens.ts': 'src/start.ts',
    'src/snippets/offers.ts': 'src/start.ts',
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

/** How the extension is bundled. */
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

/** The extension's bundle: files in memory, and what went into them. */
export function buildBundle() {
  return build(shipped);
}

/** @typedef {import('esbuild').BuildResult<{ metafile: true }>} Bundle */

/** Bytes of a bundle: of all its files, and of those that are loaded at the start; and the sources of these. @param {Bundle} bundle */
export function bundleSizes({ metafile: { outputs } }) {
  const steps = ['src/extension.ts', 'src/start.ts'];
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
  const bundle = await buildBundle();
  rmSync(join(root, 'dist', 'later'), { recursive: true, force: true });
  for (const { path, text } of bundle.outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await asRequired(text));
  }
  writeFileSync(join(root, 'dist', 'THIRD-PARTY.txt'), notices(packagesIn(bundle)));
}

/**
 * VS Code loads extensions with `require`, but esbuild only splits ES modules, so modules are converted here. Imports of
 * VS Code's API are converted first: esbuild would copy its hundreds of names for each module that imports it.
 * @param {string} text a module @returns {Promise<string>}
 */
async function asRequired(text) {
  const rest = text.replace(
    /\bimport\s*(?:\*\s*as ([\w$]+)|\{([^}]*)\})\s*from\s*"vscode";/g,
    (_, /** @type {string | undefined} */ all, /** @type {string | undefined} */ some = '') =>
      `const ${all ?? `{${some.replaceAll(' as ', ':')}}`}=require("vscode");`,
  );
  if (/\bfrom\s*"vscode"/.test(rest)) {
    throw new Error("An import from 'vscode' wasn't converted to require.");
  }
  const options = { minify: true, platform: shipped.platform, target: shipped.target };
  const result = await transform(rest, { ...options, format: 'cjs', supported: { 'dynamic-import': false } });
  return result.code;
}

/** The packages of others that are in the extension, by name. */
export async function bundledPackages() {
  return packagesIn(await buildBundle());
}

/** @param {Bundle} bundle */
function packagesIn({ metafile }) {
  const names = Object.keys(metafile.inputs).flatMap(
    (file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [],
  );
  return [...new Set(names)].sort();
}

/** One file, for tests that run what ships in a way of their own. */
export const inOneFile = /** @type {const} */ ({
  ...shipped,
  format: 'cjs',
  splitting: false,
  outdir: undefined,
  write: true,
});

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
    await (await import('./build-tests.mjs')).buildTests();
    await buildForDebugger();
    // What the host's tests have for a workspace.
    mkdirSync(join(root, 'out', 'workspace'));
  } else {
    await (values.debug ? buildForDebugger() : buildExtension());
  }
}
