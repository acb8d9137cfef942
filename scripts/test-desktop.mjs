import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { run } from './process.mjs';
import { installPackages } from './setup.mjs';
import { closing, readResults } from './results.mjs';
import { root } from './root.mjs';
import { unitInHost } from './suites.mjs';

/*
 * `npm run test:desktop` runs the host and scenarios suites in the desktop VS Code, which @vscode/test-electron
 * downloads. `npm run test:desktop -- 1.96.0` uses the oldest supported version. Then it quits VS Code while a terminal
 * with a token is open, and searches what VS Code wrote for the token.
 */

await installPackages();
const [{ downloadAndUnzipVSCode, runTests }, { buildExtension }, { buildTests, consumer, hostEntry }] =
  await Promise.all([import('@vscode/test-electron'), import('./build.mjs'), import('./build-tests.mjs')]);
await Promise.all([buildExtension(), buildTests()]);

const folder = mkdtempSync(join(tmpdir(), 'tir-tokens-desktop-'));
const workspace = join(folder, 'workspace');
mkdirSync(workspace);
/** How long VS Code may take until it has quit. Milliseconds. */
const patience = 5 * 60_000;
const total = { passed: 0, failed: 0, pending: 0, failures: /** @type {string[]} */ ([]) };

/** @param {string} name @param {string} file that the results were written to */
function add(name, file) {
  const { passed, failed, pending, failures } = readResults(file) ?? {
    ...{ passed: 0, failed: 1, pending: 0, failures: [`VS Code ended before it reported the results of "${name}".`] },
  };
  total.passed += passed;
  total.failed += failed;
  total.pending += pending;
  total.failures.push(...failures);
  console.log(existsSync(`${file}.log`) ? readFileSync(`${file}.log`, 'utf8') : '');
}

/** @param {unknown} error */
const report = (error) => console.error(error instanceof Error ? error.message : error);

const editor = await downloadAndUnzipVSCode(process.argv[2]);
// Other systems have no package with a Jupyter kernel, and Windows has none of the shells.
const others = ['!host/commands/giveToNotebook', '!host/terminals/shells'];
const excluded = others.slice(0, process.platform === 'linux' ? 0 : process.platform === 'darwin' ? 1 : 2);
const results = join(folder, 'suites.json');
await runTests({
  vscodeExecutablePath: editor,
  extensionDevelopmentPath: [root, consumer],
  extensionTestsPath: hostEntry,
  extensionTestsEnv: {
    TIR_TEST_RESULTS: results,
    TIR_TEST_AT_REST: folder,
    TIR_TEST_FILES: JSON.stringify(['host', 'scenarios', ...unitInHost, ...excluded]),
  },
  launchArgs: [
    ...[workspace, '--user-data-dir', join(folder, 'data')],
    ...['--disable-workspace-trust', '--disable-extensions'],
  ],
}).catch(report);
add('suites', results);

/**
 * Quits VS Code while a terminal has a token, and searches what it wrote for the token. Resolves to the search's results.
 * @param {string} name @param {Record<string, unknown>} settings of the person
 */
async function searchAfterQuit(name, settings) {
  const data = join(folder, `${name}-data`);
  const [ran, searched] = [join(folder, `${name}-quit.json`), join(folder, `${name}-rest.json`)];
  const secrets = join(folder, `${name}-secrets`);
  mkdirSync(join(data, 'User'), { recursive: true });
  writeFileSync(join(data, 'User', 'settings.json'), JSON.stringify(settings));
  await run(
    editor,
    [
      ...[workspace, '--user-data-dir', data, '--extensions-dir', join(folder, `${name}-extensions`)],
      ...[root, consumer].map((extension) => `--extensionDevelopmentPath=${extension}`),
      ...['--no-sandbox', '--disable-gpu-sandbox', '--disable-updates', '--skip-welcome', '--skip-release-notes'],
      // A machine without a keyring would ask first.
      ...['--disable-workspace-trust', '--use-inmemory-secretstorage'],
    ],
    {
      env: {
        ...process.env,
        ...{ TIR_TEST_IN_WINDOW: hostEntry, TIR_TEST_FILES: '["desktop"]' },
        ...{ TIR_TEST_RESULTS: ran, TIR_TEST_SECRETS: secrets },
      },
      timeout: patience,
    },
  ).catch(report);
  add(`${name}: quit`, ran);
  await run(process.execPath, [join(root, 'out', 'test', 'support', 'main.mjs')], {
    env: {
      ...process.env,
      ...{ TIR_TEST_FILES: '["rest"]', TIR_TEST_RESULTS: searched, TIR_TEST_SECRETS: secrets, TIR_TEST_AT_REST: data },
    },
  }).catch(() => undefined);
  return searched;
}

const revive = 'terminal.integrated.persistentSessionReviveProcess';
add('after quitting, with "never"', await searchAfterQuit('never', { [revive]: 'never' }));
// Shows that the search would find it.
const byDefault = readResults(await searchAfterQuit('default', {}));
const isFound = (byDefault?.failures ?? []).some((failure) => failure.includes('state.vscdb'));
total[isFound ? 'passed' : 'failed']++;
if (!isFound) {
  total.failures.push(`By default, VS Code should have saved the token when it quit: ${byDefault?.failures.join()}`);
}

console.log(closing(total));
try {
  // On Windows, VS Code's last processes may still have files open.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
} catch (error) {
  report(error);
}
process.exit(total.failed === 0 ? 0 : 1);
