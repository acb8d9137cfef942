import assert from 'node:assert/strict';

import { TirError } from '../../src/tir/errors';
import { readCreated, readEnvelope, readListedCredentials, readTokens } from '../../src/tir/wire';

const time = Date.UTC(2026, 2, 20);
const year = 365 * 24 * 60 * 60 * 1000;
const badResponse = (part: RegExp) => (error: unknown) =>
  error instanceof TirError && error.code === 'bad-response' && part.test(error.message);

describe('reading the wire', () => {
  it('knows every name of every field', () => {
    const expected = { id: 7, name: 'ci', created: time, expires: time + year };
    for (const entry of [
      { id: 7, token_name: 'ci', created_at: '2026-03-20T00:00:00Z' },
      { token_id: '7', name: 'ci', created_on: time },
      { pk: 7, token_name: 'ci', created: time / 1000 },
      { id: 7, name: 'ci', created_at: '2026-03-20T05:30:00+05:30', expires_at: '2027-03-20T00:00:00Z' },
      { id: 7, name: 'ci', created_at: String(time / 1000), expiry: (time + year) / 1000 },
    ]) {
      assert.deepEqual(readTokens([entry]), [expected], JSON.stringify(entry));
    }
  });

  it('keeps a creation text that is no time, and computes no age from it', () => {
    assert.deepEqual(readTokens([{ id: 7, name: 'ci', created_at: '3 months ago' }]), [
      { id: 7, name: 'ci', created: '3 months ago', expires: undefined },
    ]);
    assert.deepEqual(readTokens([{ id: 7 }]), [{ id: 7, name: '#7', created: undefined, expires: undefined }]);
  });

  it('refuses an entry without a usable id, by the name of the field', () => {
    for (const id of [undefined, null, 'seven', 1.5, 2 ** 60, {}, '']) {
      assert.throws(() => readTokens([{ id, name: 'ci' }]), badResponse(/"id"/), JSON.stringify(id));
    }
  });

  it('refuses what is no list and no envelope', () => {
    for (const data of [undefined, null, {}, 'text', [1], [null], [[]]]) {
      assert.throws(() => readTokens(data), badResponse(/./), JSON.stringify(data));
    }
    for (const json of [null, [], 'text', 5]) {
      assert.throws(() => readEnvelope(json, 200), badResponse(/./), JSON.stringify(json));
    }
  });

  it('lets values stay in the list answer until one is asked for', () => {
    const data = [
      { id: 7, name: 'ci', auth_token: 'value-of-7', api_key: 'key-of-7' },
      { id: 8, name: 'dev' },
    ];
    assert.doesNotMatch(JSON.stringify(readTokens(data)), /value-of-7|key-of-7/);
    const found = readListedCredentials(data, 7);
    assert.equal(found?.token.reveal(), 'value-of-7');
    assert.equal(found.apiKey?.reveal(), 'key-of-7');
    assert.equal(readListedCredentials(data, 8), undefined);
    assert.equal(readListedCredentials(data, 9), undefined);
  });

  it('saves the value of a creation even where all else is missing', () => {
    for (const field of ['auth_token', 'token', 'access_token']) {
      const created = readCreated({ [field]: 'fresh-value' }, 'asked-for', time);
      assert.equal(created.credentials?.token.reveal(), 'fresh-value');
      assert.equal(created.id, undefined);
      assert.deepEqual(created.token, { name: 'asked-for', created: time, expires: time + year });
    }
    assert.equal(readCreated('nonsense', 'asked-for', time).credentials, undefined);
  });

  it("reads the envelope's own code, and its words in every form", () => {
    assert.deepEqual(readEnvelope({ code: 200, data: [], errors: {}, message: 'Success' }, 200).code, 200);
    assert.equal(readEnvelope({ code: 401, errors: 'no', message: 'Unauthorized' }, 200).code, 401);
    assert.equal(readEnvelope({ errors: { token_name: ['taken', 'long'] } }, 400).says, 'taken; long');
    assert.equal(readEnvelope({ errors: {}, message: 'words' }, 400).says, 'words');
    assert.equal(readEnvelope({}, 400).says, undefined);
  });

  it('is not fooled by names that every object has', () => {
    const data: unknown = JSON.parse('[{"id": 7, "__proto__": {"name": "inherited"}, "constructor": 1}]');
    assert.equal(readTokens(data)[0]?.name, '#7');
    assert.equal(({} as { name?: string }).name, undefined);
  });
});
