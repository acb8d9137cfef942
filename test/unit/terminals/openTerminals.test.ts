import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';

import * as vscode from 'vscode';

import { OpenTerminals } from '../../../src/terminals/openTerminals';
import { TerminalTokens } from '../../../src/terminals/terminalTokens';
import { begin, type TestSetup } from '../../scenarios/support';
import { Memory } from '../../support/keyring';
import { until } from '../../support/until';
import { replace } from '../../support/widgets';

interface StandInTerminal {
  readonly creationOptions: vscode.TerminalOptions;
  readonly state: { isInteractedWith: boolean };
  processId: Promise<number | undefined>;
  dispose(): void;
}

const never = () => new vscode.Disposable(() => undefined);

/** VS Code's terminals. Their processes are real where a test names them. */
interface StandInTerminals {
  readonly all: StandInTerminal[];
  /** Opens a terminal, as a person, a task or another extension does. */
  open(creationOptions: object, pid?: number): vscode.Terminal;
  /** Reports that a task's process has begun in a terminal. */
  startTaskProcess(terminal: vscode.Terminal, pid: number): void;
  /** Adds a terminal that is there already when the extension starts. */
  revive(creationOptions: object, pid?: number): vscode.Terminal;
}

function standInTerminals(): StandInTerminals {
  const all: StandInTerminal[] = [];
  const opened = new vscode.EventEmitter<StandInTerminal>();
  const closed = new vscode.EventEmitter<StandInTerminal>();
  const taskStarted = new vscode.EventEmitter<{ readonly processId: number }>();
  // No process has this ID: what it was started with isn't seen.
  const add = (creationOptions: object, pid = 2 ** 30 + all.length) => {
    const terminal: StandInTerminal & { show(): void } = {
      ...{ creationOptions, state: { isInteractedWith: true }, processId: Promise.resolve(pid), show: () => undefined },
      dispose: () => {
        all.splice(all.indexOf(terminal), 1);
        closed.fire(terminal);
      },
    };
    all.push(terminal);
    return terminal;
  };
  const open = (creationOptions: object, pid?: number) => {
    const terminal = add(creationOptions, pid);
    opened.fire(terminal);
    return terminal as unknown as vscode.Terminal;
  };
  replace(vscode.window, {
    ...{ terminals: all, createTerminal: open, onDidOpenTerminal: opened.event, onDidCloseTerminal: closed.event },
    onDidChangeTerminalShellIntegration: never,
  });
  replace(vscode.tasks, { onDidStartTaskProcess: taskStarted.event });
  replace(vscode.workspace, { getWorkspaceFolder: () => vscode.workspace.workspaceFolders![0] });
  replace(vscode.env, { shell: '/bin/bash', remoteName: undefined });
  const startTaskProcess = (terminal: vscode.Terminal, processId: number) => {
    Object.assign(terminal, { processId: Promise.resolve(processId) });
    taskStarted.fire({ processId });
  };
  return { all, open, startTaskProcess, revive: (options, pid) => add(options, pid) as unknown as vscode.Terminal };
}

/** Options of a person's own shell, as VS Code lists them. */
const persons = { shellPath: '/bin/sh', shellArgs: [], hideFromUser: false, name: undefined, cwd: '/', env: undefined };

