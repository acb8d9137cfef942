import assert from 'node:assert/strict';

import { TirError } from '../../../src/base/errors';
import { fingerprint, Secret } from '../../../src/base/secret';
import { day } from '../../../src/tir/times';
import {
  readAccounts,
  readCreated,
  readEnvelope,
  readListedCredentials,
  readListedId,
  readTokens,
} from '../../../src/tir/wire';
import { newValue } from '../../emulator/platform';

const time = Date.UTC(2026, 2, 20);
const year = 365 * day;
const badResponse = (part: RegExp) => (error: unknown) =>
  error instanceof TirError && error.code === 'bad-response' && part.test(error.message);

describe('API answers', () => {
  it('are read under every known name of a field', () => {
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

  it('have their times in the value, and words and dates only beside it', () => {
    const value = newValue(time);
    const [listed] = readTokens([
      { id: 7, token_name: 'ci', created_at: '0 Day ago', expiry: '2028-01-01', auth_token: value },
    ]);
    const fingerprints = { token: fingerprint(value) };
    assert.deepEqual(listed, { id: 7, name: 'ci', created: time, expires: time + year, hasValue: true, fingerprints });
    const [dated] = readTokens([{ id: 7, token_name: 'ci', created_at: '8 Months ago', expiry: '2027-02-11' }]);
    assert.equal(dated?.expires, '2027-02-11');
    assert.equal(dated.created, '2026-02-11');
  });

  it('say of a new token when it was created, or else the moment of the call counts', () => {
    const documented = { id: 7, token_name: 'ci', created_at: '0 Day ago', expiry: '2027-03-20' };
    const opaque = readCreated({ ...documented, auth_token: 'opaque-value' }, 'ci', time + 5);
    assert.deepEqual(opaque.token, { name: 'ci', created: time + 5, expires: '2027-03-20' });
    const dated = readCreated({ auth_token: 'opaque-value', created_at: '2026-03-20' }, 'ci', time + 5);
    assert.equal(dated.token.created, time + 5);
    const jwt = readCreated({ ...documented, auth_token: newValue(time) }, 'ci', time + 5);
    assert.deepEqual(jwt.token, { name: 'ci', created: time, expires: time + year });
  });

  it('keep an unparsable creation time as text, and get no expiry from it', () => {
    assert.deepEqual(readTokens([{ id: 7, name: 'ci', created_at: '3 months ago' }]), [
      { id: 7, name: 'ci', created: '3 months ago', expires: undefined },
    ]);
    assert.deepEqual(readTokens([{ id: 7 }]), [{ id: 7, name: '#7', created: undefined, expires: undefined }]);
  });

  it('are rejected if an entry has no valid ID, and the error names the field', () => {
    for (const id of [undefined, null, 'seven', -1, 1.5, 2 ** 60, {}, '']) {
      assert.throws(() => readTokens([{ id, name: 'ci' }]), badResponse(/"id"/), JSON.stringify(id));
    }
  });

  it('are reduced to the first of two entries with the same ID', () => {
    const tokens = readTokens([
      { id: 1, name: 'a' },
      { pk: '1', name: 'b' },
      { id: 2, name: 'c' },
    ]);
    assert.deepEqual(
      tokens.map(({ name }) => name),
      ['a', 'c'],
    );
  });

  it('are rejected if they are not a list of objects or an envelope', () => {
    for (const data of [undefined, null, {}, 'text', [1], [null], [[]]]) {
      assert.throws(() => readTokens(data), badResponse(/./), JSON.stringify(data));
    }
    for (const json of [null, [], 'text', 5]) {
      assert.throws(() => readEnvelope(json, 200), badResponse(/./), JSON.stringify(json));
    }
  });

  it('reveal values only for the ID that is asked for', () => {
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

  it('give the value of a new token even if all other fields are missing', () => {
    for (const field of ['auth_token', 'token', 'access_token']) {
      const created = readCreated({ [field]: 'fresh-value' }, 'asked-for', time);
      assert.equal(created.credentials?.token.reveal(), 'fresh-value');
      assert.equal(created.id, undefined);
      assert.deepEqual(created.token, { name: 'asked-for', created: time, expires: time + year });
    }
    assert.equal(readCreated('nonsense', 'asked-for', time).credentials, undefined);
  });

  it('have their own code, and a message that is read in every form', () => {
    assert.deepEqual(readEnvelope({ code: 200, data: [], errors: {}, message: 'Success' }, 200).code, 200);
    assert.equal(readEnvelope({ code: 401, errors: 'no', message: 'Unauthorized' }, 200).code, 401);
    assert.equal(readEnvelope({ code: 200 }, 500).code, 500, 'a success code does not hide a failed HTTP status');
    assert.equal(readEnvelope({ errors: { token_name: ['taken', 'long'] } }, 400).serverMessage, 'taken; long');
    assert.equal(readEnvelope({ errors: {}, message: 'words' }, 400).serverMessage, 'words');
    assert.equal(readEnvelope({}, 400).serverMessage, undefined);
  });

  it('are refusals whatever their HTTP status, if TIR or its gateway says no', () => {
    const answer = (json: object, status = 200) => {
      const { code, serverMessage } = readEnvelope(json, status);
      return [code, serverMessage];
    };
    assert.deepEqual(answer({ status_code: 403, detail: 'Not allowed' }), [403, 'Not allowed']);
    assert.deepEqual(answer({ detail: 'Not allowed' }), [undefined, 'Not allowed']);
    assert.deepEqual(answer({ code: 200, errors: true, data: [], message: 'No' }), [undefined, 'No']);
    assert.deepEqual(answer({ responseCode: 500, message: 'API not public' }, 500), [500, 'API not public']);
    const failed = { code: 500, data: 'The name is taken', message: 'Internal Server Error' };
    assert.deepEqual(answer(failed, 500), [500, 'The name is taken']);
    assert.deepEqual(answer({ ...failed, errors: failed.message }, 500), [500, 'The name is taken']);
    assert.deepEqual(answer({ code: 500, message: failed.message }, 500), [500, failed.message]);
    assert.deepEqual(answer({ code: '403', data: [], message: 'No' }), [403, 'No']);
    assert.deepEqual(answer({ code: 200, data: 'ci - Deleted Successfully', errors: false, detail: '' })[0], 200);
    for (const json of ['Unauthorized', [], null, 5]) {
      assert.equal(readEnvelope(json, 401).code, 401);
    }
  });

  it('have the times of whichever field says most, and no value that is masked or that a terminal would change', () => {
    const words = { id: 1, token_name: 'a', created_at: '0 Day ago' };
    const read = (more: object) => readTokens([{ ...words, ...more }])[0];
    assert.equal(read({ expiry: '2027-02-11', expires_at: '' })?.expires, '2027-02-11');
    assert.equal(read({ expiry: '2027-02-11', expires_at: 365 })?.expires, '2027-02-11');
    assert.equal(read({ created_on: '2026-11-29T10:00:00Z' })?.created, Date.UTC(2026, 10, 29, 10));
    for (const value of ['eyJhbGc****', 'abcd${env:HOME}1234', 'abcd\\1234', 'abcd1234…']) {
      assert.equal(read({ auth_token: value })?.hasValue, undefined);
      assert.equal(readListedCredentials([{ ...words, auth_token: value }], 1), undefined);
    }
  });

  it('name the accounts that a person can act in', () => {
    const owner = { name: 'Asha', email: 'asha@example.com' };
    const accounts = [
      { id: 6, owner, role: 'Member', has_tir_access: true },
      { id: '7', owner: { email: 'b@example.com' } },
      { id: 8, owner, has_tir_access: false },
      { id: 9, owner: null },
      // Of another shape.
      { id: null, owner },
      { id: 10, owner: 'Asha' },
    ];
    const expected = [
      { id: 6, owner: 'Asha' },
      { id: 7, owner: 'b@example.com' },
      { id: 9, owner: '9' },
    ];
    assert.deepEqual(readAccounts(accounts), expected);
    assert.deepEqual(readAccounts({}), []);
  });

  it('are safe to read with fields named __proto__ and constructor', () => {
    const data: unknown = JSON.parse('[{"id": 7, "__proto__": {"name": "inherited"}, "constructor": 1}]');
    assert.equal(readTokens(data)[0]?.name, '#7');
    assert.equal(({} as { name?: string }).name, undefined);
  });
});

describe("the sign-in token's ID", () => {
  it('is found by the value in the list, or else by the API key', () => {
    const self = { token: new Secret('my-value'), apiKey: new Secret('my-key') };
    const other = { id: 1, auth_token: 'another-value', api_key: 'another-key' };
    assert.equal(readListedId([other, { id: 2, auth_token: 'my-value' }], self), 2);
    assert.equal(readListedId([other, { id: 3, api_key: 'my-key' }], self), 3);
    assert.equal(readListedId([{ id: 1 }, { id: 2 }], self), undefined);
    assert.equal(readListedId([{ id: 1 }], { token: self.token }), undefined);
    const shared = [1, 2].map((id) => ({ id, api_key: 'my-key' }));
    assert.equal(readListedId(shared, self), undefined, 'a key of two tokens tells nothing');
  });
});
