import assert from 'node:assert/strict';

import { LosslessMemento } from '../../../src/base/memento';
import { Memory } from '../../support/keyring';

/** Loses writes, as VS Code does: what was there before is there again. */
class LossyMemory extends Memory {
  losses = 0;
  override async update(key: string, value: unknown): Promise<void> {
    const before: unknown = this.get(key);
    await super.update(key, this.losses-- > 0 ? before : value);
  }
}

describe('LosslessMemento', () => {
  it('writes again what was lost', async () => {
    const inner = new LossyMemory();
    const state = new LosslessMemento(inner);
    await state.update('sorting', 'name');
    inner.losses = 3;
    await state.update('sorting', 'age');
    assert.equal(inner.get('sorting'), 'age');
    assert.equal(state.get('sorting'), 'age');
  });

  it('has the latest value at once, and keeps it if two writes overlap', async () => {
    const inner = new LossyMemory();
    const state = new LosslessMemento(inner);
    inner.losses = 1;
    const first = state.update('usage', { a: 1 });
    const second = state.update('usage', { ...state.get<object>('usage'), b: 2 });
    await Promise.all([first, second]);
    assert.deepEqual(inner.get('usage'), { a: 1, b: 2 });
  });

  it('has what was there before if a write fails', async () => {
    const inner = new LossyMemory();
    const state = new LosslessMemento(inner);
    await state.update('sorting', 'name');
    inner.update = () => Promise.reject(new Error('full'));
    await assert.rejects(state.update('sorting', 'age'), /full/);
    assert.equal(state.get('sorting'), 'name');
  });

  it('returns the fallback for what was never written, or was deleted', async () => {
    const state = new LosslessMemento(new Memory());
    assert.equal(state.get('sorting', 'name'), 'name');
    await state.update('sorting', 'age');
    await state.update('sorting', undefined);
    assert.equal(state.get('sorting', 'name'), 'name');
  });
});
