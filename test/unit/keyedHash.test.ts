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
  }
});
