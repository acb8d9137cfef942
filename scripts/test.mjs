import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

import { end, endAll, inBackground, runNpm, step, tracked, watchProcesses } from './process.mjs';
import { closing, readResults, reportTimings } from './results.mjs';
import { root } from './root.mjs';
import {
  chromium,
  compilersOfFixes,
  curl,
  git,
  installPackages,
  installSystemPackages,
  jupyterKernel,
  shells,
} from './setup.mjs';
import { clicks, jobsFor, quick, secretSearch, thorough } from './suites.mjs';
import { editors, installServer, vscodeVersion } from './vscode-server.mjs';

/*
 * Runs the tests. This file is longer than others, so a run can be read from start to end in one place.
 *
 * `npm test` runs the quick tier, and `npm run test:all` everything. Two jobs run at a time. Then comes the search for
 * secrets in everything that they wrote, and one line that counts all tests. If a test fails, all others still run.
 * docs/tests.md ("Run a part") explains `--file`, `--editor`, `--grep` and `--no-build`.
 * `.ci/run` needs two runs with one closing line: `--save-results FILE` writes the totals instead of printing them, and
 * `--add-results FILE` adds them to the next run's totals and exit code.
 */

const { values } = parseArgs({
  options: {
    tier: { type: 'string', default: 'quick' },
    file: { type: 'string', multiple: true },
    editor: { type: 'string', multiple: true },
    grep: { type: 'string' },
    'save-results': { type: 'string' },
    'add-results': { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});
const tiers = { quick, thorough, all: [...thorough, ...quick] };
const jobs = values.file
  ? jobsFor(values.file, chosen(editors, values.editor ?? []))
  : tiers[chosen(/** @type {(keyof typeof tiers)[]} */ (Object.keys(tiers)), [values.tier])[0] ?? 'quick'];
if (values.editor && !values.file) {
  console.error('--editor needs --file, which names what to run in that editor.');
  process.exit(1);
}
/** Set if only a part of a tier runs. */
const part = values.file || values.grep !== undefined ? 'part' : undefined;
const lanes = 2;
/** Minutes before a hung job is ended. The longest job takes about 15. */
const limit = 60;

const folder = mkdtempSync(join(tmpdir(), 'tir-test-'));
/** File of the secret values that the suites made, one per line. The search at the end looks for them. */
const madeSecrets = join(folder, 'secrets');
/** Folder for everything that VS Code, browsers and tests write. The search at the end reads it. */
const atRest = join(folder, 'rest');
const screenshots = join(root, '.vscode-test', 'screenshots');
/** A short path, since VS Code's sockets are in it, and their paths can have at most 107 bytes. */
const temporary = join(atRest, 't');
mkdirSync(temporary, { recursive: true });
if (values['add-results'] === undefined) {
  // Screenshots of an earlier run could be mistaken for this one's.
  rmSync(screenshots, { recursive: true, force: true });
}
writeFileSync(madeSecrets, '');
watchProcesses(join(atRest, 'processes'));

/** Set by the first signal: when all programs have ended. @type {{ stopping?: Promise<void> }} */
const state = {};
// All programs have to end before `exit` removes the folder that they write to. One Ctrl-C can arrive twice, because
// npm passes it on.
for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])) {
  process.on(signal, () => {
    state.stopping ??= endAll().finally(() => process.exit(code));
  });
}
process.once('exit', () => {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
  } catch {
    console.error(`Couldn't delete ${folder}. It has values of test tokens.`);
  }
});

/** @typedef {import('./results.mjs').Results} Results */
/** @typedef {import('./suites.mjs').Job} Job */
/** @type {import('./results.mjs').Total} */
const total = { passed: 0, failed: 0, pending: 0, failures: [] };
/** @type {import('./results.mjs').Timing[]} */
const timings = [];
/** Jobs started so far; makes file names unique. */
let begun = 0;

