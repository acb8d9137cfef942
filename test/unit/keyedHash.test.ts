import assert from 'node:assert/strict';

import { keyedHash as onNode } from '../../src/keyedHash';
import { keyedHash as inBrowser } from '../../src/keyedHash.web';

describe('Leak hash', () => {
  for (const [where, keyedHash] of [
    ['on Node', onNode],
    ['in a browser', inBrowser],
  ] as const) {
    it(`${where} it is the same for the same text and key, and for nothing else`, () => {
      const hash = keyedHash();
      assert.equal(hash('one'), hash('one'));
      assert.notEqual(hash('one'), hash('two'));
      assert.notEqual(hash('one'), keyedHash()('one'));
      assert.ok(!hash('one').includes('one'));
    });

    it(`${where} it has all bytes of SHA-256, so that no two texts share one`, () => {
      const hash = keyedHash();
      const hashes = Array.from({ length: 1000 }, (_, index) => hash(String(index)));
      assert.equal(new Set(hashes).size, hashes.length);
      // 32 bytes, which on Node are written in base64.
      const lengths = new Set(hashes.map(({ length }) => length));
      assert.deepEqual([...lengths], [where === 'on Node' ? 44 : 32]);
    });
  }
});
