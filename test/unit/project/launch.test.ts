import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { root } from '../../../scripts/root.mjs';
import type { Results } from '../../support/mocha';

interface Configuration {
  readonly name: string;
  readonly type: 'extensionHost' | 'node';
  readonly program?: string;
  readonly args: readonly string[];
  readonly preLaunchTask: string;
}

/** A task that runs a script without a shell, since shells differ in their operators and quotes. */
type Task = { readonly label: string; readonly dependsOn?: string } & (
  | { readonly type: 'npm'; readonly script: string }
  | { readonly type: 'process'; readonly command: string; readonly args: readonly string[] }
);

const read = (file: string): unknown => JSON.parse(readFileSync(join(root, '.vscode', file), 'utf8'));
const resolved = (text: string) => text.replaceAll('${workspaceFolder}', root);

describe('launch.json', () => {
  const { configurations } = read('launch.json') as { configurations: Configuration[] };
  const { tasks } = read('tasks.json') as { tasks: Task[] };
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };

  it('has only configurations that CONTRIBUTING.md names and whose build tasks exist', () => {
    const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
    for (const { name, preLaunchTask } of configurations) {
      assert.ok(text.includes(`_${name}_`), name);
      assert.ok(
        tasks.some(({ label }) => label === preLaunchTask),
        preLaunchTask,
      );
    }
    for (const task of tasks) {
      if (task.type === 'npm') {
        assert.ok(task.script in scripts, task.label);
      } else {
        assert.equal(task.type, 'process', task.label);
        assert.equal(task.command, 'node');
        assert.ok(existsSync(join(root, task.args[0] ?? '')), task.label);
      }
      assert.ok(task.dependsOn === undefined || tasks.some(({ label }) => label === task.dependsOn), task.label);
    }
  });

  it('passes only existing folders and files to windows', () => {
    const windows = configurations.filter(({ type }) => type === 'extensionHost');
    const paths = windows
      .flatMap(({ args }) => args)
      .flatMap((arg) => /(?:^|=)(\$\{workspaceFolder\}.*)/.exec(arg)?.[1] ?? []);
    assert.ok(paths.length >= 5);
    // Only `npm run build -- --tests` creates the empty workspace, for the debugger.
    const missing = paths.map(resolved).filter((path) => !existsSync(path) && path !== join(root, 'out', 'workspace'));
    assert.deepEqual(missing, []);
  });

  it('runs chosen unit tests, and lets a debugger attach', async () => {
    const { program = '', args } = configurations.find(({ name }) => name === 'Unit tests') ?? assert.fail();
    const folder = mkdtempSync(join(tmpdir(), 'tir-launch-'));
    try {
      const results = join(folder, 'results.json');
      const env = { ...process.env, TIR_TEST_RESULTS: results, TIR_TEST_GREP: 'a secret ', TIR_TEST_FILES: undefined };
      const line = ['--inspect=127.0.0.1:0', resolved(program), ...args];
      const { stderr } = await promisify(execFile)(process.execPath, line, { cwd: root, env });
      assert.match(stderr, /^Debugger listening/);
      const { passed, failed } = JSON.parse(readFileSync(results, 'utf8')) as Results;
      assert.ok(passed > 0 && passed < 20 && failed === 0, `${passed} passed, ${failed} failed`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
