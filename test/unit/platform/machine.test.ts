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
    const id = machineId(storage);
    assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(machineId(storage), id);
    assert.deepEqual(readdirSync(storage), ['machine-id'], 'leaves nothing else behind');
    assert.notEqual(machineId(join(folder, 'other')), id);
  });

  it('is one of this window alone if the folder cannot keep it', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const id = machineId(join(file, 'storage'));
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.notEqual(machineId(join(file, 'storage')), id);
    writeFileSync(join(folder, 'machine-id'), 'damaged');
    assert.equal(machineId(folder), machineId(folder), 'a damaged file is replaced');
  });
});
