import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { run, step, watchProcesses } from './process.mjs';
import { closing, readResults } from './results.mjs';
import { root } from './root.mjs';
import { chromium, curl, git, installPackages, installSystemPackages } from './setup.mjs';
import { editors, installServer, vscodeVersion } from './vscode-server.mjs';

/*
 * `npm test`: every suite, and one line at the end that counts them all.
 * `npm test -- --suite host --editor newest --grep "main job"` runs a part; `npm run test:soak` what takes longer.
 * Of two runs the first one leaves its results (`--leave FILE`) for the second one to count (`--count FILE`).
 */

const suites = /** @type {const} */ (['unit', 'host', 'ui', 'soak', 'killed', 'rest']);
const inHost = ['host', 'soak'];
const onlyWhenNamed = ['soak', 'killed'];
const { values } = parseArgs({
  options: {
    suite: { type: 'string', multiple: true },
    editor: { type: 'string', multiple: true },
    grep: { type: 'string' },
    leave: { type: 'string' },
    count: { type: 'string' },
  },
});
const wanted = chosen(suites, values.suite ?? suites.filter((suite) => !onlyWhenNamed.includes(suite)));
const inEditors = chosen(editors, values.editor);
const folder = mkdtempSync(join(tmpdir(), 'tir-tokens-test-'));
/** Values that the suites made, one a line, for the search at the end. */
const madeSecrets = join(folder, 'secrets');
/** Everything that editors and browsers write goes under here, and is searched at the end. */
const atRest = join(folder, 'at-rest');
mkdirSync(atRest);
writeFileSync(madeSecrets, '');
watchProcesses(join(atRest, 'processes'));

// What is running ends on exit, and so it has to come to one.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** @typedef {import('./results.mjs').Results} Results */
/** @type {Omit<Results, 'lines'>} */
const total = { passed: 0, failed: 0, pending: 0, failures: [] };

try {
  await installPackages();
  await installSystemPackages([...chromium, ...curl, ...git]);
  if (wanted.some(needsEditor)) {
    for (const editor of inEditors) {
      await installServer(editor);
    }
  }
  await step('Building', async () => {
    await (await import('./build.mjs')).buildTests();
    await run('npm', ['run', 'package'], { cwd: root });
  });
  for (const suite of wanted) {
    for (const editor of needsEditor(suite) ? inEditors : [undefined]) {
      const title = editor ? `${suite}, VS Code ${vscodeVersion(editor)}` : suite;
      console.log(`\n${title}`);
      add(await (inHost.includes(suite) && editor ? runHostSuite(suite, editor) : runOnNode(suite, editor)), title);
    }
  }
} catch (error) {
  fail(String(error instanceof Error ? error.stack : error));
}
if (values.count !== undefined) {
  add(readResults(values.count), 'the run before');
}
if (values.leave === undefined) {
  console.log(closing(total));
} else {
  writeFileSync(values.leave, JSON.stringify(total));
}
process.exit(total.failed === 0 ? 0 : 1);

/**
 * Those of a list that the command line names; all, where it names none.
 * @template {string} T
 * @param {readonly T[]} all @param {readonly string[]} [names]
 */
function chosen(all, names = all) {
  const unknown = names.filter((name) => !all.some((one) => one === name));
  if (unknown.length > 0) {
    console.error(`There is no "${unknown.join('", "')}": please name one of ${all.join(', ')}.`);
    process.exit(1);
  }
  return all.filter((one) => names.includes(one));
}

/** @param {typeof suites[number]} suite */
function needsEditor(suite) {
  return suite !== 'unit' && suite !== 'rest';
}

/** @param {Results | undefined} results @param {string} suite */
function add(results, suite) {
  if (!results) {
    fail(`The suite "${suite}" ended without results.`);
    return;
  }
  total.passed += results.passed;
  total.failed += results.failed;
  total.pending += results.pending;
  total.failures.push(...results.failures.map((failure) => `${suite}:\n${failure}`));
}

/** @param {string} failure of no test */
function fail(failure) {
  console.error(failure);
  total.failed++;
  total.failures.push(failure);
}

/** @typedef {import('./vscode-server.mjs').Editor} Editor */

/** @param {string} suite @param {Editor | undefined} editor */
function resultsOf(suite, editor) {
  return join(folder, `${suite}-${editor}.json`);
}

/** @param {string} suite @param {Editor | undefined} editor */
function environment(suite, editor) {
  return {
    ...process.env,
    TIR_TEST_RESULTS: resultsOf(suite, editor),
    TIR_TEST_EDITOR: editor,
    TIR_TEST_SECRETS: madeSecrets,
    TIR_TEST_AT_REST: atRest,
    TIR_TEST_SCREENSHOTS: join(root, '.vscode-test', 'screenshots', editor ?? ''),
    ...(values.grep !== undefined && { TIR_TEST_GREP: values.grep }),
  };
}

/** @param {string} suite @param {Editor | undefined} editor @returns {Promise<Results | undefined>} */
function runOnNode(suite, editor) {
  return new Promise((resolve, reject) => {
    const main = join(root, 'out', 'test', 'support', 'main.mjs');
    const child = spawn(process.execPath, [main, suite], {
      cwd: root,
      env: environment(suite, editor),
      stdio: 'inherit',
    });
    child.once('error', reject);
    child.once('exit', () => resolve(readResults(resultsOf(suite, editor))));
  });
}

/** @param {string} suite @param {Editor} editor @returns {Promise<Results | undefined>} */
async function runHostSuite(suite, editor) {
  const [{ consumer }, { runInHost }] = await Promise.all([import('./build.mjs'), import('./host.mjs')]);
  const workspace = join(folder, `workspace-${suite}-${editor}`);
  mkdirSync(workspace);
  await runInHost(join(root, 'out', 'test', suite, 'index.js'), {
    editor,
    workspace,
    data: join(atRest, `${suite}-${editor}`),
    env: environment(suite, editor),
    beside: `${consumer}.vsix`,
    minutes: 30,
  });
  const results = readResults(resultsOf(suite, editor));
  for (const line of results?.lines ?? []) {
    console.log(line);
  }
  return results;
}
