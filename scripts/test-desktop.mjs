import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installPackages } from './setup.mjs';
import { closing, readResults } from './results.mjs';
import { root } from './root.mjs';
import { unitInHost } from './suites.mjs';

/*
 * `npm run test:desktop` runs the host and scenarios suites in the desktop VS Code, which @vscode/test-electron
 * downloads. `npm run test:desktop -- 1.96.0` uses the oldest supported version.
 */

await installPackages();
const [{ runTests }, { buildExtension }, { buildTests, consumer, hostEntry }] = await Promise.all([
  import('@vscode/test-electron'),
  import('./build.mjs'),
  import('./build-tests.mjs'),
]);
await Promise.all([buildExtension(), buildTests()]);

const folder = mkdtempSync(join(tmpdir(), 'tir-tokens-desktop-'));
const workspace = join(folder, 'workspace');
mkdirSync(workspace);
const file = join(folder, 'results.json');
const started = await runTests({
  ...(process.argv[2] !== undefined && { version: process.argv[2] }),
  extensionDevelopmentPath: [root, consumer],
  extensionTestsPath: hostEntry,
  extensionTestsEnv: {
    TIR_TEST_RESULTS: file,
    TIR_TEST_AT_REST: folder,
    TIR_TEST_FILES: JSON.stringify(['host', 'scenarios', ...unitInHost]),
  },
  launchArgs: [workspace, '--user-data-dir', join(folder, 'data'), '--disable-workspace-trust', '--disable-extensions'],
}).then(
  () => true,
  (/** @type {unknown} */ error) => {
    console.error(error instanceof Error ? error.message : error);
    return existsSync(file);
  },
);
const results = readResults(file);
rmSync(folder, { recursive: true, force: true });
console.log(existsSync(`${file}.log`) ? readFileSync(`${file}.log`, 'utf8') : '');
const total = results ?? { passed: 0, failed: 1, pending: 0, failures: [] };
console.log(closing(total));
process.exit(started && total.failed === 0 ? 0 : 1);