try {
  await installPackages();
  await Promise.all([installWhatRuns(), values['no-build'] ? undefined : build()]);
  const waiting = [...jobs];
  let isClicking = false;
  const lane = async () => {
    // Only one job clicks at a time: two would slow down each other's windows. A lane that finds only such jobs ends,
    // and the other lane runs them.
    const next = () => waiting.findIndex((job) => !isClicking || !clicks(job));
    for (let at = next(); at >= 0 && !state.stopping; at = next()) {
      const [job] = waiting.splice(at, 1);
      if (job) {
        isClicking ||= clicks(job);
        await perform(job);
        isClicking &&= !clicks(job);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await state.stopping;
  if (total.passed + total.failed === 0) {
    fail('No test ran.');
  }
  await perform(secretSearch);
  console.log(`\n${reportTimings(timings, join(root, '.vscode-test', 'timings', `${part ?? values.tier}.json`))}`);
} catch (error) {
  await state.stopping;
  fail(String(error instanceof Error ? error.stack : error));
  await endAll();
}
// A signal during the search for secrets ends the run, too.
await state.stopping;
if (values['add-results'] !== undefined) {
  add(readResults(values['add-results']), 'the previous run');
}
if (values['save-results'] === undefined) {
  console.log(closing(total));
} else {
  writeFileSync(values['save-results'], JSON.stringify(total));
}
process.exit(total.failed === 0 ? 0 : 1);

async function installWhatRuns() {
  const inHost = jobs.some((job) => job.inHost) ? jupyterKernel : [];
  const forFixes = jobs.some(({ files }) => files.some((file) => file.startsWith('fixes'))) ? compilersOfFixes : [];
  await installSystemPackages([...chromium, ...curl, ...git, ...shells, ...inHost, ...forFixes]);
  for (const editor of editors.filter((one) => jobs.some((job) => job.editor === one))) {
    await installServer(editor);
  }
}

function build() {
  return step('Building', async () => {
    const { buildTests } = await import('./build-tests.mjs');
    await Promise.all([buildTests(), runNpm(['run', 'package'], { cwd: root })]);
  });
}

/**
 * Returns the items that the command line names. Ends the run if it names an unknown one.
 * @template {string} T
 * @param {readonly T[]} all @param {readonly string[]} names
 */
function chosen(all, names) {
  const unknown = names.filter((name) => !all.some((one) => one === name));
  if (unknown.length > 0) {
    console.error(`Unknown "${unknown.join('", "')}". Use one of ${all.join(', ')}.`);
    process.exit(1);
  }
  return all.filter((one) => names.includes(one));
}

/** Runs a job, and prints its output only once it ends, since another job runs beside it. @param {Job} job */
async function perform(job) {
  const title = titleOf(job);
  const id = ++begun;
  const file = join(atRest, `results-${id}.json`);
  const start = Date.now();
  console.log(`${title}: started`);
  const { output, ended } = await (job.inHost ? runInEditor(job, file) : runOnNode(job, file)).catch(
    (/** @type {unknown} */ error) => ({ output: '', ended: String(error instanceof Error ? error.stack : error) }),
  );
  const seconds = (Date.now() - start) / 1000;
  const results = readResults(file);
  const lines = existsSync(`${file}.log`) ? readFileSync(`${file}.log`, 'utf8') : '';
  const foreign = results?.foreign ? `, ${results.foreign} errors in VS Code itself` : '';
  console.log(`\n${title}: ${seconds.toFixed(0)} s${foreign}\n${output}${lines}`);
  // The search for secrets includes the output.
  writeFileSync(join(atRest, `output-${id}`), output);
  timings.push({ job: title, seconds, durations: results?.durations ?? [] });
  add(results, title);
  if (ended !== undefined) {
    fail(`${title}: ${ended}`);
  }
}

/** @param {Job} job */
function titleOf({ files, editor, inHost }) {
  const what = files.length > 3 ? `${files.slice(0, 2).join(' ')} and ${files.length - 2} more` : files.join(' ');
  const where = editor && ` ${inHost ? 'in' : 'with'} VS Code ${vscodeVersion(editor)}`;
  return [what, where].join('');
}

/** @param {Results | undefined} results @param {string} title */
function add(results, title) {
  if (!results) {
    fail(`"${title}" ended without results.`);
    return;
  }
  if (results.passed + results.failed === 0 && values.grep === undefined) {
    fail(`"${title}" ran no test.`);
  }
  total.passed += results.passed;
  total.failed += results.failed;
  total.pending += results.pending;
  total.failures.push(...results.failures.map((failure) => `${title}:\n${failure}`));
}

/** Counts a failure outside of any test, such as a job that crashed. @param {string} failure */
function fail(failure) {
  console.error(failure);
  total.failed++;
  total.failures.push(failure);
}

/** @param {Job} job @param {string} file for the results */
function environment({ files, editor, oneIn }, file) {
  return {
    ...process.env,
    TMPDIR: temporary,
    TIR_TEST_FILES: JSON.stringify(files),
    TIR_TEST_RESULTS: file,
    TIR_TEST_EDITOR: editor,
    TIR_TEST_SECRETS: madeSecrets,
    TIR_TEST_AT_REST: atRest,
    TIR_TEST_SCREENSHOTS: join(screenshots, editor ?? ''),
    ...(part === undefined && { TIR_TEST_WHOLE_TIER: '1' }),
    ...(oneIn !== undefined && { TIR_TEST_ONE_IN: String(oneIn) }),
    ...(values.grep !== undefined && files !== secretSearch.files && { TIR_TEST_GREP: values.grep }),
  };
}

/**
 * What a job printed besides its results, and how it ended if it didn't end normally.
 * @typedef {{ output: string, ended: string | undefined }} Ran
 */

/** @param {Job} job @param {string} file @returns {Promise<Ran>} */
function runOnNode(job, file) {
  return new Promise((resolve, reject) => {
    const main = join(root, 'out', 'test', 'support', 'main.mjs');
    const child = tracked(
      spawn(process.execPath, [main], {
        ...{ cwd: root, env: environment(job, file), stdio: ['ignore', 'pipe', 'pipe'] },
        ...inBackground,
      }),
    );
    let output = '';
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
    child.stderr.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
    const timer = setTimeout(() => void end(child), limit * 60_000);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      const ended = code === 0 || code === 1 ? undefined : `It ended with ${signal ?? code}.`;
      const done = () => resolve({ output, ended });
      child.once('close', done);
      // A program that the job left running may keep its output open.
      setTimeout(done, 1000);
    });
  });
}

/** @param {Job} job @param {string} file @returns {Promise<Ran>} */
async function runInEditor(job, file) {
  const [{ consumer, hostEntry }, { runInHost }] = await Promise.all([
    import('./build-tests.mjs'),
    import('./host.mjs'),
  ]);
  const name = `${job.editor}-${basename(file, '.json')}`;
  const workspace = join(folder, `workspace-${name}`);
  mkdirSync(workspace);
  await runInHost(hostEntry, {
    editor: job.editor ?? 'newest',
    workspace,
    data: join(atRest, `host-${name}`),
    env: environment(job, file),
    beside: `${consumer}.vsix`,
    minutes: limit,
  });
  return { output: '', ended: undefined };
}
