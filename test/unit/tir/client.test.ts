import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { TirError } from '../../../src/base/errors';
import { Secret } from '../../../src/base/secret';
import { TirClient } from '../../../src/tir/client';
import { pause, type Wait } from '../../../src/tir/retry';
import { Emulator, type PlatformToken } from '../../emulator/emulator';
import { clientFor, assertFails, serve } from '../support';

describe('TirClient', () => {
  let emulator: Emulator;
  let self: PlatformToken;
  let client: TirClient;

  beforeEach(async () => {
    emulator = await Emulator.start();
    self = emulator.seed('self');
    client = clientFor(self, emulator.apiUrl);
  });
  afterEach(() => emulator.stop());

  it('lists, creates and deletes tokens', async () => {
    const created = await client.create('ci-pipeline');
    assert.equal(created.credentials?.token.reveal(), emulator.tokens.at(-1)?.value);
    assert.deepEqual(
      (await client.list()).map(({ name }) => name),
      ['self', 'ci-pipeline'],
    );
    await client.delete(created.id ?? 0);
    assert.deepEqual(
      (await client.list()).map(({ name }) => name),
      ['self'],
    );
    assert.deepEqual(emulator.calls, [
      'POST /auth-token/',
      'GET /auth-token/',
      `DELETE /auth-token/${created.id}/`,
      'GET /auth-token/',
    ]);
  });

  it('accepts both base URLs, with or without trailing slashes, and one of them without an API key', async () => {
    assert.equal((await clientFor(self, `${emulator.apiUrl}/`).list()).length, 1);
    assert.equal((await clientFor(self, emulator.bearerOnlyUrl, { apiKey: false }).list()).length, 1);
    assert.equal((await clientFor(self, `${emulator.bearerOnlyUrl}//`).list()).length, 1);
    await assertFails(clientFor(self, emulator.apiUrl, { apiKey: false }).list(), 'unauthorized', self);
  });

  it("names itself, and adds active_iam to the query for a contact person's account", async () => {
    const server = await serve((request, response) => {
      response.end(
        JSON.stringify({
          data: [{ id: 1, name: `${request.headers.accept} ${request.headers['user-agent']} ${request.url}` }],
        }),
      );
    });
    const project = { projectId: 5, location: 'Chennai', activeIam: 77 };
    const other = new TirClient(
      project,
      { token: new Secret('some-token') },
      { apiUrl: server.url, timeoutSeconds: 15, userAgent: 'tir-tokens/1' },
    );
    assert.equal(
      (await other.list())[0]?.name,
      'application/json tir-tokens/1 /auth-token/?project_id=5&location=Chennai&active_iam=77',
    );
    await server.close();
  });

  it("finds a token's credentials only if the list includes them", async () => {
    emulator.listWithValues = false;
    assert.equal((await client.find(({ id }) => id === self.id))?.credentials, undefined);
    emulator.listWithValues = true;
    assert.equal((await client.find(({ id }) => id === self.id))?.credentials?.token.reveal(), self.value);
    assert.equal(await client.find(({ id }) => id === 1), undefined);
  });

  it('reports an API key that the gateway wants or refuses as unauthorized', async () => {
    const stranger = { ...self, apiKey: randomUUID() };
    for (const [call, apiKey] of [
      [clientFor(self, emulator.apiUrl, { apiKey: false }).list(), 'missing'],
      [clientFor(stranger, emulator.apiUrl).list(), 'refused'],
    ] as const) {
      await assert.rejects(call, (error: TirError) => {
        assert.deepEqual([error.code, error.details.apiKey, error.details.status], ['unauthorized', apiKey, 500]);
        return true;
      });
    }
  });

  it('quotes what a policy of the gateway says, even without a body', async () => {
    const server = await serve((_, response) => {
      response.writeHead(429, { 'x-policy-failure-message': 'Rate limit exceeded' }).end();
    });
    const other = clientFor(self, server.url);
    await assert.rejects(other.create('ci'), (error: TirError) => {
      assert.deepEqual([error.code, error.details.serverSays], ['rate-limited', 'Rate limit exceeded']);
      return true;
    });
    await server.close();
  });

  for (const [name, refusal, code] of [
    ['a status_code', { status_code: 403, detail: 'Not allowed', data: [] }, 'forbidden'],
    ['errors: true', { code: 200, errors: true, data: [], message: 'No' }, 'server-error'],
    ['a detail', { detail: 'Not allowed', data: [] }, 'server-error'],
  ] as const) {
    it(`takes ${name} at HTTP 200 for a failure of each call`, async () => {
      for (const [method, call] of [
        ['GET', () => client.list()],
        ['POST', () => client.create('ci')],
        ['DELETE', () => client.delete(self.id)],
      ] as const) {
        emulator.fail(method, { instead: refusal });
        await assert.rejects(call(), { code }, method);
      }
      assert.deepEqual(
        emulator.tokens.map(({ id }) => id),
        [self.id],
      );
    });
  }

  it('reports a name that TIR says is taken as conflict, whatever the status', async () => {
    for (const instead of [
      { code: 400, errors: 'Token name already exists', message: 'Bad Request' },
      { code: 400, errors: { token_name: ['must be unique'] }, message: 'Bad Request' },
      { errors: true, message: 'Token name already exists' },
      { code: 500, data: 'Token with this name already exists', message: 'Internal Server Error' },
      { code: 400, errors: { non_field_errors: ['The fields project, token_name must make a unique set.'] } },
      { code: 400, errors: {}, message: 'Token already exists' },
      { code: 400, errors: 'ci already exists', message: 'Bad Request' },
    ]) {
      emulator.fail('POST', { instead });
      await assert.rejects(client.create('ci'), { code: 'conflict' }, JSON.stringify(instead));
    }
    const limit = { code: 400, errors: 'You have already reached the limit of 10 names', message: 'Bad Request' };
    emulator.fail('POST', { instead: limit });
    await assert.rejects(client.create('ci'), { code: 'invalid-input' });
  });

  it("tells a proxy's refusal from TIR's, and doesn't try again", async () => {
    for (const fault of [{ status: 407 }, { status: 407, body: 'html' }] as const) {
      emulator.fail('GET', fault);
      const calls = emulator.calls.length;
      const { details } = await assertFails(client.list(), 'offline', self);
      assert.match(details.why ?? '', /^Your network's proxy/);
      assert.equal(emulator.calls.length, calls + 1);
    }
  });

  it('lists the accounts of contact persons, which needs no project', async () => {
    const owner = { name: 'Asha Rao', email: 'asha@example.com' };
    emulator.accounts = [{ id: 77, owner, role: 'Member', has_tir_access: true }];
    const elsewhere = clientFor({ ...self, projectId: 1 }, emulator.apiUrl);
    assert.deepEqual(await elsewhere.accounts(), [{ id: 77, owner: 'Asha Rao' }]);
  });

  for (const [status, code] of [
    [400, 'invalid-input'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [408, 'timeout'],
    [409, 'conflict'],
    [410, 'not-found'],
    [422, 'invalid-input'],
    [500, 'server-error'],
    [418, 'bad-response'],
  ] as const) {
    it(`reports HTTP ${status} as ${code} without a retry`, async () => {
      emulator.fail('GET', { status });
      const error = await assertFails(client.list(), code, self);
      assert.equal(error.details.status, status);
      assert.equal(error.details.serverSays, `status ${status}`);
      assert.equal(emulator.calls.length, 1);
    });
  }

  for (const fault of [
    { status: 429, retryAfter: '0' },
    { status: 502, body: 'html' },
    { status: 503 },
    { status: 504 },
    { reset: 'before' },
  ] as const) {
    it(`retries a list call after ${JSON.stringify(fault)}`, async () => {
      emulator.fail('GET', fault, 2);
      assert.equal((await client.list()).length, 1);
      assert.equal(emulator.calls.length, 3);
    });
  }

  it('gives up after three retries', async () => {
    emulator.fail('GET', { status: 503 }, 99);
    await assertFails(client.list(), 'server-error', self);
    assert.equal(emulator.calls.length, 4);
  });

  for (const status of [429, 503]) {
    it(`waits as long as Retry-After says after ${status}, and fails at once if that is too long`, async () => {
      const pauses: number[] = [];
      const waiting = clientFor(self, emulator.apiUrl, {
        wait: (milliseconds) => Promise.resolve(void pauses.push(milliseconds)),
      });
      for (const retryAfter of ['20', new Date(Date.now() + 25_000).toUTCString()]) {
        emulator.fail('GET', { status, retryAfter });
        await waiting.list();
        emulator.fail('DELETE', { status, retryAfter });
        await waiting.delete(emulator.seed('doomed').id);
      }
      assert.equal(pauses.length, 4);
      assert.ok(
        pauses.every((milliseconds) => milliseconds >= 20_000),
        pauses.join(),
      );
      emulator.fail('GET', { status, retryAfter: '3600' });
      const error = await assertFails(waiting.list(), status === 429 ? 'rate-limited' : 'server-error', self);
      assert.equal(error.details.retryAfterSeconds, 3600);
      assert.equal(pauses.length, 4);
    });
  }

  for (const fault of [
    { status: 503 },
    { status: 429, retryAfter: '0' },
    { reset: 'before' },
    { reset: 'after' },
    { body: 'cut' },
  ] as const) {
    it(`never retries a creation: ${JSON.stringify(fault)}`, async () => {
      emulator.fail('POST', fault);
      await assert.rejects(client.create('once'), TirError);
      assert.deepEqual(emulator.calls, ['POST /auth-token/']);
    });
  }

  it('says of a repeated deletion that an earlier attempt may have worked', async () => {
    const token = emulator.seed('doomed');
    emulator.fail('DELETE', { reset: 'after' });
    assert.equal((await assertFails(client.delete(token.id), 'not-found', self)).details.repeated, true);
    assert.equal((await assertFails(client.delete(token.id), 'not-found', self)).details.repeated, undefined);
  });

  it('reports not-found when it deletes a token that never existed', async () => {
    await assertFails(client.delete(1), 'not-found', self);
  });

  it("dates a new token by the server's clock if the answer has no date", async () => {
    const hour = 60 * 60 * 1000;
    emulator.clockAhead = 5 * hour;
    emulator.createWithout = ['created_at'];
    const { created } = (await client.create('ci')).token;
    assert.ok(typeof created === 'number' && Math.abs(created - Date.now() - 5 * hour) < hour, String(created));
  });

  it('stops when cancelled during the pause before a retry', async () => {
    const controller = new AbortController();
    emulator.fail('GET', { status: 503 });
    const wait: Wait = (milliseconds, signal) => {
      controller.abort();
      return pause(milliseconds, signal);
    };
    await assertFails(clientFor(self, emulator.apiUrl, { wait }).list(controller.signal), 'cancelled', self);
    assert.equal(emulator.calls.length, 1);
  });

  it('sends nothing if the signal is already aborted', async () => {
    await assertFails(client.list(AbortSignal.abort()), 'cancelled', self);
    assert.deepEqual(emulator.calls, []);
  });
});
