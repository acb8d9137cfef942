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
  readonly what: 'called' | 'opened' | 'asked to end';
  readonly args: readonly string[];
}

/**
 * Stands in for `code`. Like it, it starts VS Code itself as a process of another group, which writes its ID to its data
 * and ends when it's told to. The test says when it may end.
 */
const code = `#!${process.execPath}
const { spawn } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const { connect } = require('node:net');
const args = process.argv.slice(2);
const valueOf = (option) => args[args.indexOf(option) + 1];
const test = connect(Number(process.env.TIR_TEST_PORT));
const tell = (what) => test.write(JSON.stringify({ what, args }) + '\\n');
if (process.env.TIR_TEST_IS_WINDOW) {
  process.on('SIGTERM', () => tell('asked to end'));
  test.on('data', () => process.exit());
  writeFileSync(valueOf('--user-data-dir') + '/code.lock', String(process.pid));
  tell('opened');
} else if (args.includes('--wait')) {
  const env = { ...process.env, TIR_TEST_IS_WINDOW: '1' };
  spawn(process.execPath, [__filename, ...args], { detached: true, stdio: 'ignore', env }).on('exit', () => process.exit());
} else {
  if (args.includes('--help')) {
    console.log('--user-data-dir <dir>');
  }
  tell('called');
  test.end();
}
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
    writeFileSync(join(copy, 'bin', 'code'), code);
    chmodSync(join(copy, 'bin', 'code'), 0o755);
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

  /** Runs `npm start` as a shell does: in a process group of its own, which Ctrl-C goes to. */
  function run(environment: NodeJS.ProcessEnv) {
    const { VSCODE_IPC_HOOK_CLI: _, WSL_DISTRO_NAME: __, ...env } = process.env;
    start = spawn(process.execPath, [npmCli(), 'start'], {
      ...{ cwd: copy, detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
      env: {
        ...{ ...env, DISPLAY: ':9', TMPDIR: temporary, PATH: [join(copy, 'bin'), env['PATH']].join(delimiter) },
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
  const letWindowEnd = () => sockets.forEach((socket) => socket.writable && socket.write('end\n'));
  const valueOf = (args: readonly string[], option: string) => args[args.indexOf(option) + 1] ?? '';

  it('opens a window with data and extensions of its own, and Ctrl-C ends it before its data is deleted', async () => {
    const opened = once(server, 'opened') as Promise<[Told]>;
    run({});
    const [{ args }] = await opened;
    await line(/auth_token/);
    const data = valueOf(args, '--user-data-dir');
    const extensions = valueOf(args, '--extensions-dir');
    assert.ok(data.startsWith(temporary) && extensions.startsWith(temporary), args.join('\n'));
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
    letWindowEnd();
    await ended;
    assert.ok(!existsSync(data) && !existsSync(workspace));
    await assert.rejects(fetch(origin));
  });

  it('stops when the window is closed', async () => {
    withoutPacking();
    const opened = once(server, 'opened') as Promise<[Told]>;
    run({});
    const [{ args }] = await opened;
    await line(/auth_token/);
    const ended = once(start, 'close');
    letWindowEnd();
    await ended;
    assert.ok(!existsSync(valueOf(args, '--user-data-dir')));
  });

  for (const variable of ['VSCODE_IPC_HOOK_CLI', 'WSL_DISTRO_NAME']) {
    it(`doesn't touch "code" where ${variable} says that it's another machine's`, async () => {
      withoutPacking();
      run({ [variable]: 'set' });
      await line(/auth_token/);
      assert.ok(printed.some((text) => text.startsWith('VS Code is open at http://127.0.0.1:1/?folder=')));
      assert.deepEqual(told, []);
      const ended = once(start, 'close');
      pressCtrlC();
      await ended;
    });
  }
});
