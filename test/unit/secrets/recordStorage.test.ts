import assert from 'node:assert/strict';

import type { TirError } from '../../../src/base/errors';
import { changeOf, inUseKey, probePrefix, rotationKey, useKey, valueKey } from '../../../src/secrets/keys';
import { type ListableStorage } from '../../../src/secrets/listableSecrets';
import { RecordStorage } from '../../../src/secrets/recordStorage';
import { readInUse, writeInUse } from '../../../src/secrets/records';
import { machine } from '../../support/keyring';

describe('reads of RecordStorage', () => {
  const kept = new Map<string, string>();
  /** Pending reads by key, with `*` for the list of keys. `give` resolves each to what was stored when it began. */
  let answers: { readonly key: string; readonly give: () => void }[];
  let records: RecordStorage;
  beforeEach(() => {
    kept.clear();
    answers = [];
    const later = <T>(key: string, value: T) =>
      new Promise<T>((resolve) => answers.push({ key, give: () => resolve(value) }));
    const storage: Partial<ListableStorage> = {
      get: (key) => later(key, kept.get(key)),
      keys: () => later('*', [...kept.keys()]),
      store: (key, text) => Promise.resolve(void kept.set(key, text)),
      delete: (key) => Promise.resolve(void kept.delete(key)),
    };
    records = new RecordStorage(storage as ListableStorage, () => undefined);
  });
  const give = () => answers.splice(0).forEach((answer) => answer.give());

  it('are shared by calls made while one is running', async () => {
    kept.set('a', '1');
    const all = [records.get('a'), records.get('a')] as const;
    const lists = [records.list(''), records.list('b')] as const;
    assert.deepEqual(
      answers.map(({ key }) => key),
      ['a', '*'],
    );
    give();
    assert.deepEqual(await Promise.all(all), ['1', '1']);
    assert.deepEqual(await Promise.all(lists), [['a'], []]);
    void records.get('a');
    assert.equal(answers.length, 1, 'the result is not cached');
  });

  const changed = () => {
    kept.set('a', '2');
    records.changed();
  };
  for (const [what, change, expected] of [
    ['this window deletes the record', () => records.delete('a'), undefined],
    ['another window changes the record', changed, '2'],
  ] as const) {
    it(`are not shared with calls made after ${what}`, async () => {
      kept.set('a', '1');
      const before = records.get('a');
      await change();
      const after = records.get('a');
      give();
      assert.equal(await before, '1');
      assert.equal(await after, expected);
    });
  }
});

describe('RecordStorage', () => {
  const token = { connectionId: 'p-7-delhi', id: 1, name: 'dev' };
  const newer = JSON.stringify({ v: 2 });
  let kept: Map<string, string>;
  let leftOut: TirError[];
  let storage: Partial<ListableStorage>;
  let records: RecordStorage;
  beforeEach(() => {
    kept = new Map();
    leftOut = [];
    storage = {
      get: (key) => Promise.resolve(kept.get(key)),
      store: (key, text) => Promise.resolve(void kept.set(key, text)),
    };
    records = new RecordStorage(storage as ListableStorage, (error) => leftOut.push(error));
  });

  it('does not overwrite a record of a newer version, but does overwrite a damaged one', async () => {
    kept.set('a', newer);
    await assert.rejects(records.store('a', 'x'), { code: 'storage-failed', details: { record: 'newer' } });
    assert.equal(kept.get('a'), newer);
    kept.set('a', 'damaged');
    await records.store('a', 'x');
    assert.equal(kept.get('a'), 'x');
  });

  it('leaves out records that it cannot read, and reports each of them once', async () => {
    for (const [name, text] of Object.entries({ damaged: '{', good: writeInUse(token), newer })) {
      kept.set(`in-use:${name}`, text);
    }
    for (let time = 0; time < 2; time++) {
      const found = await records.readAll(['damaged', 'good', 'gone', 'newer'], 'in-use:', readInUse);
      assert.deepEqual(found.records, [{ name: 'good', record: token }]);
      assert.deepEqual(
        found.unreadable.map(({ name, error }) => [name, error.details.record]),
        [
          ['damaged', 'damaged'],
          ['newer', 'newer'],
        ],
      );
    }
    assert.equal(leftOut.length, 2);
    const bug = () => assert.fail('a fault in the code');
    await assert.rejects(records.readAll(['good'], 'in-use:', bug), /a fault in the code/);
  });

  it('fails in storeAndCheck if the storage silently loses the record', async () => {
    storage.store = () => Promise.resolve();
    await records.store('a', 'x');
    await assert.rejects(records.storeAndCheck('a', 'x'), { code: 'storage-failed' });
  });

  it("fails without the storage's own message", async () => {
    storage.get = () => Promise.reject(new Error('the key is x'));
    await assert.rejects(records.get('a'), { code: 'storage-failed', message: 'the secret storage failed' });
  });

  it('tells from its key what kind of record changed', () => {
    for (const [key, change] of [
      ['connection:p-7-delhi', { kind: 'connection', connectionId: 'p-7-delhi' }],
      [valueKey('p-7-delhi', 1), { kind: 'value' }],
      [rotationKey({ connectionId: 'p-7-delhi', oldId: 1 }), { kind: 'rotation' }],
      [inUseKey, { kind: 'in-use' }],
      [useKey('file:///folder', machine), { kind: 'in-use' }],
      [`${probePrefix}1`, undefined],
      ['index', undefined],
    ] as const) {
      assert.deepEqual(changeOf(key), change, key);
    }
  });
});
