import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { machineId } from '../../../src/platform/machine';

describe('machineId', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tir-machine-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is random, stays the same in a storage folder, and differs in another', () => {
    const storage = join(folder, 'not', 'there', 'yet');
    const id = machineId(storage) ?? assert.fail();
    assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(machineId(storage), id);
    assert.deepEqual(readdirSync(storage), ['machine-id'], 'leaves nothing else behind');
    assert.notEqual(machineId(join(folder, 'other')), id);
  });

  it('is none if the folder cannot keep it', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    assert.equal(machineId(join(file, 'storage')), undefined);
    writeFileSync(join(folder, 'machine-id'), 'damaged');
    assert.match(machineId(folder) ?? '', /^[0-9a-f-]{36}$/, 'a damaged file is replaced');
    assert.equal(machineId(folder), machineId(folder));
  });
});
