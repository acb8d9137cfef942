import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

import { root } from '../../../scripts/root.mjs';
import type { ActivityEntry } from '../../../src/activity/entries';
import { ActivityLog, maxBytes } from '../../../src/activity/log';
import { say } from '../../support/say';

/*
 * Longer than other test files: what one window, several windows, and processes that end midway do to one file is
 * tested here with one clock and one set of helpers.
 */

const start = Date.UTC(2026, 0, 2, 3, 4, 5);
const use = (tokenId: number) => ({ action: 'use', outcome: 'ok', tokenId }) as const;
const ids = (entries: readonly ActivityEntry[]) => entries.map(({ tokenId }) => tokenId);

describe('ActivityLog', () => {
  let base: string;
  let folder: string;
  let time: number;
  const openLog = (window = 'w1') => new ActivityLog({ fsPath: folder }, window, () => time);
  const archives = async () => (await readdir(folder)).filter((name) => /^activity-\d+-\w+\.jsonl$/.test(name)).sort();
  /** Fills the file with an invalid line, so the next entry moves it to an archive. */
  const fill = () => appendFile(join(folder, 'activity.jsonl'), `${'x'.repeat(maxBytes)}\n`);
  /** Appends a complete line, as another version or a person may have left it. */
  const put = (entry: object) => appendFile(join(folder, 'activity.jsonl'), `${JSON.stringify(entry)}\n`);

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'tir-log-'));
    folder = join(base, 'deep', 'folder');
    time = start;
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  it('returns appended entries, and none if the folder is missing', async () => {
    assert.deepEqual(await openLog().read(), []);
    assert.deepEqual(await openLog().readNew(), []);
    const full = {
      action: 'delete',
      outcome: 'not-found',
      connectionId: 'p-1-delhi',
      connection: 'Research',
      tokenId: 7,
      token: 'nightly "x"\n\u{1f600}',
      folder: 'file:///home/me/app',
    } as const;
    await openLog().append(full);
    await openLog('w2').append({ action: 'sign-out', outcome: 'ok' });
    const at = '2026-01-02T03:04:05.000Z';
    assert.deepEqual(await openLog().read(), [
      { ...full, time: at, window: 'w1' },
      { time: at, action: 'sign-out', outcome: 'ok', window: 'w2' },
    ]);
  });

  it('notifies a watcher when another window appends, and returns the new entry', async () => {
    const [mine, other] = [openLog(), openLog('w2')];
    const heard = new Promise<void>((resolve) => {
      const watching = mine.watch(() => {
        watching.dispose();
        resolve();
      });
    });
    await other.append(use(7));
    await heard;
    assert.deepEqual(ids(await mine.readNew()), [7]);
  });

  it('clears all entries, archives included', async () => {
    await openLog().append(use(1));
    await fill();
    await openLog().append(use(2));
    await openLog().clear();
    assert.deepEqual(await openLog().read(), []);
    assert.deepEqual(await archives(), []);
  });

  it('writes only the fields of an entry', async () => {
    const wider = { ...use(1), value: 'hidden' };
    await openLog().append(wider);
    assert.ok(!(await readFile(openLog().file, 'utf8')).includes('hidden'));
  });

  it('creates a folder and a file that only their owner can access', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    await openLog().append(use(1));
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.equal((await stat(openLog().file)).mode & 0o777, 0o600);
  });

  it('keeps the order of calls that are not awaited', async () => {
    const one = openLog();
    const noted = Array.from({ length: 200 }, (_, id) => one.append(use(id)));
    assert.deepEqual(
      ids(await one.read()),
      noted.map((_, id) => id),
    );
    await Promise.all(noted);
  });

  it('sorts by time, and keeps the order of entries with the same time', async () => {
    for (const [id, at] of [5, 3, 5, 4, 3].entries()) {
      time = start + at;
      await openLog().append(use(id));
    }
    assert.deepEqual(ids(await openLog().read()), [1, 4, 3, 0, 2]);
  });

  it('shortens long names, and keeps each entry under 4,096 bytes', async () => {
    for (const character of ['n', '\u{1f600}', '\u0001', '\ud800', '"']) {
      const long = character.repeat(5000);
      const uri = `file:///${long}/end`;
      const names = { connectionId: long, connection: long, token: long, folder: uri };
      await openLog(long).append({ ...use(1), ...names });
    }
    const entries = await openLog().read();
    assert.equal(entries[0]?.token, 'n'.repeat(200));
    assert.equal(entries[1]?.token, '\u{1f600}'.repeat(100));
    assert.equal(entries.length, 5);
    for (const entry of entries) {
      assert.ok(entry.folder?.endsWith('/end'));
      assert.ok(Buffer.byteLength(JSON.stringify(entry)) < 4096);
    }
    // A cut after 200 UTF-16 units would split a character.
    await openLog().append({ ...use(2), token: `n${'\u{1f600}'.repeat(200)}` });
    assert.equal((await openLog().read()).at(-1)?.token, `n${'\u{1f600}'.repeat(99)}`);
  });

  it('rejects when an entry cannot be written, and still appends later ones', async () => {
    await writeFile(join(base, 'deep'), 'in the way');
    const one = openLog();
    const first = one.append(use(1));
    const second = one.append(use(2));
    await assert.rejects(first, (error: Error & { code?: string }) => {
      assert.equal(error.code, 'storage-failed');
      assert.ok(!error.message.includes(base), error.message);
      return true;
    });
    await assert.rejects(second, { code: 'storage-failed' });
    await rm(join(base, 'deep'));
    await one.append(use(3));
    assert.deepEqual(ids(await one.read()), [3]);
  });

  it('creates the folder again if it was deleted', async () => {
    const one = openLog();
    await one.append(use(1));
    await rm(folder, { recursive: true });
    await one.append(use(2));
    assert.deepEqual(ids(await one.read()), [2]);
  });

  it('skips invalid lines, and drops unknown fields', async () => {
    await openLog().append(use(1));
    const good = { time: '2026-01-02T03:04:06Z', action: 'use', outcome: 'ok', tokenId: 2, window: 'w', later: true };
    for (const bad of [
      { ...good, action: 'teleport' },
      { ...good, outcome: 'odd' },
      { ...good, time: 'yesterday' },
      { ...good, time: '2026-99-99T03:04:06Z' },
      { ...good, tokenId: '2' },
      { ...good, window: undefined },
      [good],
    ]) {
      await put(bad);
    }
    await appendFile(openLog().file, 'null\n\n{"time":\n\u0000\u0000\n');
    await appendFile(openLog().file, Buffer.from([0xff, 0xfe, 0x0a]));
    await put(good);
    const entries = await openLog().read();
    assert.deepEqual(ids(entries), [1, 2]);
    assert.ok(!('later' in entries[1]!));
  });

  it('starts a new line after an incomplete one', async () => {
    await openLog().append(use(1));
    await appendFile(openLog().file, '{"time":"2026-01-02T0');
    const one = openLog();
    await one.append(use(2));
    assert.deepEqual(ids(await one.read()), [1, 2]);
    assert.deepEqual(ids(await one.readNew()), [2]);
  });

  describe('archiving', () => {
    it('moves a full file before an entry is appended', async () => {
      await openLog().append(use(1));
      await fill();
      await openLog().append(use(2));
      assert.equal((await archives()).length, 1);
      assert.ok((await stat(openLog().file)).size < 4096);
      assert.deepEqual(ids(await openLog().read()), [1, 2]);
      assert.deepEqual((await readdir(folder)).sort(), [...(await archives()), 'activity.jsonl'].sort());
    });

    it('does not move a file that is one byte short of full', async () => {
      await mkdir(folder, { recursive: true });
      await writeFile(openLog().file, `${'x'.repeat(maxBytes - 2)}\n`);
      await openLog().append(use(1));
      assert.deepEqual(await archives(), []);
      await openLog().append(use(2));
      assert.equal((await archives()).length, 1);
    });

    it('keeps the four newest archives, even if the clock stands still or goes back', async () => {
      for (let id = 0; id < 8; id++) {
        await openLog().append(use(id));
        await fill();
        time -= id < 4 ? 0 : 60_000;
      }
      await writeFile(join(folder, 'activity-notes.txt'), 'mine');
      await openLog().append(use(8));
      assert.equal((await archives()).length, 4);
      const kept = ids(await openLog().read());
      assert.deepEqual(kept.sort(), [4, 5, 6, 7, 8]);
      assert.ok((await readdir(folder)).includes('activity-notes.txt'));
    });

    it('appends to the full file while another window holds the lock', async () => {
      await openLog().append(use(1));
      await fill();
      await writeFile(join(folder, 'activity.lock'), '');
      await openLog().append(use(2));
      assert.deepEqual(await archives(), []);
      assert.deepEqual(ids(await openLog().read()), [1, 2]);
    });

    it('respects a lock that is half a minute old', async () => {
      await openLog().append(use(1));
      await fill();
      const lock = join(folder, 'activity.lock');
      await writeFile(lock, '');
      const then = Date.now() / 1000 - 30;
      await utimes(lock, then, then);
      await openLog().append(use(2));
      await openLog().append(use(3));
      assert.deepEqual(await archives(), []);
    });

    it('removes the old lock of a window that ended midway', async () => {
      await openLog().append(use(1));
      await fill();
      await writeFile(join(folder, 'activity.lock'), '');
      await utimes(join(folder, 'activity.lock'), 1, 1);
      await openLog().append(use(2));
      await openLog().append(use(3));
      assert.equal((await archives()).length, 1);
      assert.deepEqual(ids(await openLog().read()), [1, 2, 3]);
    });
  });

  describe('readNew', () => {
    it('returns once what any window has appended since the log was constructed', async () => {
      await openLog().append(use(1));
      const [one, two] = [openLog('w1'), openLog('w2')];
      await two.append(use(2));
      await one.append(use(3));
      assert.deepEqual(ids(await one.readNew()), [2, 3]);
      assert.deepEqual(await one.readNew(), []);
      await two.append(use(4));
      assert.deepEqual(ids(await one.readNew()), [4]);
      assert.deepEqual(ids(await two.readNew()), [2, 3, 4]);
    });

    it('returns entries only once, even if the caller ignored them', async () => {
      const one = openLog();
      await one.append(use(1));
      await one.readNew();
      await one.append(use(2));
      assert.deepEqual(ids(await one.readNew()), [2]);
    });

    it('returns each entry to only one of two concurrent calls', async () => {
      const one = openLog();
      await one.append(use(1));
      const both = await Promise.all([one.readNew(), one.readNew()]);
      assert.deepEqual(both.map(ids), [[1], []]);
    });

    it('follows entries across archiving, and finds late ones in an archive', async () => {
      const [one, two] = [openLog('w1'), openLog('w2')];
      await two.append(use(1));
      assert.deepEqual(ids(await one.readNew()), [1]);
      await two.append(use(2));
      await fill();
      await two.append(use(3));
      await fill();
      await two.append(use(4));
      assert.deepEqual(ids(await one.readNew()), [2, 3, 4]);
      const [oldest] = await archives();
      const late = { ...use(5), time: new Date(start).toISOString(), window: 'w3' };
      await appendFile(join(folder, oldest!), `${JSON.stringify(late)}\n`);
      await two.append(use(6));
      assert.deepEqual(ids(await one.readNew()), [5, 6]);
      assert.deepEqual(await one.readNew(), []);
    });

    it('returns an incomplete line only once it is complete', async () => {
      const one = openLog();
      await one.append(use(1));
      const line = `${JSON.stringify({ ...use(2), time: new Date(start).toISOString(), token: 'ü', window: 'w2' })}\n`;
      const bytes = Buffer.from(line);
      const middle = bytes.indexOf(Buffer.from('ü')) + 1;
      await appendFile(one.file, bytes.subarray(0, middle));
      assert.deepEqual(ids(await one.readNew()), [1]);
      assert.deepEqual(await one.readNew(), []);
      await appendFile(one.file, bytes.subarray(middle, -1));
      assert.deepEqual(await one.readNew(), []);
      await appendFile(one.file, '\n');
      assert.deepEqual(
        (await one.readNew()).map(({ token }) => token),
        ['ü'],
      );
    });

    it('starts over in a file that shrank or was replaced', async () => {
      const one = openLog();
      await one.append(use(1));
      await one.append(use(2));
      await one.readNew();
      await writeFile(one.file, '');
      await openLog().append(use(3));
      assert.deepEqual(ids(await one.readNew()), [3]);
      await writeFile(join(base, 'other'), await readFile(one.file));
      await rename(join(base, 'other'), one.file);
      await openLog().append(use(4));
      assert.deepEqual(ids(await one.readNew()), [3, 4]);
    });

    it('reads a new file from the start even if it reuses the inode of an archive', async () => {
      await openLog().append(use(1));
      await fill();
      const one = openLog();
      await one.append(use(2));
      const [name] = await archives();
      assert.deepEqual(ids(await one.readNew()), [2]);
      await rm(one.file);
      // Simulates a reused inode: the same file under the other name.
      await rename(join(folder, name!), one.file);
      assert.deepEqual(ids(await one.readNew()), [1]);
    });

    it('reads a new file from the start even if it has the inode of a deleted one', async () => {
      const [one, other] = [openLog(), openLog('w2')];
      await other.append(use(1));
      assert.deepEqual(ids(await one.readNew()), [1]);
      const before = await stat(one.file, { bigint: true });
      // Many file systems give a new file the inode that is free since last. Times have steps of some milliseconds.
      for (let attempt = 0; ; attempt++) {
        await other.clear();
        await other.append(use(2));
        await other.append(use(3));
        const { ino, birthtimeNs } = await stat(one.file, { bigint: true });
        if (ino === before.ino && birthtimeNs !== before.birthtimeNs) {
          break;
        }
        if (attempt === 200) {
          say('this file system gives no new file the inode of a deleted one');
          return;
        }
      }
      assert.deepEqual(ids(await one.readNew()), [2, 3]);
    });
  });

  it('loses and splits no entry when four processes append and archive at once', async () => {
    const bundle = join(base, 'log.mjs');
    await build({
      entryPoints: ['src/activity/log.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: bundle,
      logLevel: 'error',
      alias: { vscode: join(root, 'test', 'support', 'vscodeStub.ts') },
    });
    const windows = ['w1', 'w2', 'w3', 'w4'];
    const count = 2000;
    const watcher = openLog('watcher');
    const children = windows.map((window) => {
      const args = [pathToFileURL(bundle).href, folder, window, String(count)];
      const child = spawn(process.execPath, ['--input-type=module', '-e', appender, ...args], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit');
      return { child, ready: Promise.race([once(child.stdout, 'data'), ended]), ended };
    });
    const seen: ActivityEntry[] = [];
    try {
      await Promise.all(children.map(({ ready }) => ready));
      for (const { child } of children) {
        child.stdin.end('go');
      }
      // Reads during the writes, as every window does.
      while (children.some(({ child }) => child.exitCode === null && child.signalCode === null)) {
        seen.push(...(await watcher.readNew()));
      }
      assert.deepEqual(await Promise.all(children.map(({ ended }) => ended)), Array(4).fill([0, null]));
    } finally {
      for (const { child } of children) {
        child.kill();
      }
    }
    seen.push(...(await watcher.readNew()));

    const moved = await archives();
    const sizes = await Promise.all(moved.map(async (name) => (await stat(join(folder, name))).size));
    assert.ok(moved.length >= 2 && moved.length <= 4, `${moved.length} archives`);
    assert.ok(
      sizes.every((size) => size >= maxBytes),
      `an archive was not full: ${sizes.join(', ')}`,
    );
    const kept = await watcher.read();
    const wanted = windows.flatMap((window) => Array.from({ length: count }, (_, id) => `${window} ${id}`)).sort();
    for (const entries of [kept, seen]) {
      assert.equal(entries.length, wanted.length);
      assert.deepEqual(entries.map(({ window, tokenId }) => `${window} ${tokenId ?? ''}`).sort(), wanted);
      assert.ok(entries.every(({ token }) => token === 'n'.repeat(200)));
    }
    // Each window's entries keep their order.
    for (const window of windows) {
      assert.deepEqual(
        ids(kept.filter((entry) => entry.window === window)),
        Array.from({ length: count }, (_, id) => id),
      );
    }
    assert.ok(!(await readdir(folder)).includes('activity.lock'));
  });
});

/** Source of a process that stands for a window: reports that it's ready, and appends once its input ends. */
const appender = `
  const [, bundle, folder, window, count] = process.argv;
  const { ActivityLog } = await import(bundle);
  const log = new ActivityLog({ fsPath: folder }, window, () => ${start});
  process.stdout.write('ready');
  for await (const line of process.stdin) void line;
  const entry = { action: 'use', outcome: 'ok', token: 'n'.repeat(200), connection: 'c'.repeat(100) };
  await Promise.all(Array.from({ length: Number(count) }, (_, tokenId) => log.append({ ...entry, tokenId })));
`;
