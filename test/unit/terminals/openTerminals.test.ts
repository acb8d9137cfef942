import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { OpenTerminals } from '../../../src/terminals/openTerminals';
import { begin } from '../../scenarios/support';
import { replace } from '../../support/widgets';

interface StandInTerminal {
  readonly creationOptions: vscode.TerminalOptions;
  readonly state: { isInteractedWith: boolean };
}

/** Replaces VS Code's terminals. Returns those that are open. */
function standInTerminals(): readonly StandInTerminal[] {
  const terminals: StandInTerminal[] = [];
  const opened = new vscode.EventEmitter<StandInTerminal>();
  const createTerminal = (creationOptions: vscode.TerminalOptions) => {
    const dispose = () => void terminals.splice(terminals.indexOf(terminal), 1);
    const terminal = { creationOptions, state: { isInteractedWith: true }, show: () => undefined, dispose };
    terminals.push(terminal);
    opened.fire(terminal);
    return terminal;
  };
  replace(vscode.window, {
    ...{ terminals, createTerminal, onDidOpenTerminal: opened.event },
    onDidChangeTerminalShellIntegration: () => new vscode.Disposable(() => undefined),
  });
  replace(vscode.workspace, { getWorkspaceFolder: () => vscode.workspace.workspaceFolders![0] });
  return terminals;
}

it('a reopened terminal is not named after its old token if it gets none now', async () => {
  const bench = await begin();
  await bench.signIn();
  await bench.run('useToken', { id: bench.emulator.seed('dev').id });
  const terminals = standInTerminals();
  const openTerminals = new OpenTerminals(bench.window.services.terminals, () => undefined);
  Object.assign(bench.window.services, { openTerminals });
  await bench.run('openTerminal');
  const [first] = terminals;
  assert.equal(first?.creationOptions.name, 'TIR: dev');
  await bench.run('stopUsingToken');
  openTerminals.reopen();
  assert.deepEqual([terminals.length, terminals.includes(first)], [1, false]);
  assert.equal('name' in terminals[0]!.creationOptions, false);
  openTerminals.dispose();
  await bench.end();
});

it("terminals of tasks and other extensions aren't reopened, but counted", async () => {
  const bench = await begin();
  await bench.signIn();
  await bench.run('useToken', { id: bench.emulator.seed('dev').id });
  const terminals = standInTerminals();
  const openTerminals = new OpenTerminals(bench.window.services.terminals, () => undefined);
  const persons = { shellPath: '/bin/bash', shellArgs: [], hideFromUser: false, name: undefined };
  const task = { name: 'deploy', shellPath: '/bin/bash', shellArgs: ['-c', 'deploy'], hideFromUser: false };
  for (const options of [task, { shellPath: '/bin/sh' }, persons]) {
    vscode.window.createTerminal(options as vscode.TerminalOptions);
  }
  await bench.run('stopUsingToken');
  assert.equal(openTerminals.withOldToken().length, 3);
  assert.deepEqual(
    openTerminals.reopenable().map((one) => one.creationOptions),
    [persons],
  );
  assert.equal(terminals.length, 3);
  openTerminals.dispose();
  await bench.end();
});

it('a terminal from before a restart of the extension host is counted once its token is old', async () => {
  const bench = await begin();
  await bench.signIn();
  await bench.run('useToken', { id: bench.emulator.seed('one').id });
  const [revived] = [standInTerminals()].map((terminals) => {
    // A person's own shell. After a restart, VS Code says of no terminal that it was used, but relaunches none.
    const options = { name: undefined, shellPath: '/bin/sh', shellArgs: [], cwd: '/', env: undefined };
    const terminal = vscode.window.createTerminal({ ...options, hideFromUser: false });
    terminals.forEach(({ state }) => (state.isInteractedWith = false));
    return terminal;
  });
  const openTerminals = new OpenTerminals(bench.window.services.terminals, () => undefined);
  assert.deepEqual(openTerminals.withOldToken(), []);
  await bench.run('useToken', { id: bench.emulator.seed('two').id });
  assert.deepEqual(openTerminals.withOldToken(), [revived]);
  openTerminals.dispose();
  await bench.end();
});
