import assert from 'node:assert/strict';

import { Secret } from '../../../src/base/secret';
import { configFile } from '../../../src/export/configFile';

describe('configFile', () => {
  it('writes both values under the name of the token, whatever that is', () => {
    for (const name of ['dev-laptop', '__proto__', 'a"b']) {
      const text = configFile(name, new Secret('the-token'), new Secret('the-key')).reveal();
      const entries = Object.entries(JSON.parse(text) as object);
      assert.deepEqual(entries, [[name, { api_key: 'the-key', api_auth_token: 'the-token' }]]);
    }
  });
});
