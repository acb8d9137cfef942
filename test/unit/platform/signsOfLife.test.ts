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

  it('show another window what a window last gave', async () => {
    const [mine, others] = [open(), open()];
    assert.equal(await others.last('work'), undefined);
    for (const text of ['first', 'second']) {
      await mine.give('work', text);
      assert.equal(await others.last('work'), text);
    }
  });

  it('are those of one work, and are deleted when that ends', async () => {
    const signs = open();
    await signs.end('w1');
    await signs.give('w1', 'x');
    await signs.give('w2', 'x');
    await open().end('w1');
    assert.equal(await signs.last('w1'), undefined);
    assert.notEqual(await signs.last('w2'), undefined);
    await signs.end('w2');
    assert.deepEqual(await readdir(folder), []);
  });

  it('stay in their folder, whatever the name of the work', async () => {
    await open().give('../../w1', 'x');
    assert.notEqual(await open().last('../../w1'), undefined);
    assert.deepEqual([await readdir(base), (await readdir(folder)).length], [['deep'], 1]);
  });

  it('are in a folder and in files that only their owner can access', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    await open().give('w1', 'x');
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    const [file = ''] = await readdir(folder);
    assert.equal((await stat(join(folder, file))).mode & 0o777, 0o600);
  });
});
