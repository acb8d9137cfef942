import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { begin, run, runInTerminal, signIn, type TestSetup } from '../support';
import { until } from '../../support/until';

describe('checkTerminal', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
    await signIn(bench.emulator);
  });
  afterEach(() => bench.end());

  const open = async (options: vscode.TerminalOptions = {}) => {
    const terminal = vscode.window.createTerminal(options);
    terminal.show();
    await until('shell integration', () => terminal.shellIntegration);
    await until('the terminal to be active', () => vscode.window.activeTerminal === terminal || undefined);
    return terminal;
  };

  it('tells which token the active terminal has', async () => {
    const { id } = await run<{ id: number }>('createToken', { name: 'first' });
    const terminal = await open();
    assert.deepEqual(await run('checkTerminal'), { holds: 'in-use', name: 'first' });
    await run('createToken', { name: 'second', activate: true });
    assert.deepEqual(await run('checkTerminal'), { holds: 'old', name: 'first' });
    await run('useToken', { id });
    assert.deepEqual(await run('checkTerminal'), { holds: 'in-use', name: 'first' });
    // VS Code 1.96 may still wait for the end of the command before, and so take this one's answer for nothing.
    const becomes = (wanted: string) =>
      until(`the answer "${wanted}"`, async () => (await run<{ holds: string }>('checkTerminal')).holds === wanted);
    terminal.sendText('export TIR_API_TOKEN=other');
    await runInTerminal(terminal, 'true');
    await becomes('other');
    terminal.sendText('unset TIR_API_TOKEN');
    await runInTerminal(terminal, 'true');
    await becomes('none');
  });
});
