import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import type { Consumer } from '../../consumer/main';
import { until } from '../../support/until';
import { begin, lengthInTerminal, next, run, runInTerminal, signIn, type TestSetup } from '../support';

/** Runs a task to its end. */
async function runTask(task: vscode.Task): Promise<void> {
  const ended = next(vscode.tasks.onDidEndTaskProcess);
  await vscode.tasks.executeTask(task);
  await ended;
}

describe('what new terminals really have', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
    await signIn(bench.emulator);
    await run('createToken', { name: 'dev-laptop' });
  });
  afterEach(() => bench.end());

  const told = (words: RegExp) => bench.person.read.filter(({ message }) => words.test(message));

  it("warns once if another extension's value wins over the token in use", async () => {
    const { variables } = await vscode.extensions.getExtension<Consumer>('tir-tests.consumer')!.activate();
    variables.replace('TIR_API_TOKEN', 'of another extension');
    try {
      bench.person.clicks = 'Show Environment Contributions';
      await runInTerminal(vscode.window.createTerminal(), 'true');
      await until('the message', () => told(/^In new terminals/).length > 0);
      assert.equal(
        told(/^In new terminals/)[0]?.message,
        "In new terminals, TIR_API_TOKEN isn't the token in use. Another extension seems to set it.",
      );
      await runInTerminal(vscode.window.createTerminal(), 'true');
    } finally {
      variables.clear();
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    }
    const terminal = vscode.window.createTerminal();
    terminal.show();
    await runInTerminal(terminal, 'true');
    await until('the terminal to be active', () => vscode.window.activeTerminal === terminal);
    assert.deepEqual(await run('checkTerminal'), { holds: 'in-use', name: 'dev-laptop' });
    assert.equal(told(/^In new terminals/).length, 1);
  });

  it('warns once, with the line, if a start-up file replaces it in a shell without shell integration', async () => {
    const integration = vscode.workspace.getConfiguration('terminal.integrated.shellIntegration');
    await integration.update('enabled', false, vscode.ConfigurationTarget.Global);
    const file = join(homedir(), '.bashrc');
    writeFileSync(file, '# mine\nexport TIR_API_TOKEN=old\n');
    try {
      bench.person.clicks = 'Open .bashrc';
      const terminal = vscode.window.createTerminal({ shellPath: '/bin/bash' });
      terminal.show();
      assert.equal(await runInTerminal(terminal, 'printf %s "$TIR_API_TOKEN"'), 'old');
      await until('the message', () => told(/^A start-up file replaces/).length > 0);
      assert.equal(
        told(/^A start-up file replaces/)[0]?.message,
        'A start-up file replaces TIR_API_TOKEN in bash terminals. Delete line 2 of ~/.bashrc, which sets it, then open a new terminal.',
      );
      const editor = await until('the file to open', () => vscode.window.activeTextEditor);
      assert.equal(editor.document.uri.fsPath, file);
      assert.equal(editor.selection.active.line, 1);
      await until('the terminal to be active', () => vscode.window.activeTerminal === terminal);
      assert.deepEqual(await run('checkTerminal'), { holds: 'unknown' });
      await runInTerminal(vscode.window.createTerminal({ shellPath: '/bin/bash' }), 'true');
      assert.equal(told(/^A start-up file replaces/).length, 1);
    } finally {
      rmSync(file);
      await integration.update('enabled', undefined, vscode.ConfigurationTarget.Global);
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    }
  });

  it("is the token in use over the value of a setting, a terminal's options or a task, and that value when none is in use", async () => {
    const { value } = bench.emulator.made.find(({ name }) => name === 'dev-laptop')!;
    const configuration = vscode.workspace.getConfiguration('terminal.integrated');
    const setting = `env.${{ darwin: 'osx', win32: 'windows' }[process.platform as string] ?? 'linux'}`;
    await configuration.update(setting, { TIR_API_TOKEN: 'of the setting' }, vscode.ConfigurationTarget.Global);
    const env = { TIR_API_TOKEN: 'of the options' };
    const folder = mkdtempSync(join(tmpdir(), 'tir-task-'));
    const seen = join(folder, 'seen');
    const lengths = async () => {
      const shell = new vscode.ShellExecution(`printf %s "$TIR_API_TOKEN" | wc -c > '${seen}'`, { env });
      const task = new vscode.Task({ type: 'shell' }, vscode.TaskScope.Workspace, 'own value', 'test', shell);
      await runTask(task);
      return [
        await lengthInTerminal('TIR_API_TOKEN'),
        await lengthInTerminal('TIR_API_TOKEN', vscode.window.createTerminal({ env })),
        Number(readFileSync(seen, 'utf8')),
      ];
    };
    try {
      assert.deepEqual(await lengths(), [value.length, value.length, value.length]);
      assert.equal(process.env['TIR_API_TOKEN'], undefined, 'other extensions and their programs inherit that');
      await run('stopUsingToken');
      assert.deepEqual(await lengths(), ['of the setting'.length, env.TIR_API_TOKEN.length, env.TIR_API_TOKEN.length]);
      const terminal = vscode.window.createTerminal();
      terminal.show();
      await runInTerminal(terminal, 'true');
      await until('the terminal to be active', () => vscode.window.activeTerminal === terminal);
      assert.deepEqual(await run('checkTerminal'), { holds: 'other' });
      await vscode.commands.executeCommand('tir.checkTerminal');
      const name = `terminal.integrated.${setting}`;
      const text = `No token is in use, but this terminal has a TIR_API_TOKEN. The setting ${name} sets it.`;
      await until('the message', () => bench.person.read.some(({ message }) => message.endsWith(text)));
    } finally {
      rmSync(folder, { recursive: true });
      await configuration.update(setting, undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('is the token in use in a task that runs again in its terminal', async () => {
    const shell = new vscode.ShellExecution('true');
    const task = new vscode.Task({ type: 'shell' }, vscode.TaskScope.Workspace, 'again', 'test', shell);
    await runTask(task);
    const { id } = await run<{ id: number }>('createToken', { name: 'second-token', activate: false });
    const use = () =>
      vscode.commands.executeCommand('tir.useToken', { kind: 'button', id, connectionId: 'p-4711-delhi' });
    await use();
    assert.equal(told(/old token/).length, 1);
    await runTask(task);
    bench.person.read.length = 0;
    await run('createToken', { name: 'third', activate: false });
    await use();
    assert.equal(told(/old token/).length, 0, 'its new run has the token in use');
  });
});
