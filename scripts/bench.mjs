import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { step } from './process.mjs';
import { chromium, installPackages, installSystemPackages } from './setup.mjs';
import { installServer } from './vscode-server.mjs';

/*
 * `npm run bench:leaks`: measures in the extension host of a real editor, and prints what came of it beside what has to
 * be reached. `--json FILE` writes it, too.
 */

/** What a module of `test/bench` leaves. @typedef {import('../test/bench/measure.js').Outcome} Outcome */

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
const [name = ''] = positionals;
const folder = mkdtempSync(join(tmpdir(), 'tir-tokens-bench-'));
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

await installPackages();
await installSystemPackages(chromium);
await installServer();
const [{ buildBench, buildExtension }, { runInHost }] = await Promise.all([
  import('./build.mjs'),
  import('./host.mjs'),
]);
await buildExtension();
const module = await buildBench(name);
const workspace = join(folder, 'workspace');
mkdirSync(workspace);
const file = join(folder, 'outcome.json');
await step('Measuring', () =>
  runInHost(module, {
    editor: 'newest',
    workspace,
    data: join(folder, 'editor'),
    env: { ...process.env, TIR_BENCH_OUTCOME: file },
    minutes: 30,
  }),
);
/** @type {Outcome} */
const outcome = JSON.parse(readFileSync(file, 'utf8'));
if ('error' in outcome) {
  console.error(outcome.error);
  process.exit(1);
}
/** @param {readonly number[]} milliseconds */
const median = (milliseconds) => [...milliseconds].sort((a, b) => a - b)[Math.floor(milliseconds.length / 2)] ?? NaN;
const results = outcome.rows.map(({ what, ours, beside, must }) => {
  const [mine, other] = [median(ours), median(beside.milliseconds)];
  const [ratio, more] = [mine / other, mine - other];
  const reached = must === undefined ? undefined : 'ratio' in must ? ratio <= must.ratio : more <= must.more;
  return {
    what,
    runs: ours.length,
    median: mine,
    beside: beside.what,
    besideMedian: other,
    ratio,
    more,
    must,
    reached,
  };
});
console.log('\nMedians. Must reach: at most so many times what is beside it, or so many milliseconds more.\n');
for (const { what, runs, median, beside, besideMedian, ratio, more, must, reached } of results) {
  const bound = must === undefined ? 'no bound' : 'ratio' in must ? `≤ ${must.ratio}×` : `≤ ${must.more} ms more`;
  console.log(`${what} (${runs} times)`);
  console.log(`  ${median.toFixed(1)} ms; ${beside}: ${besideMedian.toFixed(1)} ms`);
  console.log(`  ${ratio.toFixed(2)}×, ${more.toFixed(1)} ms more; ${bound}${reached === false ? ': MISSED' : ''}`);
}
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
}
process.exit(results.every(({ reached }) => reached !== false) ? 0 : 1);
