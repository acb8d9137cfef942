import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { fromUi } from '../../../src/base/arguments';
import { until } from '../../support/until';
import { begin, next, type TestSetup, runInTerminal, run, signIn } from '../support';

const connectionId = 'p-4711-delhi';

describe('open terminals with an old token', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
    await signIn(bench.emulator);
  });
  afterEach(() => bench.end());

  const create = async (name: string) => (await run<{ id: number }>('createToken', { name })).id;
  const use = (id: number) => vscode.commands.executeCommand('tir.useToken', fromUi({ id, connectionId }));
  const told = () => bench.person.read.filter(({ message }) => message.includes('an old token'));
  const lengthIn = (terminal: vscode.Terminal) => runInTerminal(terminal, 'printf %s "$TIR_API_TOKEN" | wc -c');
  /** Waits until VS Code has reported the terminal that `work` opens. */
  const opened = async (work: () => unknown) => {
    const terminal = next(vscode.window.onDidOpenTerminal);
    await work();
    return terminal;
  };
  /** Opens a terminal as a person does, and waits until its shell answers. */
  const open = async () => {
    const terminal = await opened(() => vscode.commands.executeCommand('workbench.action.terminal.new'));
    await lengthIn(terminal);
    return terminal;
  };

  it('are counted in a message after a switch, which is shown once', async () => {
    await create('first');
    const second = await create('second-token');
    await open();
    await use(second);
    assert.match(
      told()[0]?.message ?? '',
      /^An open terminal still has an old token. Reopening ends running programs.$/,
    );
    await open();
    const { person } = bench;
    const third = await create('third');
    await use(third);
    assert.match(told().at(-1)?.message ?? '', /^2 open terminals still have/);
    const before = person.read.length;
    await vscode.commands.executeCommand('tir.refresh');
    assert.equal(person.read.length, before, 'a refresh reports nothing again');
    await use(second);
    assert.equal(told().length, 2, 'the second one holds the token in use again, and the first was already reported');
  });

  it('are reopened with the token in use', async () => {
    await create('first');
    const second = await create('second-token');
    const old = [await open(), await open()];
    bench.person.clicks = 'Reopen';
    await use(second);
    await until('the old terminals to close', () => old.every(({ exitStatus }) => exitStatus !== undefined));
    const terminals = vscode.window.terminals.filter(({ exitStatus }) => exitStatus === undefined);
    assert.equal(terminals.length, 2);
    const value = bench.emulator.made.find(({ name }) => name === 'second-token')?.value;
    for (const terminal of terminals) {
      assert.equal(await lengthIn(terminal), String(value?.length));
    }
  });

  it('are left alone if a task or another extension opened them: a command would run again', async () => {
    await create('first');
    const second = await create('second-token');
    const own = await open();
    const others = [{ name: 'other' }, {}, { shellPath: '/bin/sh', shellArgs: ['-c', 'cat'] }];
    for (const options of others) {
      await opened(() => vscode.window.createTerminal(options));
    }
    const shell = new vscode.ShellExecution('cat');
    const task = new vscode.Task({ type: 'shell' }, vscode.TaskScope.Workspace, 'deploy', 'test', shell);
    let execution: vscode.TaskExecution | undefined;
    const started = next(vscode.tasks.onDidStartTaskProcess, (event) => event.execution.task.name === task.name);
    await opened(async () => {
      execution = await vscode.tasks.executeTask(task);
    });
    // On a busy machine, its process begins only after its terminal has opened, and may get the next token then.
    await started;
    bench.person.clicks = 'Reopen';
    await use(second);
    assert.equal(
      told()[0]?.message,
      "5 open terminals still have an old token. Reopening ends running programs; restart tasks, debug sessions and other extensions' terminals yourself.",
    );
    await until("the person's terminal to close", () => own.exitStatus !== undefined);
    assert.equal(vscode.window.terminals.filter(({ exitStatus }) => exitStatus === undefined).length, 5);
    execution?.terminate();
    const offered = told().length;
    bench.person.clicks = undefined;
    await use(bench.emulator.tokens.find(({ name }) => name === 'first')!.id);
    assert.equal(told().length, offered + 1, 'the reopened one has an old token now');
  });

  it('are reopened under the name of the token in use if they were named after the old one', async () => {
    await create('first');
    const second = await create('second-token');
    const { terminalName } = await run<{ terminalName: string }>('openTerminal');
    assert.equal(terminalName, 'TIR: first');
    const old = vscode.window.terminals.find(({ name }) => name === terminalName);
    await lengthIn(old!);
    bench.person.clicks = 'Reopen';
    await use(second);
    await until('the old terminal to close', () => old?.exitStatus !== undefined);
    const names = vscode.window.terminals.filter(({ exitStatus }) => !exitStatus).map(({ name }) => name);
    assert.deepEqual(names, ['TIR: second-token']);
  });

  it('are counted after a rotation and after a deletion', async () => {
    const id = await create('first');
    await open();
    bench.person.clicks = 'Rotate';
    await vscode.commands.executeCommand('tir.rotateToken', fromUi({ id, connectionId }));
    assert.equal(told().length, 1);
    await open();
    bench.person.clicks = 'Delete';
    const newToken = bench.emulator.tokens.at(-1)?.id;
    await vscode.commands.executeCommand('tir.deleteToken', fromUi({ id: newToken, connectionId }));
    assert.match(told().at(-1)?.message ?? '', /^2 open terminals/);
  });

  it("don't include terminals that opened without a token", async () => {
    await open();
    await use(await create('first'));
    await run('stopUsingToken');
    await use(bench.emulator.tokens.at(-1)!.id);
    assert.deepEqual(told(), []);
  });
});
