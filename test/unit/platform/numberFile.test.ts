import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { NumberFile } from '../../../src/platform/numberFile';

describe('NumberFile', () => {
  let base: string;
  let folder: string;
  const open = (name = 'changes') => new NumberFile({ fsPath: folder }, name);
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'tir-number-'));
    folder = join(base, 'deep', 'folder');
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  it('holds 0 when it is new', async () => {
    assert.equal(await open().read(), 0);
    assert.deepEqual(await readdir(folder), ['changes']);
    assert.equal(await open().read(), 0);
  });

  it('shows another window what a window last wrote, and nothing of other files', async () => {
    const [mine, others] = [open(), open()];
    for (const number of [1, 2, 1000, 7, Number.MAX_SAFE_INTEGER]) {
      await mine.write(number);
      assert.equal(await others.read(), number);
    }
    assert.equal(await open('other').read(), 0);
  });

  it('is as long from the first read on, so a full disk does not matter', async () => {
    const lengths: number[] = [];
    const measure = async () => lengths.push((await stat(join(folder, 'changes'))).size);
    await open().read();
    await measure();
    for (const number of [0, 12, Number.MAX_SAFE_INTEGER, 3]) {
      await open().write(number);
      await measure();
    }
    assert.deepEqual(lengths, Array<number>(5).fill(16));
    assert.equal(await open().read(), 3, 'nothing stays of a longer number');
  });

  it('counts as 0 if it is damaged, and can be written again', async () => {
    await open().read();
    for (const text of ['', '12', 'x'.repeat(16), '9'.repeat(16), '0000000000001.50']) {
      await writeFile(join(folder, 'changes'), text);
      assert.equal(await open().read(), 0, text);
      assert.equal(await readFile(join(folder, 'changes'), 'latin1'), '0'.repeat(16), text);
      await open().write(5);
      assert.equal(await open().read(), 5, text);
    }
  });

  it('fails if its folder cannot be made', async () => {
    await writeFile(join(base, 'deep'), 'in the way');
    await assert.rejects(open().read(), { code: 'storage-failed' });
    await assert.rejects(open().write(1), { code: 'storage-failed' });
  });

  it('is in a folder and in a file that only their owner can access', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    await open().write(1);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.equal((await stat(join(folder, 'changes'))).mode & 0o777, 0o600);
  });
});