describe('open terminals', () => {
  let bench: TestSetup;
  let terminals: StandInTerminals;
  let state: Memory;
  const started: { dispose(): void }[] = [];
  const processes: ChildProcess[] = [];
  beforeEach(async () => {
    bench = await begin();
    await bench.signIn();
    await bench.run('useToken', { id: bench.emulator.seed('one').id });
    terminals = standInTerminals();
    state = new Memory();
  });
  afterEach(async () => {
    started.splice(0).forEach((one) => one.dispose());
    processes.splice(0).forEach((one) => one.kill('SIGKILL'));
    await vscode.workspace.getConfiguration('tir').update('terminal.scope', undefined);
    await bench.end();
  });

  /** Starts the extension's part that knows terminals, as after a reload. */
  const start = () => {
    started.splice(0).forEach((one) => one.dispose());
    const openTerminals = new OpenTerminals(bench.window.services.terminals, state);
    started.push(openTerminals);
    Object.assign(bench.window.services, { openTerminals });
    return openTerminals;
  };
  const use = (name: string) => bench.run('useToken', { id: bench.emulator.seed(name).id });
  const valueOf = (name: string) => bench.emulator.tokens.find((token) => token.name === name)!.value;
  /** Starts a process with this token. Resolves to its ID. */
  const run = (token: string | undefined, command = 'exec sleep 60', shell = 'sh', env: NodeJS.ProcessEnv = {}) => {
    const child = spawn(shell, ['-c', command], { env: { PATH: process.env['PATH'], TIR_API_TOKEN: token, ...env } });
    processes.push(child);
    return child.pid!;
  };

  it('are reopened under the name of their new token, if they get one', async () => {
    const openTerminals = start();
    await bench.run('openTerminal');
    const [first] = terminals.all;
    assert.equal(first?.creationOptions.name, 'TIR: one');
    await use('two');
    await openTerminals.reopen();
    assert.deepEqual([terminals.all.length, terminals.all.includes(first)], [1, false]);
    assert.equal(terminals.all[0]!.creationOptions.name, 'TIR: two');
    await bench.run('stopUsingToken');
    await openTerminals.reopen();
    assert.equal('name' in terminals.all[0]!.creationOptions, false);
  });

  it("are counted if a switch comes before the report of their task's first process, and not after its next one", async () => {
    const openTerminals = start();
    const shell = { name: 'deploy', shellPath: '/bin/bash', shellArgs: ['-c', 'deploy'], hideFromUser: false };
    const task = terminals.open(shell);
    const pid = await task.processId;
    await use('two');
    terminals.startTaskProcess(task, pid!);
    await openTerminals.lookAt(task);
    assert.deepEqual(openTerminals.withOldToken(), [task]);
    terminals.startTaskProcess(task, pid! + 1);
    await until('its new process to be known', () => openTerminals.withOldToken().length === 0);
  });

  it("are counted, but not reopened, if they are a task's, another extension's or hidden", async () => {
    const openTerminals = start();
    const task = { name: 'deploy', shellPath: '/bin/bash', shellArgs: ['-c', 'deploy'], hideFromUser: false };
    const agents = { ...persons, hideFromUser: true, env: { AI_AGENT: '1' } };
    for (const options of [task, { shellPath: '/bin/sh' }, agents, persons]) {
      terminals.open(options);
    }
    terminals.open({ name: 'of an extension', pty: {} }, -1);
    await bench.run('stopUsingToken');
    assert.equal(openTerminals.withOldToken().length, 4);
    assert.deepEqual(
      openTerminals.reopenable().map((one) => one.creationOptions),
      [persons],
    );
  });

  it('have the token by their options, and by nothing else, if only chosen ones get it', async () => {
    await vscode.workspace.getConfiguration('tir').update('terminal.scope', 'chosen');
    await bench.window.services.terminals.update();
    const openTerminals = start();
    const opened: (string | undefined)[] = [];
    openTerminals.onDidOpen(({ terminal }) => opened.push(terminal.name));
    terminals.open({ ...persons, name: 'TIR: not ours' });
    await bench.run('openTerminal');
    const [usual, chosen] = vscode.window.terminals;
    assert.deepEqual([openTerminals.tokenFor(usual!), openTerminals.tokenFor(chosen!)?.token.name], [undefined, 'one']);
    assert.ok(!bench.window.collection.inFolder(0).has('TIR_API_TOKEN'));
    const options = () => terminals.all.at(-1)!.creationOptions;
    assert.equal(options().env?.['TIR_API_TOKEN'], valueOf('one'));
    assert.deepEqual([openTerminals.hasKnownToken(usual!), openTerminals.hasKnownToken(chosen!)], [false, true]);
    await use('two');
    assert.deepEqual(openTerminals.reopenable(), [chosen]);
    await openTerminals.reopen();
    assert.equal(options().env?.['TIR_API_TOKEN'], valueOf('two'));
    await bench.run('stopUsingToken');
    await openTerminals.reopen();
    assert.equal(options().env?.['TIR_API_TOKEN'], undefined);
  });

  it('are known after a reload by what they got', async () => {
    const before = start();
    const terminal = terminals.open(persons);
    await until('what the terminal has to be saved', () => state.get('terminals'));
    before.dispose();
    await use('two');
    const after = start();
    await after.ready;
    assert.ok(after.hasKnownToken(terminal) && after.isRestored(terminal) && !after.isLeftOver(terminal));
    assert.deepEqual(after.reopenable(), [terminal]);
    assert.ok(!JSON.stringify(state.get('terminals')).includes('eyJ'));
  });

  it('are counted if nothing is known of them', async () => {
    const terminal = terminals.revive(persons);
    terminals.revive({ name: 'of an extension', pty: {} }, -1);
    const openTerminals = start();
    await openTerminals.ready;
    assert.deepEqual(openTerminals.withOldToken(), [terminal]);
    assert.ok(openTerminals.isLeftOver(terminal) && !openTerminals.hasKnownToken(terminal));
    assert.deepEqual(openTerminals.reopenable(), []);
  });

  it('are forgotten for good, although they stay known while they are open', async () => {
    const openTerminals = start();
    const terminal = terminals.open(persons);
    await until('what the terminal has to be saved', () => state.get('terminals'));
    openTerminals.forget();
    await openTerminals.lookAt(terminal);
    assert.equal(state.get('terminals'), undefined);
    assert.ok(openTerminals.hasKnownToken(terminal));
  });

  it('are followed although nothing can be saved of them', async () => {
    state.update = () => Promise.reject(new Error('the disk is full'));
    const openTerminals = start();
    const opened = new Promise((resolve) => openTerminals.onDidOpen(resolve));
    terminals.open(persons);
    await opened;
  });

  // Other systems don't show what a process was started with.
  (process.platform === 'linux' ? describe : describe.skip)('with processes that can be looked at', () => {
    it('have what their process was started with, once it runs', async () => {
      const openTerminals = start();
      let changes = 0;
      openTerminals.onDidChange(() => changes++);
      const opened = new Promise((resolve) => openTerminals.onDidOpen(resolve));
      const late = terminals.open(
        persons,
        run(undefined, 'sleep 0.3; TIR_API_TOKEN=$LATER exec sleep 60', 'sh', { LATER: valueOf('one') }),
      );
      await opened;
      assert.deepEqual([typeof (await openTerminals.lookAt(late)), changes], ['object', 0]);
      assert.deepEqual(openTerminals.withOldToken(), []);
    });

    it('tell a value from elsewhere of the newest one, which new ones have then, too', async () => {
      const openTerminals = start();
      const changed = new Promise<vscode.Terminal>((resolve) => openTerminals.onDidChange(resolve));
      const pid = run('of another extension', 'read line', 'bash');
      const terminal = terminals.open({ ...persons, shellPath: '/bin/bash' }, pid);
      assert.equal(await changed, terminal);
      assert.ok(openTerminals.isMismatched(terminal));
      assert.equal(await openTerminals.lookAt(terminal), 'other');
      assert.deepEqual(openTerminals.withOldToken(), [], 'another one would have that value, too');
      const next = terminals.open({ ...persons, shellPath: '/bin/bash' }, run(valueOf('one'), 'read line', 'bash'));
      assert.deepEqual([openTerminals.isMismatched(terminal), openTerminals.isMismatched(next)], [false, false]);
    });

    it('are known after a reload by the name of a token that is not stored any more', async () => {
      const before = start();
      const terminal = terminals.open(persons, run(valueOf('one')));
      await until('what the terminal has to be saved', () => state.get('terminals'));
      await bench.run('rotateToken', { id: bench.emulator.tokens.find(({ name }) => name === 'one')!.id });
      before.dispose();
      const { services } = bench.window;
      Object.assign(services.terminals, { tokens: new TerminalTokens(services.globalState, services.store) });
      const after = start();
      await after.ready;
      assert.ok(after.hasKnownToken(terminal));
    });

    it('with a value from elsewhere cost one read of the stored tokens until those change', async () => {
      const { store, terminals: environment } = bench.window.services;
      const storedTokens = store.storedTokens.bind(store);
      let reads = 0;
      Object.assign(store, { storedTokens: (id: string) => (reads++, storedTokens(id)) });
      await Promise.all(['a', 'b'].map((digest) => environment.tokens.find(digest)));
      assert.equal(reads, 1);
      await use('two');
      await environment.tokens.find('c');
      assert.equal(reads, 2);
    });

    it('are counted if they had none when this extension started, or are older', async () => {
      const early = terminals.revive(persons, run(undefined));
      const openTerminals = start();
      await openTerminals.ready;
      // VS Code reports it only now.
      const older = terminals.open(persons, process.ppid);
      await openTerminals.lookAt(older);
      assert.deepEqual(openTerminals.withOldToken(), [early, older]);
      assert.deepEqual(openTerminals.reopenable(), []);
    });

    it('have their old token if VS Code does not start their process again, which began late', async () => {
      const openTerminals = start();
      const terminal = terminals.open(persons);
      const [standIn] = terminals.all;
      let begin: (pid: number) => void = () => undefined;
      standIn!.processId = new Promise((resolve) => (begin = resolve));
      standIn!.state.isInteractedWith = false;
      await use('two');
      begin(2 ** 30);
      standIn!.state.isInteractedWith = true;
      await until('the end of the wait', () => openTerminals.withOldToken().length === 1);
      assert.deepEqual(openTerminals.withOldToken(), [terminal]);
    });

    it("aren't taken for those that had their process ID before, or for those of another machine", async () => {
      start();
      const pid = run(valueOf('one'));
      terminals.open(persons, pid);
      const saved = await until('it to be saved', () => state.get<{ terminals: { started: number }[] }>('terminals'));
      const others = [
        { ...saved, terminals: saved.terminals.map((one) => ({ ...one, started: one.started - 1 })) },
        { ...saved, parent: 1 },
      ];
      for (const other of others) {
        await state.update('terminals', other);
        const openTerminals = start();
        await openTerminals.ready;
        assert.ok(openTerminals.isLeftOver(vscode.window.terminals[0]!));
      }
    });

    it('have the new token once VS Code has started their process again', async () => {
      const openTerminals = start();
      const terminal = terminals.open(persons, run(valueOf('one')));
      const [standIn] = terminals.all;
      standIn!.state.isInteractedWith = false;
      await openTerminals.lookAt(terminal);
      await use('two');
      assert.deepEqual(openTerminals.withOldToken(), [], 'VS Code is about to start it again');
      standIn!.processId = Promise.resolve(run(valueOf('two')));
      const nameOfSaved = () =>
        state.get<{ terminals: { content: { token?: { name: string } } }[] }>('terminals').terminals[0]?.content.token
          ?.name;
      await until('the new process to be known', () => nameOfSaved() === 'two');
      assert.deepEqual(openTerminals.withOldToken(), []);
    });
  });
});
