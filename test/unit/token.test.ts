import assert from 'node:assert/strict';

import { createdText, expiryOf, expiryState } from '../../src/tir/token';

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

  it('warns before, and knows the moment', () => {
    assert.equal(state(now), 'expired');
    assert.equal(state(now + 1), 'expiring');
    assert.equal(state(now + 30 * day), 'valid');
    assert.equal(state(undefined), 'valid');
  });

  it('gives times as ISO 8601, and words as they are', () => {
    assert.equal(createdText(now), '2026-06-01T00:00:00.000Z');
    assert.equal(createdText('3 months ago'), '3 months ago');
    assert.equal(createdText(undefined), undefined);
  });
});
