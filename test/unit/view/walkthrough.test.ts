import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { runsScript, Walkthrough } from '../../../src/view/walkthrough';
import { newValue } from '../../emulator/platform';
import { begin, type TestSetup } from '../../scenarios/support';
import { standIn } from '../../support/fakeServices';
import { until } from '../../support/until';
import { commandsRun, replace } from '../../support/widgets';

const withToken = standIn<vscode.Terminal>('a terminal with the token', {});
const without = standIn<vscode.Terminal>('another terminal', {});

describe('the walkthrough', () => {
  let bench: TestSetup;
  let shellRan: vscode.EventEmitter<vscode.TerminalShellExecutionEndEvent>;
  let started: vscode.EventEmitter<vscode.DebugSession>;
  let debugged: vscode.EventEmitter<vscode.DebugSession>;
  let ran: readonly (readonly unknown[])[];
  let reads = 0;
  const open: Walkthrough[] = [];
  beforeEach(async () => {
    bench = await begin();
    shellRan = new vscode.EventEmitter();
    started = new vscode.EventEmitter();
    debugged = new vscode.EventEmitter();
    replace(vscode.debug, { onDidStartDebugSession: started.event, onDidTerminateDebugSession: debugged.event });
    replace(vscode.window, { onDidEndTerminalShellExecution: shellRan.event });
    ran = commandsRun();
  });
  afterEach(async () => {
    open.splice(0).forEach((one) => one.dispose());
    await bench.end();
  });

  const follow = () => {
    const { store, activity } = bench.window.services;
    const terminals = { hasKnownToken: (terminal: vscode.Terminal) => terminal === withToken };
    const { activityLog } = activity;
    const read = () => {
      reads++;
      return activityLog.read();
    };
    open.push(new Walkthrough(store, terminals, { read, watch: (appended) => activityLog.watch(appended) }));
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
  /** Resolves once the walkthrough has looked at all that is recorded by now. */
  const settled = async () => {
    const { activity } = bench.window.services;
    const before = reads;
    await activity.record('copy');
    await until('a look', () => reads > before);
    await activity.activityLog.read();
    await new Promise((resolve) => setImmediate(resolve));
  };

  it('ticks the creation of a token once it is recorded, and not a sign-in or a failure', async () => {
    follow();
    await bench.signIn();
    bench.emulator.fail('POST', { status: 403 });
    await assert.rejects(bench.run('createToken', { name: 'refused' }));
    await settled();
    assert.deepEqual(ticked(), []);
    await bench.run('createToken', { name: 'dev-laptop' });
    await until('the tick', () => ticked().length > 0);
    await bench.run('createToken', { name: 'another' });
    assert.deepEqual(ticked(), ['tir.tokenCreated']);
  });

  it("doesn't tick it for values that are stored for tokens from elsewhere, or by a rotation", async () => {
    const first = await bench.signIn();
    follow();
    const second = bench.emulator.seed('from-elsewhere');
    await bench.run('refresh');
    await bench.run('useToken', { connectionId: 'p-4711-delhi', id: second.id });
    const { value: token, apiKey, projectId, location } = second;
    await bench.run('signIn', { token, apiKey, projectId, location, activate: false });
    await bench.run('rotateToken', { connectionId: 'p-4711-delhi', id: first.id });
    await settled();
    assert.deepEqual(ticked(), []);
    await bench.run('createToken', { name: 'dev-laptop' });
    await until('the tick', () => ticked().length > 0);
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

  it('recognizes scripts however shells and extensions run them, and nothing else', () => {
    for (const line of [
      'python example.py',
      '/usr/bin/python3.12 -u /home/me/example.py --verbose',
      '& "C:\\Program Files\\Python\\python.exe" "c:/my code/example.py"',
      "& 'C:/Python/python.exe' example.py",
      'py -3 example.py',
      'uv run example.py',
      'uv run python example.py',
      'conda run -n base python example.py',
      'DEBUG=1 node index.js',
      'NAME="two words" node index.mjs',
      'env X=1 python3 example.py',
      'time python3 example.py',
      'cd app && python3 example.py',
      'source .venv/bin/activate && python example.py',
      'clear; python3 example.py',
      '(cd app; ./example.py)',
      './example.sh',
      'python3 x.py && echo done',
      'python3 x.py > out.txt 2>&1',
    ]) {
      assert.equal(runsScript(line), true, line);
    }
    for (const line of [
      ...['', 'ls', 'cat example.py', 'cat /tmp/example.py', 'vim ./x.py', 'rm x.py', 'git add x.py', 'code x.py'],
      ...['python3', 'python3 -VV', 'python3 --version', 'bash -l', 'zsh -i', 'node -p 1', 'node -e "x.js"'],
      ...['python3 -m venv .venv', 'python3 -m pip install x', 'pip install -r requirements.txt', 'sh ./install.sh'],
      ...['python setup.py install', 'python -m pytest x.py', 'git commit -m "python3 example.py"', 'echo python x.py'],
      ...['cat x.py; ls', 'python3 && cat x.py', 'cd x.py'],
      // The exit code is another program's, or nothing runs.
      ...['python3 x.py; echo done', 'python3 x.py || true', 'python3 x.py | cat', 'node --check x.mjs'],
      ...['python3 --version > a.py', '>example.py', 'FILE=example.py', 'deno fmt x.ts', 'git commit -m run x.py'],
      // What seems to end a command is quoted.
      ...['rg "foo|main.py" src', "grep -n 'a\\|train.py' Makefile", 'git commit -m "Mend; train.py"'],
    ]) {
      assert.equal(runsScript(line), false, line);
    }
  });

  it('ticks a session that was debugged with the token, and not one that could not be launched', () => {
    const session = (env?: object) => ({ configuration: { type: 'debugpy', env } }) as unknown as vscode.DebugSession;
    const [given, other] = [session({ TIR_API_TOKEN: newValue() }), session()];
    follow();
    debugged.fire(given);
    started.fire(other);
    debugged.fire(other);
    assert.deepEqual(ticked(), []);
    started.fire(given);
    assert.deepEqual(ticked(), []);
    debugged.fire(given);
    assert.deepEqual(ticked(), ['tir.scriptRun']);
  });
});
