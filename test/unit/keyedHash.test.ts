import assert from 'node:assert/strict';

import { keyedHash } from '../../src/base/secret';

describe('Leak hash', () => {
  it('is the same for the same text and key, and for nothing else', () => {
    const hash = keyedHash();
    assert.equal(hash('one'), hash('one'));
    assert.notEqual(hash('one'), hash('two'));
    assert.notEqual(hash('one'), keyedHash()('one'));
    assert.ok(!hash('one').includes('one'));
  });

  it('has all bytes of SHA-256, so that no two texts share one', () => {
    const hash = keyedHash();
    const hashes = Array.from({ length: 1000 }, (_, index) => hash(String(index)));
    assert.equal(new Set(hashes).size, hashes.length);
    // 32 bytes, which are written in base64.
    assert.ok(hashes.every(({ length }) => length === 44));
  });
});
