import assert from 'node:assert/strict';

import {
  ageInDays,
  createdAtForResult,
  daysLeft,
  daysUntil,
  expiryOf,
  expiryState,
  sortTokens,
  type Token,
} from '../../../src/tir/token';

const day = 24 * 60 * 60 * 1000;
const now = Date.UTC(2026, 5, 1);

describe('expiry', () => {
  const state = (expires: number | undefined) =>
    expiryState({ id: 1, name: 'x', created: undefined, expires }, now, 30);

  it('is 365 days after creation unless the API says otherwise', () => {
    assert.equal(expiryOf(now, undefined), now + 365 * day);
    assert.equal(expiryOf(now, now + day), now + day);
    assert.equal(expiryOf('3 months ago', undefined), undefined);
  });

  it('warns less than 30 days before, and has passed at its exact time', () => {
    assert.equal(state(now), 'expired');
    assert.equal(state(now + 1), 'expiring');
    assert.equal(state(now + 30 * day), 'valid');
    assert.equal(state(undefined), 'valid');
  });

  it('rounds days left up, and days of age down', () => {
    assert.equal(daysUntil(now + 12 * day, now), 12);
    assert.equal(daysUntil(now + 1, now), 1);
    assert.equal(daysUntil(now - day, now), -1);
    assert.equal(ageInDays(now - 1.9 * day, now), 1);
    assert.equal(ageInDays('3 months ago', now), undefined);
  });

  it('gives the days left only for a token that expires soon and has not expired yet', () => {
    const left = (expires: number | undefined) => daysLeft({ id: 1, name: 'x', created: undefined, expires }, now, 30);
    assert.equal(left(now + 30 * day - 1), 30);
    assert.deepEqual([now, now + 30 * day, undefined].map(left), [undefined, undefined, undefined]);
  });

  it('shows creation times as ISO 8601, and other texts as they are', () => {
    assert.equal(createdAtForResult(now), '2026-06-01T00:00:00.000Z');
    assert.equal(createdAtForResult('3 months ago'), '3 months ago');
    assert.equal(createdAtForResult(undefined), undefined);
  });
});

describe('sortTokens', () => {
  const token = (name: string, created: Token['created'], expires?: number): Token => ({
    ...{ id: 1, name, created, expires },
  });

  it('sorts by name, age or expiry, with tokens of unknown time at the end, by name', () => {
    const tokens = [
      token('d', 'long ago'),
      token('a', now, now + 9 * day),
      token('c', undefined, now + day),
      token('b', now - day),
    ];
    const names = (by: Parameters<typeof sortTokens>[1]) => sortTokens(tokens, by).map(({ name }) => name);
    assert.deepEqual(names('name'), ['a', 'b', 'c', 'd']);
    assert.deepEqual(names('age'), ['b', 'a', 'c', 'd']);
    assert.deepEqual(names('expiry'), ['c', 'a', 'b', 'd']);
  });
});
