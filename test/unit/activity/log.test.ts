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

/*
 * Longer than other files: all that one window, several, and processes that end in the middle do to one file, with one
 * clock and one set of helpers.
 */

const start = Date.UTC(2026, 0, 2, 3, 4, 5);
const use = (tokenId: number) => ({ action: 'use', outcome: 'ok', tokenId }) as const;
const ids = (entries: readonly ActivityEntry[]) => entries.map(({ tokenId }) => tokenId);

describe('trail', () => {
  let base: string;
  let folder: string;
  let time: number;
  const trail = (window = 'w1') => new ActivityLog({ fsPath: folder }, window, () => time);
  const archives = async () => (await readdir(folder)).filter((name) => /^activity-\d+-\w+\.jsonl$/.test(name)).sort();
  /** Fills the file with a line that is not understood, so that the next entry moves it. */
  const fill = () => appendFile(join(folder, 'activity.jsonl'), `${'x'.repeat(maxBytes)}\n`);
  /** A whole line, as another version or a person may have left it. */
  const put = (entry: object) => appendFile(join(folder, 'activity.jsonl'), `${JSON.stringify(entry)}\n`);

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'tir-trail-'));
    folder = join(base, 'deep', 'folder');
    time = start;
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  it('gives back what was noted, and is empty without a folder', async () => {
    assert.deepEqual(await trail().read(), []);
    assert.deepEqual(await trail().newer(), []);
    const full = {
      action: 'delete',
      outcome: 'not-found',
      connectionId: 'p-1-delhi',
      connection: 'Research',
      tokenId: 7,
      token: 'nightly "x"\n\u{1f600}',
      folder: 'file:///home/me/app',
    } as const;
    await trail().append(full);
    await trail('w2').append({ action: 'sign-out', outcome: 'ok' });
    const at = '2026-01-02T03:04:05.000Z';
    assert.deepEqual(await trail().read(), [
      { ...full, time: at, window: 'w1' },
      { time: at, action: 'sign-out', outcome: 'ok', window: 'w2' },
    ]);
  });

  it('calls back when another window has appended, and finds it', async () => {
    const [mine, other] = [trail(), trail('w2')];
    const heard = new Promise<void>((resolve) => {
      const watching = mine.watch(() => {
        watching.dispose();
        resolve();
      });
    });
    await other.append(use(7));
    await heard;
    assert.deepEqual(ids(await mine.newer()), [7]);
  });

  it('forgets all that it kept, archives included', async () => {
    await trail().append(use(1));
    await fill();
    await trail().append(use(2));
    await trail().clear();
    assert.deepEqual(await trail().read(), []);
    assert.deepEqual(await archives(), []);
  });

  it('writes no field that is not of an entry', async () => {
    const wider = { ...use(1), value: 'hidden' };
    await trail().append(wider);
    assert.ok(!(await readFile(trail().file, 'utf8')).includes('hidden'));
  });

  it('lets only the owner in', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    await trail().append(use(1));
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.equal((await stat(trail().file)).mode & 0o777, 0o600);
  });

  it('keeps the order of calls that nobody waits for', async () => {
    const one = trail();
    const noted = Array.from({ length: 200 }, (_, id) => one.append(use(id)));
    assert.deepEqual(
      ids(await one.read()),
      noted.map((_, id) => id),
    );
    await Promise.all(noted);
  });

  it('sorts by time, and keeps the order within one', async () => {
    for (const [id, at] of [5, 3, 5, 4, 3].entries()) {
      time = start + at;
      await trail().append(use(id));
    }
    assert.deepEqual(ids(await trail().read()), [1, 4, 3, 0, 2]);
  });

  it('cuts names, and never writes a long line', async () => {
    for (const character of ['n', '\u{1f600}', '\u0001', '\ud800', '"']) {
      const long = character.repeat(5000);
      const uri = `file:///${long}/end`;
      const names = { connectionId: long, connection: long, token: long, folder: uri };
      await trail(long).append({ ...use(1), ...names });
    }
    const entries = await trail().read();
    assert.equal(entries[0]?.token, 'n'.repeat(200));
    assert.equal(entries[1]?.token, '\u{1f600}'.repeat(100));
    assert.equal(entries.length, 5);
    for (const entry of entries) {
      assert.ok(entry.folder?.endsWith('/end'));
      assert.ok(Buffer.byteLength(JSON.stringify(entry)) < 4096);
    }
    // 201 units would end in the middle of a character.
    await trail().append({ ...use(2), token: `n${'\u{1f600}'.repeat(200)}` });
    assert.equal((await trail().read()).at(-1)?.token, `n${'\u{1f600}'.repeat(99)}`);
  });

  it('rejects a note that cannot be written, and takes the next one', async () => {
    await writeFile(join(base, 'deep'), 'in the way');
    const one = trail();
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

  it('makes the folder anew when it was deleted', async () => {
    const one = trail();
    await one.append(use(1));
    await rm(folder, { recursive: true });
    await one.append(use(2));
    assert.deepEqual(ids(await one.read()), [2]);
  });

  it('leaves out lines that it does not understand', async () => {
    await trail().append(use(1));
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
    await appendFile(trail().file, 'null\n\n{"time":\n\u0000\u0000\n');
    await appendFile(trail().file, Buffer.from([0xff, 0xfe, 0x0a]));
    await put(good);
    const entries = await trail().read();
    assert.deepEqual(ids(entries), [1, 2]);
    assert.ok(!('later' in entries[1]!));
  });

  it('starts a line of its own behind a torn one', async () => {
    await trail().append(use(1));
    await appendFile(trail().file, '{"time":"2026-01-02T0');
    const one = trail();
    await one.append(use(2));
    assert.deepEqual(ids(await one.read()), [1, 2]);
    assert.deepEqual(ids(await one.newer()), [2]);
  });

  describe('rotation', () => {
    it('moves the full file before it appends', async () => {
      await trail().append(use(1));
      await fill();
      await trail().append(use(2));
      assert.equal((await archives()).length, 1);
      assert.ok((await stat(trail().file)).size < 4096);
      assert.deepEqual(ids(await trail().read()), [1, 2]);
      assert.deepEqual((await readdir(folder)).sort(), [...(await archives()), 'activity.jsonl'].sort());
    });

    it('does not move a file that is a byte short of full', async () => {
      await mkdir(folder, { recursive: true });
      await writeFile(trail().file, `${'x'.repeat(maxBytes - 2)}\n`);
      await trail().append(use(1));
      assert.deepEqual(await archives(), []);
      await trail().append(use(2));
      assert.equal((await archives()).length, 1);
    });

    it('keeps the newest four archives, also when the clock stands or is set back', async () => {
      for (let id = 0; id < 8; id++) {
        await trail().append(use(id));
        await fill();
        time -= id < 4 ? 0 : 60_000;
      }
      await writeFile(join(folder, 'activity-notes.txt'), 'mine');
      await trail().append(use(8));
      assert.equal((await archives()).length, 4);
      const kept = ids(await trail().read());
      assert.deepEqual(kept.sort(), [4, 5, 6, 7, 8]);
      assert.ok((await readdir(folder)).includes('activity-notes.txt'));
    });

    it('appends to the full file while another window moves it', async () => {
      await trail().append(use(1));
      await fill();
      await writeFile(join(folder, 'activity.lock'), '');
      await trail().append(use(2));
      assert.deepEqual(await archives(), []);
      assert.deepEqual(ids(await trail().read()), [1, 2]);
    });

    it('leaves the lock of a window that took it half a minute ago', async () => {
      await trail().append(use(1));
      await fill();
      const lock = join(folder, 'activity.lock');
      await writeFile(lock, '');
      const then = Date.now() / 1000 - 30;
      await utimes(lock, then, then);
      await trail().append(use(2));
      await trail().append(use(3));
      assert.deepEqual(await archives(), []);
    });

    it('takes away the lock of a window that ended in the middle', async () => {
      await trail().append(use(1));
      await fill();
      await writeFile(join(folder, 'activity.lock'), '');
      await utimes(join(folder, 'activity.lock'), 1, 1);
      await trail().append(use(2));
      await trail().append(use(3));
      assert.equal((await archives()).length, 1);
      assert.deepEqual(ids(await trail().read()), [1, 2, 3]);
    });
  });

  describe('newer', () => {
    it('gives what any window appended since it was made, once', async () => {
      await trail().append(use(1));
      const [one, two] = [trail('w1'), trail('w2')];
      await two.append(use(2));
      await one.append(use(3));
      assert.deepEqual(ids(await one.newer()), [2, 3]);
      assert.deepEqual(await one.newer(), []);
      await two.append(use(4));
      assert.deepEqual(ids(await one.newer()), [4]);
      assert.deepEqual(ids(await two.newer()), [2, 3, 4]);
    });

    it('gives none of what was skipped', async () => {
      const one = trail();
      await one.append(use(1));
      await one.newer();
      await one.append(use(2));
      assert.deepEqual(ids(await one.newer()), [2]);
    });

    it('gives no entry to two calls at once', async () => {
      const one = trail();
      await one.append(use(1));
      const both = await Promise.all([one.newer(), one.newer()]);
      assert.deepEqual(both.map(ids), [[1], []]);
    });

    it('follows across rotations, and to what is appended to an archive late', async () => {
      const [one, two] = [trail('w1'), trail('w2')];
      await two.append(use(1));
      assert.deepEqual(ids(await one.newer()), [1]);
      await two.append(use(2));
      await fill();
      await two.append(use(3));
      await fill();
      await two.append(use(4));
      assert.deepEqual(ids(await one.newer()), [2, 3, 4]);
      const [oldest] = await archives();
      const late = { ...use(5), time: new Date(start).toISOString(), window: 'w3' };
      await appendFile(join(folder, oldest!), `${JSON.stringify(late)}\n`);
      await two.append(use(6));
      assert.deepEqual(ids(await one.newer()), [5, 6]);
      assert.deepEqual(await one.newer(), []);
    });

    it('leaves an incomplete line for the call after it is whole', async () => {
      const one = trail();
      await one.append(use(1));
      const line = `${JSON.stringify({ ...use(2), time: new Date(start).toISOString(), token: 'ü', window: 'w2' })}\n`;
      const bytes = Buffer.from(line);
      const middle = bytes.indexOf(Buffer.from('ü')) + 1;
      await appendFile(one.file, bytes.subarray(0, middle));
      assert.deepEqual(ids(await one.newer()), [1]);
      assert.deepEqual(await one.newer(), []);
      await appendFile(one.file, bytes.subarray(middle, -1));
      assert.deepEqual(await one.newer(), []);
      await appendFile(one.file, '\n');
      assert.deepEqual(
        (await one.newer()).map(({ token }) => token),
        ['ü'],
      );
    });

    it('starts again in a file that shrank or was replaced', async () => {
      const one = trail();
      await one.append(use(1));
      await one.append(use(2));
      await one.newer();
      await writeFile(one.file, '');
      await trail().append(use(3));
      assert.deepEqual(ids(await one.newer()), [3]);
      await writeFile(join(base, 'other'), await readFile(one.file));
      await rename(join(base, 'other'), one.file);
      await trail().append(use(4));
      assert.deepEqual(ids(await one.newer()), [3, 4]);
    });

    it('does not take a new file for the archive whose inode it got', async () => {
      await trail().append(use(1));
      await fill();
      const one = trail();
      await one.append(use(2));
      const [name] = await archives();
      assert.deepEqual(ids(await one.newer()), [2]);
      await rm(one.file);
      // As if the system gave the inode again: the same file under the other name.
      await rename(join(folder, name!), one.file);
      assert.deepEqual(ids(await one.newer()), [1]);
    });
  });

  it('loses and tears nothing when four processes append and rotate at once', async () => {
    const bundle = join(base, 'trail.mjs');
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
    const watcher = trail('watcher');
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
      // Reads along, as every window does.
      while (children.some(({ child }) => child.exitCode === null && child.signalCode === null)) {
        seen.push(...(await watcher.newer()));
      }
      assert.deepEqual(await Promise.all(children.map(({ ended }) => ended)), Array(4).fill([0, null]));
    } finally {
      for (const { child } of children) {
        child.kill();
      }
    }
    seen.push(...(await watcher.newer()));

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
    // Of one window, in its order.
    for (const window of windows) {
      assert.deepEqual(
        ids(kept.filter((entry) => entry.window === window)),
        Array.from({ length: count }, (_, id) => id),
      );
    }
    assert.ok(!(await readdir(folder)).includes('activity.lock'));
  });
});

/** A window, reduced to its trail: says that it is there, and appends when it is told to. */
const appender = `
  const [, bundle, folder, window, count] = process.argv;
  const { ActivityLog } = await import(bundle);
  const trail = new ActivityLog({ fsPath: folder }, window, () => ${start});
  process.stdout.write('ready');
  for await (const told of process.stdin) void told;
  const entry = { action: 'use', outcome: 'ok', token: 'n'.repeat(200), connection: 'c'.repeat(100) };
  await Promise.all(Array.from({ length: Number(count) }, (_, tokenId) => trail.note({ ...entry, tokenId })));
`;
