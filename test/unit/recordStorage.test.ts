import assert from 'node:assert/strict';

import type { ListableStorage } from '../../src/secrets/listableSecrets';
import { RecordStorage } from '../../src/secrets/recordStorage';

describe('reads of the secret storage', () => {
  const kept = new Map<string, string>();
  /** Of what is asked, by key; `*` for the keys. Each is answered with what is there when it is asked. */
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

  it('one is for all who ask while it is under way', async () => {
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
    assert.equal(answers.length, 1, 'nothing is kept of it');
  });

  const changed = () => {
    kept.set('a', '2');
    records.changed();
  };
  for (const [what, change, expected] of [
    ['this window has deleted it', () => records.delete('a'), undefined],
    ['another window has changed it', changed, '2'],
  ] as const) {
    it(`one that began before ${what} is for nobody who asks after`, async () => {
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
