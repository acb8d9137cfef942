import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

import { end, npmCli } from '../../scripts/process.mjs';
import { copyOfSources } from '../support/copyOfSources';

/** What a stand-in tells the test, one per line. */
interface Told {
  readonly what: 'called' | 'opened' | 'asked to end' | 'returned' | 'browsed';
  readonly args: readonly string[];
  readonly portable?: string;
  readonly pid?: number;
}

/**
 * Stands in for `code`. Like it, it starts VS Code itself as a process of another group, which writes its ID to its data
 * and ends when it's told to. The test says when it may end, when it restarts, and when `code` returns before it ends.
 */
const code = `#!${process.execPath}
const { spawn } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const { connect } = require('node:net');
const args = process.argv.slice(2);
const valueOf = (option) => args[args.indexOf(option) + 1];
const test = connect(Number(process.env.TIR_TEST_PORT));
const portable = process.env.VSCODE_PORTABLE;
const tell = (what) => test.write(JSON.stringify({ what, args, portable, pid: process.pid }) + '\\n');
const startWindow = (kind) => {
  const env = { ...process.env, TIR_TEST_WINDOW: kind };
  const stdio = ['ignore', 'ignore', 'ignore', 'ipc'];
  return spawn(process.execPath, [__filename, ...args], { detached: true, stdio, env });
};
if (process.env.TIR_TEST_WINDOW) {
  const tasks = {
    end: () => process.exit(),
    return: () => process.send('return'),
    restart: () => startWindow('restarted').on('message', () => process.exit()),
  };
  process.on('SIGTERM', () => tell('asked to end'));
  test.on('data', (data) => tasks[String(data).trim()]());
  const open = () => {
    // A portable VS Code looks for its data only there.
    writeFileSync(portable + '/user-data/code.lock', String(process.pid));
    tell('opened');
  };
  if (process.env.TIR_TEST_WINDOW === 'restarted') {
    // The process before it has to end first.
    process.on('disconnect', open);
    process.send('running');
  } else {
    open();
  }
} else if (args.includes('--wait')) {
  const window = startWindow('first');
  window.on('exit', () => process.exit());
  window.on('message', () => {
    tell('returned');
    test.end(() => process.exit());
  });
} else {
  if (args.includes('--help')) {
    console.log('--user-data-dir <dir>');
  }
  tell('called');
  test.end();
}
`;

/** Stands in for the commands that open a browser. */
const opener = `#!${process.execPath}
const test = require('node:net').connect(Number(process.env.TIR_TEST_PORT));
test.end(JSON.stringify({ what: 'browsed', args: process.argv.slice(2) }) + '\\n');
`;

/** Stands in for the VS Code server, which would have to be installed. */
const vscodeServer = `
export const installServer = async () => undefined;
export const installExtension = async () => undefined;
export const startServer = async () => ({ url: 'http://127.0.0.1:1', stop: async () => undefined });
`;

