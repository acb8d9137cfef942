import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { Secret } from '../../../src/base/secret';
import { findProgram, programTimeLimit, runProgram } from '../../../src/platform/programs';
import { until } from '../../support/until';

describe('external programs', () => {
  let folder: string;
  const path = process.env['PATH'];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tir-programs-'));
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  const node = (script: string, signal = new AbortController().signal, input?: Secret) =>
    runProgram(process.execPath, ['-e', script], { folder, signal, ...(input && { input }) });

  it('are found only in absolute folders of the PATH, and only if they are executable', async () => {
    const name = process.platform === 'win32' ? 'my-program.exe' : 'my-program';
    for (const place of ['not-a-program', 'a-program']) {
      mkdirSync(join(folder, place));
      writeFileSync(join(folder, place, name), '');
    }
    chmodSync(join(folder, 'a-program', name), 0o755);
    process.env['PATH'] = ['', '.', 'a-program', join(folder, 'none')].join(delimiter);
    const cwd = process.cwd();
    try {
      process.chdir(folder);
      assert.equal(await findProgram('my-program'), undefined);
    } finally {
      process.chdir(cwd);
    }
    process.env['PATH'] += delimiter + join(folder, 'a-program');
    assert.equal(await findProgram('my-program'), join(folder, 'a-program', name));
  });

  it('get the input, and report exit code and output even if they read none of it', async () => {
    const echo = 'process.stdin.pipe(process.stdout); process.stderr.write("words"); process.exitCode = 3';
    const ran = await node(echo, undefined, new Secret('the-value'));
    assert.deepEqual(ran, { exitCode: 3, output: 'the-value', errors: 'words' });
    assert.equal((await node('process.exit(1)', undefined, new Secret('x'.repeat(500_000)))).exitCode, 1);
  });

  it('run in the given folder with the C locale and without GIT_DIR', async () => {
    process.env['GIT_DIR'] = '/elsewhere';
    try {
      const { output } = await node('console.log(process.cwd(), process.env.GIT_DIR, process.env.LC_ALL)');
      assert.match(output, /tir-programs-\w+ undefined C\n$/);
    } finally {
      delete process.env['GIT_DIR'];
    }
  });

  it('end when cancelled', async () => {
    const controller = new AbortController();
    const pidFile = join(folder, 'pid');
    const running = node(
      `require('fs').writeFileSync('part', String(process.pid)); require('fs').renameSync('part', 'pid'); setInterval(() => 0, 1000)`,
      controller.signal,
    );
    await until('the program to run', () => existsSync(pidFile));
    controller.abort();
    await assert.rejects(running, { code: 'cancelled' });
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await until('the program to end', () => {
      try {
        return !process.kill(pid, 0);
      } catch {
        return true;
      }
    });
  });

  it('end when they exceed the time limit', async () => {
    const hangs = 'setInterval(() => 0, 1000)';
    // If the limit has no effect, this signal ends the program and the test fails.
    const running = { folder, signal: AbortSignal.timeout(10_000) };
    await assert.rejects(runProgram(process.execPath, ['-e', hangs], running, 50), { code: 'timeout' });
    // Node treats 0 as no limit.
    assert.notEqual(programTimeLimit, 0);
    assert.ok(Number.isFinite(programTimeLimit));
  });

  it('fail with storage-failed if they cannot be started', async () => {
    const running = runProgram(join(folder, 'none'), [], { folder, signal: new AbortController().signal });
    await assert.rejects(running, { code: 'storage-failed', message: /ENOENT/ });
  });
});
