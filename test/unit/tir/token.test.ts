import assert from 'node:assert/strict';

import { day } from '../../../src/tir/times';
import { sortTokens, type Token } from '../../../src/tir/token';

const now = Date.UTC(2026, 5, 1);

describe('sortTokens', () => {
  const token = (name: string, created: Token['created'], expires?: Token['expires']): Token => ({
    ...{ id: 1, name, created, expires },
  });

  it('sorts by name, age or expiry, with tokens of unknown time at the end, by name', () => {
    const tokens = [
      token('d', '0 Day ago'),
      token('e', '0 Day ago', '2026-06-07'),
      token('a', now, now + 9 * day),
      token('c', undefined, now + day),
      token('b', now - day),
    ];
    const names = (by: Parameters<typeof sortTokens>[1]) => sortTokens(tokens, by).map(({ name }) => name);
    assert.deepEqual(names('name'), ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(names('age'), ['b', 'a', 'c', 'd', 'e']);
    assert.deepEqual(names('expiry'), ['c', 'e', 'a', 'b', 'd']);
  });
});