describe('npm start, at a path with spaces', () => {
  let copy: string;
  let temporary: string;
  let server: Server;
  let told: Told[];
  let sockets: Socket[];
  let start: ChildProcess;
  let output: Interface;
  let printed: string[];

  before(async () => {
    copy = await copyOfSources('tir copy with spaces ');
    writeFileSync(join(copy, 'scripts', 'vscode-server.mjs'), vscodeServer);
    mkdirSync(join(copy, 'bin'));
    for (const [name, text] of Object.entries({ code, open: opener, 'xdg-open': opener })) {
      writeFileSync(join(copy, 'bin', name), text);
      chmodSync(join(copy, 'bin', name), 0o755);
    }
  });
  after(() => rmSync(copy, { recursive: true }));

  beforeEach(async () => {
    temporary = mkdtempSync(join(tmpdir(), 'tir data with spaces '));
    [told, sockets, printed] = [[], [], []];
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      createInterface(socket).on('line', (line) => {
        const message = JSON.parse(line) as Told;
        told.push(message);
        server.emit(message.what, message);
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(async () => {
    await end(start);
    sockets.forEach((socket) => socket.destroy());
    server.close();
    rmSync(temporary, { recursive: true });
  });

  /** Runs `npm start` as a shell does: in a separate process group, to which Ctrl-C goes. */
  function run(environment: NodeJS.ProcessEnv) {
    const { VSCODE_IPC_HOOK_CLI: _, WSL_DISTRO_NAME: __, ...env } = process.env;
    start = spawn(process.execPath, [npmCli(), 'start'], {
      ...{ cwd: copy, detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
      env: {
        ...{
          ...env,
          DISPLAY: ':9',
          VSCODE_PORTABLE: join(copy, 'data of a person'),
          VSCODE_APPDATA: copy,
          TMPDIR: temporary,
          PATH: [join(copy, 'bin'), env['PATH']].join(delimiter),
        },
        ...{ TIR_TEST_PORT: String((server.address() as { port: number }).port), ...environment },
      },
    });
    output = createInterface(start.stdout!);
    output.on('line', (line) => printed.push(line));
  }

  /** Saves time: one test packs the extension. */
  const withoutPacking = () => writeFileSync(join(copy, 'scripts', 'package.mjs'), '');
  const pressCtrlC = () => process.kill(-start.pid!, 'SIGINT');
  /** Waits for a line of the output. */
  async function line(pattern: RegExp) {
    while (!printed.some((text) => pattern.test(text))) {
      await once(output, 'line', { signal: AbortSignal.timeout(60_000) });
    }
  }
  const tellWindow = (task: 'end' | 'return' | 'restart') =>
    sockets.forEach((socket) => socket.writable && socket.write(`${task}\n`));
  const valueOf = (args: readonly string[], option: string) => args[args.indexOf(option) + 1] ?? '';

  it('opens a window with separate data and extensions, and Ctrl-C ends it before its data is deleted', async () => {
    const opened = once(server, 'opened') as Promise<[Told]>;
    run({});
    const [{ args, portable = '' }] = await opened;
    await line(/auth_token/);
    const data = valueOf(args, '--user-data-dir');
    const extensions = valueOf(args, '--extensions-dir');
    assert.ok(portable.startsWith(temporary), portable);
    // VS Code looks there if it's portable; the options are for one that isn't.
    assert.deepEqual([data, extensions], [join(portable, 'user-data'), join(portable, 'extensions')]);
    const workspace = args.at(-1) ?? '';
    assert.match(readFileSync(join(workspace, 'whoami.mjs'), 'utf8'), /TIR_API_TOKEN/);

    const calls = told.filter(({ what }) => what === 'called').map((call) => call.args);
    assert.deepEqual(calls, [
      ['--help'],
      [
        ...['--user-data-dir', data, '--extensions-dir', extensions],
        ...['--install-extension', join(copy, 'dist', 'tir-tokens.vsix')],
      ],
    ]);
    assert.ok(existsSync(join(copy, 'dist', 'tir-tokens.vsix')));

    const settings = JSON.parse(readFileSync(join(data, 'User', 'settings.json'), 'utf8')) as Record<string, string>;
    const origin = printed.map((text) => /^TIR API: (\S+) \(emulator\)$/.exec(text)?.[1]).find(Boolean);
    assert.ok(origin !== undefined && settings['tir.apiUrl']?.startsWith(`${origin}/`), printed.join('\n'));
    assert.ok((await fetch(origin)).status > 0);

    const asked = once(server, 'asked to end');
    pressCtrlC();
    await asked;
    assert.ok(existsSync(join(data, 'User', 'settings.json')) && existsSync(workspace));
    const ended = once(start, 'close');
    tellWindow('end');
    await ended;
    assert.ok(!existsSync(data) && !existsSync(workspace));
    await assert.rejects(fetch(origin));
  });

  it('goes on when "code" returns and VS Code restarts, and Ctrl-C then ends the VS Code that runs', async () => {
    withoutPacking();
    const opened = once(server, 'opened') as Promise<[Told]>;
    run({});
    const [first] = await opened;
    await line(/auth_token/);
    const returned = once(server, 'returned');
    tellWindow('return');
    await returned;
    const restarted = once(server, 'opened') as Promise<[Told]>;
    tellWindow('restart');
    const [second] = await restarted;
    assert.notEqual(second.pid, first.pid);

    const asked = once(server, 'asked to end') as Promise<[Told]>;
    pressCtrlC();
    assert.equal((await asked)[0].pid, second.pid);
    assert.ok(existsSync(valueOf(first.args, '--user-data-dir')));
    assert.equal(told.filter(({ what }) => what === 'asked to end').length, 1);
    const ended = once(start, 'close');
    tellWindow('end');
    await ended;
    assert.ok(!existsSync(valueOf(first.args, '--user-data-dir')));
  });

  it('stops when VS Code ends, as after its last window is closed', async () => {
    withoutPacking();
    const opened = once(server, 'opened') as Promise<[Told]>;
    run({});
    const [{ args }] = await opened;
    await line(/auth_token/);
    const ended = once(start, 'close');
    tellWindow('end');
    await ended;
    assert.ok(!existsSync(valueOf(args, '--user-data-dir')));
  });

  for (const variable of ['VSCODE_IPC_HOOK_CLI', 'WSL_DISTRO_NAME']) {
    it(`doesn't touch "code" where ${variable} says that it's another machine's`, async () => {
      withoutPacking();
      const browsed = once(server, 'browsed') as Promise<[Told]>;
      run({ [variable]: 'set' });
      await line(/auth_token/);
      const [{ args }] = await browsed;
      assert.match(args.join(' '), /^http:\/\/127\.0\.0\.1:1\/\?folder=\S+$/);
      assert.ok(printed.includes(`VS Code is open at ${args[0]}`));
      assert.equal(told.length, 1);
      const ended = once(start, 'close');
      pressCtrlC();
      await ended;
    });
  }
});
