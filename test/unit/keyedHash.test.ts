import assert from 'node:assert/strict';

import { keyedHash } from '../../src/keyedHash';

describe('Leak hash', () => {
  it('is the same for the same text and key, and for nothing else', () => {
    const hash = keyedHash();
    assert.equal(hash('one'), hash('one'));
    assert.notEqual(hash('one'), hash('two'));
    assert.notEqual(hash('one'), keyedHash()('one'));
    assert.ok(!hash('one').includes('one'));
  });
});
