import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { endAll, step } from './process.mjs';
import { chromium, installPackages, installSystemPackages } from './setup.mjs';
import { installServer } from './vscode-server.mjs';

/*
 * `npm run bench` measures the extension in a real VS Code's extension host, and prints the figures beside their
 * limits. `--json FILE` also writes the figures, and `--profiles FOLDER` writes CPU profiles of a start and of lists.
 * `npm run bench:leaks` measures the leak guard.
 */

/** @typedef {import('../test/bench/measure.js').Row} Row */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, profiles: { type: 'string' } },
});
const folder = mkdtempSync(join(tmpdir(), 'tir-tokens-bench-'));
// One Ctrl-C can arrive twice, because npm passes it on.
process.on('SIGINT', () => void endAll().finally(() => process.exit(130)));
process.on('SIGTERM', () => void endAll().finally(() => process.exit(143)));
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

await installPackages();
await installSystemPackages(chromium);
await installServer();
const [{ buildExtension }, { buildBench, buildExtensionBench }, { runInHost }, { readOutcome, report, toResult }] =
  await Promise.all([
    import('./build.mjs'),
    import('./build-tests.mjs'),
    import('./host.mjs'),
    import('./bench-results.mjs'),
  ]);
await buildExtension();
const results = (positionals[0] === 'leaks' ? await leaks() : await extension()).map(toResult);
console.log(report(results));
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
}
process.exit(results.every(({ reached }) => reached) ? 0 : 1);

/** @returns {Promise<Row[]>} */
async function extension() {
  // Windows that the benchmark clicks in write to this folder.
  process.env['TIR_TEST_AT_REST'] = folder;
  /** @type {typeof import('../test/bench/extension.js')} */
  const { measureExtension } = await import(await buildExtensionBench());
  return measureExtension(folder, values.profiles && resolve(values.profiles));
}

/** @returns {Promise<readonly Row[]>} */
async function leaks() {
  const module = await buildBench('leaks');
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  const file = join(folder, 'outcome.json');
  const env = { ...process.env, TIR_BENCH_OUTCOME: file };
  const options = {
    editor: /** @type {const} */ ('newest'),
    workspace,
    data: join(folder, 'editor'),
    env,
    minutes: 30,
  };
  await step('Measuring', () => runInHost(module, options));
  return readOutcome(file);
}
