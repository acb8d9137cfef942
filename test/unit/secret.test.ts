import assert from 'node:assert/strict';
import { inspect } from 'node:util';

import { Secret } from '../../src/tir/secret';

describe('a secret', () => {
  const secret = new Secret('the-value-itself');

  it('gives itself away to no printer', () => {
    const printed = [
      String(secret),
      'text ' + (secret as unknown as string),
      JSON.stringify({ secret }),
      inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
      inspect(secret, { customInspect: false, showHidden: true }),
      Object.entries(secret).join(),
      inspect(structuredClone(secret)),
    ];
    for (const text of printed) {
      assert.doesNotMatch(text, /the-value-itself/);
    }
    assert.equal(inspect(secret), '[secret]');
    assert.equal(JSON.stringify([secret]), '["[secret]"]');
  });

  it('opens by one method, and compares without opening', () => {
    assert.equal(secret.reveal(), 'the-value-itself');
    assert.ok(secret.equals(new Secret('the-value-itself')));
    assert.ok(!secret.equals(new Secret('another-value')));
  });
});
