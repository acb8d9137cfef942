import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { closing } from '../../../scripts/results.mjs';
import { root } from '../../../scripts/root.mjs';
import { copyOfSources } from '../../support/copyOfSources';
import { isOfTheEditor, type Results } from '../../support/mocha';

describe('test runner', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tir-runner-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (files: readonly string[]) => {
    const file = join(folder, 'results.json');
    const { status } = spawnSync(process.execPath, [join(root, 'out', 'test', 'support', 'main.mjs')], {
      env: { ...process.env, TIR_TEST_FILES: JSON.stringify(files), TIR_TEST_RESULTS: file, TIR_TEST_GREP: '' },
    });
    return { status, results: JSON.parse(readFileSync(file, 'utf8')) as Results };
  };

  it('counts unhandled rejections, skipped tests, and tests that a failed hook prevented', () => {
    const { status, results } = run(['support/failing']);
    assert.equal(status, 1);
    assert.deepEqual(
      results.failures.map((failure) => failure.split('\n')[0]),
      [
        '  ✗ a hook that fails "before each" hook for "test 2"',
        '  ✗ a promise without a handler is rejected',
        '  ✗ tests that did not run, since a hook failed: 2',
      ],
    );
    assert.match(closing(results), /\n1 passed, 4 failed, 1 skipped$/);
  });

  it('fails if a test file does not exist', () => {
    const { status, results } = run(['unit/nothing']);
    assert.equal(status, 1);
    assert.match(closing(results), /No test file matches unit\/nothing\.[^]*\n0 passed, 1 failed$/);
  });

  it("fails no test for an error of the editor's own extensions, even if our code called them", () => {
    const extension = join(folder, 'extensions', 'git', 'main.js');
    mkdirSync(join(extension, '..'), { recursive: true });
    writeFileSync(
      extension,
      "exports.read = () => require('node:fs').readFileSync('deleted'); exports.call = (callback) => callback();",
    );
    const { read, call } = createRequire(extension)(extension) as {
      read: () => void;
      call: (callback: () => void) => void;
    };
    const isLeftOut = (work: () => void, appRoot = folder) => {
      try {
        work();
      } catch (error) {
        return isOfTheEditor(error, appRoot);
      }
      return assert.fail('nothing was thrown');
    };
    assert.ok(isLeftOut(read));
    assert.ok(!isLeftOut(read, join(folder, 'elsewhere')));
    assert.ok(!isLeftOut(() => call(() => readFileSync('deleted'))));
    assert.ok(!isLeftOut(() => call(() => assert.fail('thrown by us'))));
  });

  it('ends its jobs and deletes their folder on Ctrl-C, which npm may pass on a second time', async () => {
    const copy = await copyOfSources();
    const server = createServer();
    try {
      const sockets: Socket[] = [];
      server.on('connection', (socket) => sockets.push(socket));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      mkdirSync(join(copy, 'out', 'test', 'support'), { recursive: true });
      // Stands in for the jobs. The test says when one ends.
      const job = `import { connect } from 'node:net';
const test = connect(${port});
process.on('SIGTERM', () => test.write('asked to end'));
test.on('data', () => process.exit());
`;
      writeFileSync(join(copy, 'out', 'test', 'support', 'main.mjs'), job);
      const started = once(server, 'connection') as Promise<[Socket]>;
      const line = [join('scripts', 'test.mjs'), '--no-build', '--file', 'unit/project'];
      const runner = spawn(process.execPath, line, {
        ...{ cwd: copy, env: { ...process.env, TMPDIR: folder }, stdio: 'ignore' },
      });
      const ended = once(runner, 'exit');
      const [socket] = await started;
      const asked = once(socket, 'data');
      runner.kill('SIGINT');
      await asked;
      runner.kill('SIGINT');
      socket.write('end');
      assert.deepEqual(await ended, [130, null]);
      assert.deepEqual(readdirSync(folder), []);
      assert.equal(sockets.length, 1, 'another job was started');
    } finally {
      server.close();
      rmSync(copy, { recursive: true, maxRetries: 5 });
    }
  });
});
