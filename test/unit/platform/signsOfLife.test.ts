import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SignsOfLife } from '../../../src/platform/signsOfLife';

describe('SignsOfLife', () => {
  let base: string;
  let folder: string;
  const open = () => new SignsOfLife({ fsPath: folder });
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'tir-signs-'));
    folder = join(base, 'deep', 'folder');
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  it('show another window that a window lives: each sign differs from the one before', async () => {
    const [mine, others] = [open(), open()];
    assert.equal(await others.last('w1'), undefined);
    const seen: (string | undefined)[] = [];
    for (let count = 0; count < 3; count++) {
      await mine.give('w1');
      seen.push(await others.last('w1'));
    }
    assert.equal(new Set(seen).size, 3);
    assert.ok(!seen.includes(undefined));
    assert.equal(await others.last('w1'), seen.at(-1), 'no sign meanwhile');
  });

  it('are those of one window, and are deleted when its work ends', async () => {
    const signs = open();
    await signs.end('w1');
    await signs.give('w1');
    await signs.give('w2');
    await open().end('w1');
    assert.equal(await signs.last('w1'), undefined);
    assert.notEqual(await signs.last('w2'), undefined);
    await signs.end('w2');
    assert.deepEqual(await readdir(folder), []);
  });

  it('stay in their folder, whatever the name of the window', async () => {
    await open().give('../../w1');
    assert.notEqual(await open().last('../../w1'), undefined);
    assert.deepEqual([await readdir(base), (await readdir(folder)).length], [['deep'], 1]);
  });

  it('are in a folder and in files that only their owner can access', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    await open().give('w1');
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    const [file = ''] = await readdir(folder);
    assert.equal((await stat(join(folder, file))).mode & 0o777, 0o600);
  });
});
