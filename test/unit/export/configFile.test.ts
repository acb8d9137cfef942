import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { Secret } from '../../../src/base/secret';
import { e2ectlConfig, tirConfig } from '../../../src/export/configFile';
import { newValue } from '../../emulator/platform';

describe('a config file', () => {
  const [token, apiKey] = [newValue(), randomUUID()];
  const credentials = { token: new Secret(token), apiKey: new Secret(apiKey) };
  const read = (file: Secret) => JSON.parse(file.reveal()) as object;

  it('of TIR is flat, and has a team only if it is known', () => {
    const connection = { id: 'p-7-delhi', label: 'Seven', projectId: 7, location: 'Delhi', variables: ['MY_TOKEN'] };
    const values = { api_key: apiKey, auth_token: token, project_id: 7 };
    assert.deepEqual(read(tirConfig(credentials, connection)), values);
    assert.deepEqual(read(tirConfig(credentials, { ...connection, teamId: 12 })), { ...values, team_id: 12 });
  });

  it('of MyAccount has both values under the name of the token, whatever that is', () => {
    for (const name of ['dev-laptop', '__proto__', 'a"b']) {
      const entries = Object.entries(read(e2ectlConfig(credentials, name)));
      assert.deepEqual(entries, [[name, { api_key: apiKey, api_auth_token: token }]]);
    }
  });
});
