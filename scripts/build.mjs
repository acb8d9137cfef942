import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { build, transform } from 'esbuild';

import { notices } from './notices.mjs';
import { root } from './root.mjs';

/** Modules that are loaded later, each with the module that is loaded before it. */
const order = new Map(
  Object.entries({
    'src/start.ts': 'src/extension.ts',
    'src/commands/run.ts': 'src/start.ts',
    'src/leaks/leakGuard.ts': 'src/start.ts',
    'src/snippets/offers.ts': 'src/start.ts',
  }).map((files) => /** @type {const} */ ([join(root, files[0]), join(root, files[1])])),
);

/**
 * Makes each later module import the module that is loaded before it. esbuild creates a file for each set of modules
 * that the same entry points share. With these imports, all modules of a step are one such set, so each step of the
 * start is one file, which is read at once.
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

/** How esbuild bundles the extension. */
const shipped = /** @satisfies {import('esbuild').BuildOptions} */ ({
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.18', // the Node of VS Code 1.96, the oldest supported
  external: ['vscode'],
  entryPoints: ['src/extension.ts'],
  outdir: 'dist',
  // Modules behind an `import()` go into separate files, which are loaded when they're first used.
  splitting: true,
  chunkNames: 'later/[name]-[hash]',
  plugins: [inOrder],
  // jsonc-parser's other form loads its parts at run time.
  mainFields: ['module', 'main'],
  alias: {
    // VS Code applies its proxy and certificate settings to modules with these names, but not to those with `node:`.
    'node:http': 'http',
    'node:https': 'https',
    // node-fetch brings 59 kB for Node versions without web streams.
    'web-streams-polyfill/dist/ponyfill.es2018.js': 'node:stream/web',
  },
  // The notices have the full licenses.
  legalComments: 'none',
  metafile: true,
  write: false,
});

/** Bundles the extension in memory. Resolves to its files, and to what went into each of them. */
export function buildBundle() {
  return build(shipped);
}

/** @typedef {import('esbuild').BuildResult<{ metafile: true }>} Bundle */

/**
 * Returns the bytes of all files of a bundle and of those that are loaded at the start, and the sources of the latter.
 * @param {Bundle} bundle
 */
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

/** Builds the extension as it ships. */
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
 * Converts an ES module to CommonJS: VS Code loads extensions with `require`, but esbuild only splits ES modules.
 * Imports of VS Code's API are converted first, since esbuild would copy its hundreds of names for each module that
 * imports it.
 * @param {string} text a module @returns {Promise<string>}
 */
async function asRequired(text) {
  let api = '';
  const rest = text.replace(
    /\bimport\s*(?:\*\s*as ([\w$]+)|\{([^}]*)\})\s*from\s*"vscode";/g,
    (_, /** @type {string | undefined} */ all, /** @type {string | undefined} */ some = '') => {
      api += `const ${all ?? `{${some.replaceAll(' as ', ':')}}`}=require("vscode");`;
      return '';
    },
  );
  if (/\bfrom\s*"vscode"/.test(rest)) {
    throw new Error("An import from 'vscode' wasn't converted to require.");
  }
  const options = { minify: true, platform: shipped.platform, target: shipped.target };
  const result = await transform(api + rest, { ...options, format: 'cjs', supported: { 'dynamic-import': false } });
  return result.code;
}

/** Returns the names of the packages in the bundle. */
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

/** Options for a bundle in one file, for tests that wrap the extension. */
export const inOneFile = /** @type {const} */ ({
  ...shipped,
  format: 'cjs',
  splitting: false,
  outdir: undefined,
  write: true,
});

/** Builds the extension for a debugger: one file, which includes the modules that are otherwise loaded later. */
async function buildForDebugger() {
  await build({ ...inOneFile, minify: false, sourcemap: 'inline', outfile: 'dist/extension.js' });
}

/*
 * `npm run build` builds the extension. `-- --debug` builds it for the debugger, and `-- --tests` builds the tests.
 * These two build everything that `.vscode/launch.json` starts.
 */
if (process.argv[1] && relative(process.argv[1], fileURLToPath(import.meta.url)) === '') {
  const { values } = parseArgs({ options: { debug: { type: 'boolean' }, tests: { type: 'boolean' } } });
  if (values.tests) {
    await (await import('./build-tests.mjs')).buildTests();
    await buildForDebugger();
    // The workspace of the host tests.
    mkdirSync(join(root, 'out', 'workspace'));
  } else {
    await (values.debug ? buildForDebugger() : buildExtension());
  }
}
