import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { setting } from '../../support/person';
import { until } from '../../support/until';
import { begin, closeTerminals, next, run, signIn, type TestSetup } from '../support';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const folder = vscode.workspace.workspaceFolders![0]!;
const here = (...names: string[]) => join(folder.uri.fsPath, ...names);

/** A program that writes the SHA-256 of each named variable, or an empty line if it's unset, to a file. */
const script = `
const { writeFileSync, renameSync } = require('node:fs');
const { createHash } = require('node:crypto');
const [, , file, ...names] = process.argv;
const values = names.map((name) => process.env[name]);
writeFileSync(file + '.part', values.map((value) => value && createHash('sha256').update(value).digest('hex')).join('\\n'));
renameSync(file + '.part', file);
`;

describe('environment of tasks and debug sessions', () => {
  let bench: TestSetup;
  let value: string;
  /** Every message that debug adapters sent to VS Code. */
  const told: string[] = [];
  let tracker: vscode.Disposable;

  before(() => {
    mkdirSync(here('.vscode'), { recursive: true });
    writeFileSync(here('hash.js'), script);
    tracker = vscode.debug.registerDebugAdapterTrackerFactory('*', {
      createDebugAdapterTracker: () => ({ onDidSendMessage: (message) => told.push(JSON.stringify(message)) }),
    });
  });
  after(() => {
    tracker.dispose();
    rmSync(here('hash.js'));
    rmSync(here('.vscode'), { recursive: true });
  });
  beforeEach(async () => {
    bench = await begin();
    await signIn(bench.emulator);
    await run('createToken', { name: 'dev-laptop' });
    value = bench.emulator.made.find(({ name }) => name === 'dev-laptop')!.value;
    told.length = 0;
  });
  afterEach(async () => {
    await vscode.debug.stopDebugging();
    await bench.end();
    rmSync(here('seen'), { force: true });
  });

  /** Waits for `hash.js`. Resolves to the SHA-256 of each variable, in the order of its arguments. */
  const seen = async () => {
    const text = await until('what the program saw', () =>
      existsSync(here('seen')) ? readFileSync(here('seen'), 'utf8') : undefined,
    );
    rmSync(here('seen'));
    return text.split('\n');
  };
  const args = (...names: string[]) => [here('seen'), ...names];
  const configuration = (more: object = {}): vscode.DebugConfiguration => ({
    ...{ type: 'node', request: 'launch', name: 'Hash', program: here('hash.js'), console: 'internalConsole' },
    ...{ args: args('TIR_API_TOKEN'), cwd: folder.uri.fsPath, ...more },
  });
  /** Debugs until the session ends. Resolves to what the program saw. */
  const debug = async (what: string | vscode.DebugConfiguration) => {
    const ended = next(vscode.debug.onDidTerminateDebugSession, ({ parentSession }) => !parentSession);
    assert.ok(await vscode.debug.startDebugging(folder, what));
    const result = await seen();
    await ended;
    return result;
  };
  const warnings = () => bench.person.read.map(({ message }) => message);

  const runTask = async (task: vscode.Task) => {
    const ended = next(vscode.tasks.onDidEndTask);
    await vscode.tasks.executeTask(task);
    const result = await seen();
    // VS Code starts a task only once it has ended.
    await ended;
    return result;
  };
  const task = (execution: vscode.ShellExecution | vscode.ProcessExecution) =>
    new vscode.Task({ type: 'hash' }, folder, 'hash', 'test', execution);

  it('has the token in shell tasks, process tasks and tasks of tasks.json while one is in use', async () => {
    const shell = new vscode.ShellExecution('node', [here('hash.js'), ...args('TIR_API_TOKEN')]);
    assert.deepEqual(await runTask(task(shell)), [sha256(value)]);
    const process = new vscode.ProcessExecution('node', [here('hash.js'), ...args('TIR_API_TOKEN')]);
    assert.deepEqual(await runTask(task(process)), [sha256(value)]);

    const written = {
      label: 'written',
      type: 'shell',
      command: 'node',
      args: [here('hash.js'), ...args('TIR_API_TOKEN')],
    };
    writeFileSync(here('.vscode', 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks: [written] }));
    const found = await until('the task of tasks.json', async () =>
      (await vscode.tasks.fetchTasks()).find(({ name }) => name === 'written'),
    );
    assert.deepEqual(await runTask(found), [sha256(value)]);

    await run('stopUsingToken');
    assert.deepEqual(await runTask(task(shell)), ['']);
  });

  it('has the token in a Node session with "tir": true, but launch.json and adapter messages do not', async () => {
    const text = JSON.stringify({ version: '0.2.0', configurations: [configuration({ tir: true })] });
    writeFileSync(here('.vscode', 'launch.json'), text);
    await until('the configuration', () =>
      vscode.workspace.getConfiguration('launch', folder.uri).get<unknown[]>('configurations')?.length
        ? true
        : undefined,
    );
    assert.deepEqual(await debug('Hash'), [sha256(value)]);
    assert.equal(readFileSync(here('.vscode', 'launch.json'), 'utf8'), text);
    assert.ok(
      told.length > 0 && !told.some((message) => message.includes(value)),
      'no debug adapter message holds the value',
    );
    assert.deepEqual(warnings(), []);
  });

  it('is requested with "tir" in launch.json, where an unknown property is underlined', async () => {
    const text = JSON.stringify({ version: '0.2.0', configurations: [configuration({ tir: true, tirr: true })] });
    writeFileSync(here('.vscode', 'launch.json'), text);
    const uri = vscode.Uri.file(here('.vscode', 'launch.json'));
    await vscode.window.showTextDocument(uri);
    const found = await until('VS Code to check the file', () => {
      const diagnostics = vscode.languages.getDiagnostics(uri);
      return diagnostics.length > 0 ? diagnostics : undefined;
    });
    assert.deepEqual(
      found.map(({ message }) => message),
      ['Property tirr is not allowed.'],
    );
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('has the token in sessions without "tir" if tir.debug.enabled is on, but not with "tir": false', async () => {
    assert.deepEqual(await debug(configuration()), ['']);
    await setting('debug.enabled', true);
    assert.deepEqual(await debug(configuration()), [sha256(value)]);
    assert.deepEqual(await debug(configuration({ tir: false })), ['']);
    await run('stopUsingToken');
    assert.deepEqual(await debug(configuration()), ['']);
    assert.deepEqual(warnings(), [], 'a configuration without "tir": true causes no warning');
  });

  it('has the token in a program in a terminal without passing it on the command line', async () => {
    const more = { tir: true, console: 'integratedTerminal' };
    assert.deepEqual(await debug(configuration(more)), [sha256(value)]);
    assert.ok(told.some((message) => message.includes('runInTerminal')));
    assert.ok(!told.some((message) => message.includes(value)));
    // VS Code would run the next program in a terminal that is about to close.
    await closeTerminals();
    await setting('terminal.enabled', false);
    await run('refresh');
    assert.deepEqual(await debug(configuration(more)), ['']);
    assert.match(
      warnings().at(-1) ?? '',
      /^"Hash" starts without the TIR token, because its terminal doesn't have one\./,
    );
    assert.deepEqual(
      await debug(configuration({ tir: true })),
      [sha256(value)],
      'tir.terminal.enabled only affects terminals',
    );
  });

  it('warns once if a program runs again in a terminal with an old token, and offers to close it', async () => {
    const more = { console: 'integratedTerminal' };
    await debug(configuration(more));
    await vscode.debug.stopDebugging();
    const { id } = await run<{ id: number }>('createToken', { name: 'second-token', activate: false });
    await run('useToken', { id });
    const [old] = vscode.window.terminals;
    await debug(configuration({ ...more, tir: false }));
    assert.deepEqual(warnings(), []);
    await vscode.debug.stopDebugging();
    bench.person.clicks = 'Close Terminal';
    await debug(configuration(more));
    assert.deepEqual(warnings(), [
      '"Hash" may run in a terminal with an old token. Close the terminal, then start debugging again.',
    ]);
    await until('the old terminal to close', () => old?.exitStatus !== undefined);
    const second = bench.emulator.made.find(({ name }) => name === 'second-token')!.value;
    assert.deepEqual(await debug(configuration(more)), [sha256(second)]);
    assert.equal(warnings().length, 1);
  });

  it('keeps the TIR_API_TOKEN that a configuration sets in env or envFile', async () => {
    assert.deepEqual(await debug(configuration({ tir: true, env: { TIR_API_TOKEN: 'mine' } })), [sha256('mine')]);
    writeFileSync(here('.vscode', 'my.env'), 'TIR_API_TOKEN=of the file\n');
    const envFile = '${workspaceFolder}/.vscode/my.env';
    assert.deepEqual(await debug(configuration({ tir: true, envFile })), [sha256('of the file')]);
  });

  it('lacks the token, with a warning, if the debugger writes a log or no token is in use', async () => {
    assert.deepEqual(await debug(configuration({ tir: true, trace: true })), ['']);
    assert.match(
      warnings().at(-1) ?? '',
      /^"Hash" starts without the TIR token, because its debugger would write the token to a log/,
    );
    await run('stopUsingToken');
    assert.deepEqual(await debug(configuration({ tir: true })), ['']);
    const none = '"Hash" starts without a TIR token, because none is in use.';
    assert.equal(warnings().at(-1), none);
    bench.person.read.length = 0;
    assert.deepEqual(await debug(configuration({ tir: true, console: 'integratedTerminal' })), ['']);
    assert.deepEqual(warnings(), [none]);
  });

  it("has the folder's token rather than the one in use in all terminals, and the use is recorded", async () => {
    const other = await run<{ id: number }>('createToken', { name: 'of-the-folder', activate: false });
    await run('useToken', { id: other.id, folder: folder.uri.toString() });
    const own = bench.emulator.made.find(({ name }) => name === 'of-the-folder')!.value;
    assert.deepEqual(await debug(configuration({ tir: true })), [sha256(own)]);
    await run('showActivity');
    await until('the activity log to show the debug session', () =>
      vscode.window.activeTextEditor?.document.getText().match(/ Debugging started +of-the-folder /m)
        ? true
        : undefined,
    );
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('has the extra variable names and the SDK variables in debug sessions and tasks', async () => {
    const names = ['TIR_API_TOKEN', 'OPENAI_API_KEY', 'E2E_TIR_ACCESS_TOKEN', 'E2E_TIR_LOCATION'];
    await run('setVariableNames', { names: ['OPENAI_API_KEY'] });
    await setting('terminal.sdkVariables', true);
    const values = [value, value, value, 'Delhi'].map(sha256);
    assert.deepEqual(await debug(configuration({ tir: true, args: args(...names) })), values);
    const shell = new vscode.ShellExecution('node', [here('hash.js'), ...args(...names)]);
    await run('refresh');
    assert.deepEqual(await runTask(task(shell)), values);
  });
});
