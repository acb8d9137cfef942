import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

import { end, run, step, terminate, watchProcesses } from './process.mjs';
import { closing, readResults, reportTimings } from './results.mjs';
import { root } from './root.mjs';
import { chromium, curl, git, installPackages, installSystemPackages } from './setup.mjs';
import { clicks, jobsFor, quick, secretSearch, thorough } from './suites.mjs';
import { editors, installServer, vscodeVersion } from './vscode-server.mjs';

/*
 * Longer than other files: how a run goes from its first line to its last is read in one place.
 *
 * `npm test` runs the quick tier, `npm run test:all` everything: two jobs at a time, then the search for secrets in all that
 * they wrote, and one line at the end that counts all tests. CONTRIBUTING.md ("Run a part") explains `--file`, `--editor`,
 * `--grep` and `--no-build`.
 * `.ci/run` needs two runs with one closing line: `--save-results FILE` writes the totals instead of printing them, and
 * `--add-results FILE` adds them to those of the run that follows, and to its exit code.
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
  console.error('--editor needs --file: say what to run in that editor.');
  process.exit(1);
}
/** Set if not all of a tier runs. */
const part = values.file || values.grep !== undefined ? 'part' : undefined;
const lanes = 2;
/** Minutes before a job is ended as hung. The longest takes about 15. */
const limit = 60;

const folder = mkdtempSync(join(tmpdir(), 'tir-test-'));
/** Values that the suites made, one a line, for the search at the end. */
const madeSecrets = join(folder, 'secrets');
/** Everything that editors, browsers and tests write goes under here, and is searched at the end. */
const atRest = join(folder, 'rest');
const screenshots = join(root, '.vscode-test', 'screenshots');
/** Short, since the editor's sockets are in it, whose paths may have 107 bytes. */
const temporary = join(atRest, 't');
mkdirSync(temporary, { recursive: true });
if (values['add-results'] === undefined) {
  // Those of an earlier run would be taken for this one's.
  rmSync(screenshots, { recursive: true, force: true });
}
writeFileSync(madeSecrets, '');
watchProcesses(join(atRest, 'processes'));

// A signal has to lead to `exit`, where everything that runs is ended before the folder that it writes to is removed.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.once('SIGHUP', () => process.exit(129));
process.once('exit', () => {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
  } catch {
    console.error(`${folder} could not be removed. It has values of test tokens.`);
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
    // One job that clicks at a time: two would make each other's windows slow. A lane that finds only such jobs ends, and
    // the other one runs them.
    const next = () => waiting.findIndex((job) => !isClicking || !clicks(job));
    for (let at = next(); at >= 0; at = next()) {
      const [job] = waiting.splice(at, 1);
      if (job) {
        isClicking ||= clicks(job);
        await perform(job);
        isClicking &&= !clicks(job);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (total.passed + total.failed === 0) {
    fail('No test ran.');
  }
  await perform(secretSearch);
  console.log(`\n${reportTimings(timings, join(root, '.vscode-test', 'timings', `${part ?? values.tier}.json`))}`);
} catch (error) {
  fail(String(error instanceof Error ? error.stack : error));
}
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
  await installSystemPackages([...chromium, ...curl, ...git]);
  for (const editor of editors.filter((one) => jobs.some((job) => job.editor === one))) {
    await installServer(editor);
  }
}

function build() {
  return step('Building', async () => {
    const { buildTests } = await import('./build-tests.mjs');
    await Promise.all([buildTests(), run('npm', ['run', 'package'], { cwd: root })]);
  });
}

/**
 * Those of a list that the command line names.
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

/** Runs a job, and shows what came of it once it ends: another one runs beside it. @param {Job} job */
async function perform(job) {
  const title = titleOf(job);
  const id = ++begun;
  const file = join(atRest, `results-${id}.json`);
  const start = Date.now();
  console.log(`${title}: begins`);
  const { output, ended } = await (job.inHost ? runInEditor(job, file) : runOnNode(job, file)).catch(
    (/** @type {unknown} */ error) => ({ output: '', ended: String(error instanceof Error ? error.stack : error) }),
  );
  const seconds = (Date.now() - start) / 1000;
  const results = readResults(file);
  const lines = existsSync(`${file}.log`) ? readFileSync(`${file}.log`, 'utf8') : '';
  const foreign = results?.foreign ? `, ${results.foreign} errors of the editor itself` : '';
  console.log(`\n${title}: ${seconds.toFixed(0)} s${foreign}\n${output}${lines}`);
  // What was printed is searched for secrets with the rest.
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

/** @param {Job} job @param {string} file that results go to */
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

/** What a job printed beside its results, and what was wrong with its end. @typedef {{ output: string, ended: string | undefined }} Ran */

/** @param {Job} job @param {string} file @returns {Promise<Ran>} */
function runOnNode(job, file) {
  return new Promise((resolve, reject) => {
    const main = join(root, 'out', 'test', 'support', 'main.mjs');
    const child = spawn(process.execPath, [main], { cwd: root, env: environment(job, file), detached: true });
    const onExit = () => void terminate(child);
    process.prependOnceListener('exit', onExit);
    let output = '';
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
    child.stderr.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
    const timer = setTimeout(() => void end(child), limit * 60_000);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      process.off('exit', onExit);
      const ended = code === 0 || code === 1 ? undefined : `It ended with ${signal ?? code}.`;
      const done = () => resolve({ output, ended });
      child.once('close', done);
      // A program that it has left behind may hold its output open.
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
