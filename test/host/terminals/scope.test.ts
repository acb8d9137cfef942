import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { setting } from '../../support/person';
import { until } from '../../support/until';
import { begin, lengthInTerminal, next, run, signIn, type TestSetup } from '../support';

const entries = async () => {
  const { text } = await vscode.workspace
    .openTextDocument(vscode.Uri.parse('tir-activity:/Token Activity'))
    .then((document) => ({ text: document.getText() }));
  return text;
};

describe('tir.terminal.scope', () => {
  let bench: TestSetup;
  let length: number;
  beforeEach(async () => {
    bench = await begin();
    await signIn(bench.emulator);
    await run('createToken', { name: 'dev-laptop' });
    ({ length } = bench.emulator.made.find(({ name }) => name === 'dev-laptop')!.value);
  });
  afterEach(() => bench.end());

  const lengthIn = (terminal: vscode.Terminal) => lengthInTerminal('TIR_API_TOKEN', terminal);
  const named = (name: string) => vscode.window.terminals.find((terminal) => terminal.name === name)!;
  const chosen = async () => {
    await setting('terminal.scope', 'chosen');
    await run('refresh');
  };

  it('chosen keeps the token to terminals that are opened with it', async () => {
    await chosen();
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), 0);
    const { terminalName } = await run<{ terminalName: string }>('openTerminal');
    assert.equal(await lengthIn(named(terminalName)), length);
    await setting('terminal.scope', undefined);
    await run('refresh');
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), length);
  });

  it('chosen gives it to the terminals of the profile "TIR Token"', async () => {
    await chosen();
    const opened = next(vscode.window.onDidOpenTerminal);
    await vscode.commands.executeCommand('workbench.action.terminal.newWithProfile', {
      config: { extensionIdentifier: 'tir-community.tir-tokens', id: 'tir.terminal', title: 'TIR Token', icon: 'key' },
    });
    const terminal = await opened;
    assert.equal(terminal.name, 'TIR: dev-laptop');
    assert.equal(await lengthIn(terminal), length);
  });

  it('chosen reopens a terminal with the token that is in use by then, and no variable of the old one', async () => {
    await setting('terminal.sdkVariables', true);
    await chosen();
    const { terminalName } = await run<{ terminalName: string }>('openTerminal');
    const old = named(terminalName);
    await lengthIn(old);
    await setting('terminal.sdkVariables', false);
    const { id } = await run<{ id: number }>('createToken', { name: 'second-token', activate: false });
    bench.person.clicks = 'Reopen';
    await vscode.commands.executeCommand('tir.useToken', { kind: 'button', id, connectionId: 'p-4711-delhi' });
    await until('the old terminal to close', () => old.exitStatus !== undefined);
    const now = named('TIR: second-token');
    assert.equal(await lengthIn(now), bench.emulator.made.find(({ name }) => name === 'second-token')!.value.length);
    assert.equal(await lengthInTerminal('E2E_TIR_ACCESS_TOKEN', now), 0);
  });

  it("says once that an agent's terminal has the token, and records which terminals are an agent's", async () => {
    const told = () => bench.person.read.filter(({ message }) => message.includes('AI agent'));
    bench.person.clicks = 'Limit to Chosen Terminals';
    const agents = [1, 2].map(() => vscode.window.createTerminal({ env: { AI_AGENT: 'an_agent' } }));
    await Promise.all(agents.map(lengthIn));
    await until('the message', () => told().length > 0);
    assert.match(told()[0]?.message ?? '', /^An AI agent opened a terminal with the token "dev-laptop"\./);
    await until('the setting', () => vscode.workspace.getConfiguration('tir').get('terminal.scope') === 'chosen');
    assert.equal(told().length, 1);
    await setting('terminal.scope', undefined);
    assert.match(await entries(), / Agent terminal +.*dev-laptop/);
  });
});
