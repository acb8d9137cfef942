import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { Walkthrough } from '../../../src/view/walkthrough';
import { begin, type TestSetup } from '../../scenarios/support';
import { standIn } from '../../support/fakeServices';
import { until } from '../../support/until';
import { commandsRun, replace } from '../../support/widgets';

const withToken = standIn<vscode.Terminal>('a terminal with the token', {});
const without = standIn<vscode.Terminal>('another terminal', {});

describe('the walkthrough', () => {
  let bench: TestSetup;
  let shellRan: vscode.EventEmitter<vscode.TerminalShellExecutionEndEvent>;
  let debugged: vscode.EventEmitter<void>;
  let ran: readonly (readonly unknown[])[];
  const open: Walkthrough[] = [];
  beforeEach(async () => {
    bench = await begin();
    shellRan = new vscode.EventEmitter();
    debugged = new vscode.EventEmitter();
    replace(vscode.debug, { onDidTerminateDebugSession: debugged.event });
    replace(vscode.window, { onDidEndTerminalShellExecution: shellRan.event });
    ran = commandsRun();
  });
  afterEach(async () => {
    open.splice(0).forEach((one) => one.dispose());
    await bench.end();
  });

  const follow = () => {
    const { store, usage, activity } = bench.window.services;
    const terminals = { hasKnownToken: (terminal: vscode.Terminal) => terminal === withToken };
    open.push(new Walkthrough(store, usage, terminals, activity.activityLog));
  };
  /** The context keys that are set, each of them to true. */
  const ticked = () => {
    assert.ok(ran.every(([command, , value]) => command === 'setContext' && value === true));
    return ran.map(([, key]) => key);
  };
  const run = (line: string, terminal = withToken, exitCode = 0) => {
    const execution = { commandLine: { value: line } };
    shellRan.fire({ terminal, exitCode, execution } as unknown as vscode.TerminalShellExecutionEndEvent);
  };
  /** Lets the storage's events arrive, and what follows them. */
  const settled = async () => {
    for (let turn = 0; turn < 50; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it('ticks the creation of a token once its value is stored, and not a sign-in or a failure', async () => {
    follow();
    await bench.signIn();
    bench.emulator.fail('POST', { status: 403 });
    await assert.rejects(bench.run('createToken', { name: 'refused' }));
    await settled();
    assert.deepEqual(ticked(), []);
    await bench.run('createToken', { name: 'dev-laptop' });
    await until('the tick', () => ticked().length > 0);
    await bench.run('createToken', { name: 'another' });
    await settled();
    assert.deepEqual(ticked(), ['tir.tokenCreated']);
  });

  it('ticks what was done before, even if the token is deleted by now', async () => {
    await bench.signIn();
    const { id } = await bench.run<{ id: number }>('createToken', { name: 'dev-laptop' });
    follow();
    await until('the tick', () => ticked().length > 0);
    await bench.window.services.store.forgetToken({ connectionId: 'p-4711-delhi', id });
    follow();
    await until('the tick of the later window', () => ticked().length > 1);
    assert.deepEqual(ticked(), ['tir.tokenCreated', 'tir.tokenCreated']);
  });

  it('ticks a script that ran in a terminal with the token, and nothing that only was tried', () => {
    follow();
    run('python3 example.py', without);
    run('python3 example.py', withToken, 1);
    const others = ['', 'ls', 'cat example.py', 'cat /tmp/example.py', 'python3', 'python3 --version', 'vim ./x.py'];
    others.forEach((line) => run(line));
    assert.deepEqual(ticked(), []);
    run('python3 example.py');
    run('python3 example.py');
    assert.deepEqual(ticked(), ['tir.scriptRun']);
  });

  it('recognizes scripts however shells and extensions run them', () => {
    for (const line of [
      'python example.py',
      '/usr/bin/python3.12 /home/me/example.py',
      '& "C:\\Program Files\\Python\\python.exe" "c:/my code/example.py"',
      "& 'C:/Python/python.exe' example.py",
      'py example.py',
      'uv run example.py',
      'uv run python example.py',
      'DEBUG=1 node index.js',
      'python -m app',
      './example.sh',
    ]) {
      follow();
      run(line);
      assert.deepEqual(ticked().slice(-1), ['tir.scriptRun'], line);
      (ran as unknown[]).length = 0;
      open.splice(0).forEach((one) => one.dispose());
    }
  });

  it('ticks a script that was debugged with the token', async () => {
    const token = { connectionId: 'p-4711-delhi', id: 1, name: 'dev-laptop' };
    follow();
    debugged.fire();
    assert.deepEqual(ticked(), []);
    await bench.window.services.usage.note(token, 'debug');
    debugged.fire();
    assert.deepEqual(ticked(), ['tir.scriptRun']);
  });
});
