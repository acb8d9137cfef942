import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

import { end, isRunning, npmCli, runNpm } from '../../../scripts/process.mjs';
import { root } from '../../../scripts/root.mjs';
import { until } from '../../support/until';

/** Starts another process in a separate group, as terminals do, and prints its ID once it's running. */
const withChild = `
const script = "process.send('ready'); setInterval(() => undefined, 1000)";
const options = { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] };
const child = require('node:child_process').spawn(process.execPath, ['-e', script], options);
child.once('message', () => console.log(child.pid));
`;

describe('the scripts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tir process with spaces '));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('end a program together with what it started, even in another process group', async () => {
    const program = spawn(process.execPath, ['-e', withChild], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface(program.stdout), 'line')) as [string];
    const pid = Number(line);
    assert.ok(process.kill(pid, 0));
    await end(program);
    assert.ok(program.signalCode !== null || program.exitCode !== null);
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });

  it('take no program for running that has ended, and whose parent never asks', async () => {
    if (process.platform !== 'linux') {
      // Other systems don't show it.
      return;
    }
    // The shell starts a program, and then becomes one that knows nothing of it.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
    try {
      await until('its end', () => !isRunning(Number(line)));
      assert.ok(process.kill(Number(line), 0), 'the system still has its ID');
    } finally {
      await end(parent);
    }
  });

  it('run npm without a shell, in a folder whose path has spaces', async () => {
    assert.equal(basename(npmCli()), 'npm-cli.js');
    writeFileSync(join(folder, 'run.cjs'), 'require("node:fs").writeFileSync(process.argv[2], "")');
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { write: 'node run.cjs' } }));
    await runNpm(['run', 'write', '--', join(folder, 'a file')], { cwd: folder });
    assert.ok(existsSync(join(folder, 'a file')));
    await assert.rejects(runNpm(['run', 'missing'], { cwd: folder }), /Missing script/);
  });

  it("find npm where a link on the PATH leads, if it's not beside Node", () => {
    const isWindows = process.platform === 'win32';
    const cli = join(folder, isWindows ? '' : 'share', 'node_modules', 'npm', 'bin', 'npm-cli.js');
    mkdirSync(dirname(cli), { recursive: true });
    writeFileSync(cli, '');
    if (!isWindows) {
      symlinkSync(cli, join(folder, 'npm'));
    }
    const env = { npm_execpath: join(folder, 'yarn.js'), PATH: [join(folder, 'missing'), folder].join(delimiter) };
    assert.equal(npmCli(env, join(folder, 'bin', 'node')), realpathSync(cli));
    assert.throws(() => npmCli({}, join(folder, 'bin', 'node')), /Couldn't find npm/);
  });

  it('end programs before the packages are installed', async () => {
    // Nothing can be imported there but Node's own modules.
    const file = join(folder, 'process.mjs');
    cpSync(join(root, 'scripts', 'process.mjs'), file);
    const { end: endThere } = (await import(pathToFileURL(file).href)) as { end: typeof end };
    const program = spawn(process.execPath, ['-e', withChild], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface(program.stdout), 'line')) as [string];
    await endThere(program);
    assert.ok(program.signalCode !== null || program.exitCode !== null);
    if (process.platform === 'linux') {
      assert.throws(() => process.kill(Number(line), 0), { code: 'ESRCH' });
    } else {
      process.kill(Number(line));
    }
  });
});
