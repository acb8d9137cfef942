import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { fromUi } from '../../../src/base/arguments';
import { until } from '../../support/until';
import { begin, type TestSetup, runInTerminal, run, signIn } from '../support';

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
  /** Opens a terminal, and waits until its shell answers and VS Code has reported it. */
  const open = async (name: string) => {
    const told = new Promise((resolve) => {
      const subscription = vscode.window.onDidOpenTerminal((opened) => {
        if (opened.name === name) {
          subscription.dispose();
          resolve(opened);
        }
      });
    });
    const terminal = vscode.window.createTerminal({ name });
    await lengthIn(terminal);
    await told;
    return terminal;
  };

  it('are counted in a message after a switch, which is shown once', async () => {
    await create('first');
    const second = await create('second-token');
    await open('one');
    await use(second);
    assert.match(
      told()[0]?.message ?? '',
      /^An open terminal still has an old token. Reopening ends what runs there.$/,
    );
    await open('two');
    const { person } = bench;
    const third = await create('third');
    await use(third);
    assert.match(told().at(-1)?.message ?? '', /^2 open terminals still have/);
    const before = person.read.length;
    await vscode.commands.executeCommand('tir.refresh');
    assert.equal(person.read.length, before, 'a refresh reports nothing again');
    await use(second);
    assert.equal(told().length, 2, '"two" holds the token in use again, and "one" was already reported');
  });

  it('are reopened under the same names with the token in use', async () => {
    await create('first');
    const second = await create('second-token');
    const old = await open('mine');
    const other = await open('plain');
    bench.person.clicks = 'Reopen';
    await use(second);
    await until('the old terminals to close', () => old.exitStatus !== undefined && other.exitStatus !== undefined);
    const terminals = vscode.window.terminals.filter(({ exitStatus }) => exitStatus === undefined);
    assert.deepEqual(terminals.map(({ name }) => name).sort(), ['mine', 'plain']);
    const value = bench.emulator.made.find(({ name }) => name === 'second-token')?.value;
    for (const terminal of terminals) {
      assert.equal(await lengthIn(terminal), String(value?.length));
    }
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
    await open('one');
    bench.person.clicks = 'Rotate';
    await vscode.commands.executeCommand('tir.rotateToken', fromUi({ id, connectionId }));
    assert.equal(told().length, 1);
    await open('two');
    bench.person.clicks = 'Delete';
    const newToken = bench.emulator.tokens.at(-1)?.id;
    await vscode.commands.executeCommand('tir.deleteToken', fromUi({ id: newToken, connectionId }));
    assert.match(told().at(-1)?.message ?? '', /^2 open terminals/);
  });

  it("don't include terminals that opened without a token", async () => {
    await open('one');
    await use(await create('first'));
    await run('stopUsingToken');
    await use(bench.emulator.tokens.at(-1)!.id);
    assert.deepEqual(told(), []);
  });
});
