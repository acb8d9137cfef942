import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { until } from '../../support/until';
import { begin, run, signIn, type TestSetup } from '../support';

describe('the task "Run Tests with Token"', () => {
  let bench: TestSetup;
  const inFolder = (name: string) => join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, name);
  beforeEach(async () => {
    bench = await begin();
    await signIn(bench.emulator);
    await run('createToken', { name: 'dev-laptop' });
  });
  afterEach(async () => {
    await bench.end();
    ['package.json', 'seen', '.vscode/tasks.json'].forEach((name) => rmSync(inFolder(name), { force: true }));
  });

  it("runs a folder's tests in a terminal, which has the token", async () => {
    assert.deepEqual(await vscode.tasks.fetchTasks({ type: 'tir' }), []);
    const length = 'String(process.env.TIR_API_TOKEN.length)';
    // Renamed, so the file isn't read while it's still empty.
    const test = `node -e "fs.writeFileSync('part', ${length}); fs.renameSync('part', 'seen')"`;
    writeFileSync(inFolder('package.json'), JSON.stringify({ scripts: { test } }));
    const [task, ...others] = await vscode.tasks.fetchTasks({ type: 'tir' });
    assert.equal(others.length, 0);
    assert.equal(task?.name, 'Run Tests with Token');
    assert.equal(task.group, vscode.TaskGroup.Test);
    assert.equal((task.execution as vscode.ShellExecution).commandLine, 'npm test');
    await vscode.tasks.executeTask(task);
    const seen = await until(
      'the tests to run',
      () => existsSync(inFolder('seen')) && readFileSync(inFolder('seen'), 'utf8'),
    );
    const { value } = bench.emulator.made.find(({ name }) => name === 'dev-laptop')!;
    assert.equal(seen, String(value.length));
  });

  it('warns if it runs without one', async () => {
    await run('stopUsingToken');
    const mine = { label: 'mine', type: 'tir', task: 'test', command: 'node -v' };
    mkdirSync(inFolder('.vscode'), { recursive: true });
    writeFileSync(inFolder('.vscode/tasks.json'), JSON.stringify({ version: '2.0.0', tasks: [mine] }));
    const task = await until('the task to be known', async () =>
      (await vscode.tasks.fetchTasks()).find(({ name }) => name === 'mine'),
    );
    await vscode.tasks.executeTask(task);
    const warned = '"mine" runs without a token, because tasks in this folder don\'t have one.';
    await until('the warning', () => bench.person.read.some(({ message }) => message.startsWith(warned)));
  });
});
