import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { digestOf } from '../../../src/base/secret';
import { type Introduction, introduce, readIntroduction, readSettled, settle } from '../../../src/notebooks/python';
import { PythonProcess } from './pythonProcess';

const value = `eyJ.${'x'.repeat(900)}`;

describe('what a Python kernel runs', () => {
  let folder: string;
  let kernel: PythonProcess;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tir-python-'));
    kernel = new PythonProcess({ OLD: 'old' });
  });
  afterEach(async () => {
    await kernel.end();
    rmSync(folder, { recursive: true });
  });

  const meet = async (file = join(folder, 'missing')): Promise<Introduction> => {
    const introduction = readIntroduction(await kernel.run(introduce(file, 'key')));
    assert.ok(introduction);
    return introduction;
  };

  it('tells the name of its machine, and what is in a file of this one', async () => {
    const file = join(folder, 'a "proof" of ü');
    writeFileSync(file, 'a proof');
    const { host, proof } = await meet(file);
    assert.deepEqual([host, proof], [hostname(), 'a proof']);
    assert.equal((await meet()).proof, '');
    for (const printed of ['{"host": 1}\n', 'TIR: {"host": 1}\n', 'printed by a cell\n', '']) {
      assert.equal(readIntroduction(printed), undefined);
    }
  });

  it('sets variables without their values in the code, and tells digests of them', async () => {
    const variables = new Map([['TIR_API_TOKEN', value], ['OLD', 'ü']]); // prettier-ignore
    const code = settle(await meet(), variables, false, 'key');
    assert.ok(!code.includes('xxxx'));
    const has = { TIR_API_TOKEN: digestOf('key', value), OLD: digestOf('key', 'ü') };
    assert.deepEqual(readSettled(await kernel.run(code)), has);
    assert.deepEqual([await kernel.variable(), await kernel.variable('OLD')], [value, 'ü']);
    assert.deepEqual((await meet()).has, has);
    assert.deepEqual(readSettled(await kernel.run(settle(await meet(), new Map(), false, 'key'))), {});
    assert.deepEqual([await kernel.variable(), await kernel.variable('OLD')], ['', 'old']);
  });

  it('accepts a half of the key with an odd number of digits', async () => {
    await kernel.run('import builtins; builtins._tir = {"given": {}, "halves": {"200": 9}}');
    const introduction = { host: '', proof: '', has: {}, half: '200' };
    await kernel.run(settle(introduction, new Map([['TIR_API_TOKEN', value]]), false, 'key'));
    assert.equal(await kernel.variable(), value);
  });

  it('prints nothing, raises nothing and leaves no name behind if the kernel is not the one that introduced itself', async () => {
    const { half } = await meet();
    await kernel.restart();
    const code = settle({ half, host: '', proof: '', has: {} }, new Map([['TIR_API_TOKEN', value]]), true, 'key');
    assert.equal(await kernel.run(code), '');
    assert.equal(
      await kernel.run('import builtins; print("data" in dir(), hasattr(builtins, "_tir"))'),
      'False False\n',
    );
    assert.equal(await kernel.variable(), '');
  });
});
