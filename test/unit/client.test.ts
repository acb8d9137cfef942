import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';

import { readApiUrl, TirClient } from '../../src/tir/client';
import { TirError, type ErrorCode } from '../../src/tir/errors';
import { retryAfterSeconds } from '../../src/tir/retry';
import { Secret } from '../../src/tir/secret';
import { Emulator, type PlatformToken } from '../emulator/emulator';

/** Fails with this code, and with nothing of the credentials anywhere in the error. */
async function fails(work: Promise<unknown>, code: ErrorCode, self: PlatformToken): Promise<TirError> {
  const error = await work.then(
    () => assert.fail(`expected ${code}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TirError, inspect(error));
  assert.equal(error.code, code, error.message);
  const printed = inspect(error, { depth: 9, showHidden: true }) + String(error.stack);
  assert.ok(!printed.includes(self.value) && !printed.includes(self.apiKey), 'the error holds a credential');
  return error;
}

describe('the TIR client', () => {
  let emulator: Emulator;
  let self: PlatformToken;
  let client: TirClient;

  const clientAt = (apiUrl: string, given: { apiKey?: boolean; timeoutSeconds?: number; token?: string } = {}) =>
    new TirClient(
      { projectId: 4711, location: 'Delhi' },
      {
        token: new Secret(given.token ?? self.value),
        ...((given.apiKey ?? true) && { apiKey: new Secret(self.apiKey) }),
      },
      { apiUrl, timeoutSeconds: given.timeoutSeconds ?? 15 },
    );

  beforeEach(async () => {
    emulator = await Emulator.start();
    self = emulator.seed('self');
    client = clientAt(emulator.apiUrl);
  });
  afterEach(() => emulator.stop());

  it('lists, creates and deletes', async () => {
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

  it('takes both forms of the base URL, with and without a slash at the end', async () => {
    assert.equal((await clientAt(`${emulator.apiUrl}/`).list()).length, 1);
    assert.equal((await clientAt(emulator.bearerOnlyUrl, { apiKey: false }).list()).length, 1);
    assert.equal((await clientAt(`${emulator.bearerOnlyUrl}//`).list()).length, 1);
    await fails(clientAt(emulator.apiUrl, { apiKey: false }).list(), 'unauthorized', self);
  });

  it("acts in a contact person's account", async () => {
    const server = createServer((request, response) => {
      response.end(JSON.stringify({ data: [{ id: 1, name: request.url }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const project = { projectId: 5, location: 'Chennai', activeIam: 77 };
      const other = new TirClient(project, { token: new Secret('some-token') }, { apiUrl, timeoutSeconds: 15 });
      assert.equal((await other.list())[0]?.name, '/auth-token/?project_id=5&location=Chennai&active_iam=77');
    } finally {
      server.close();
    }
  });

  it('finds the credentials of one token only where the list carries them', async () => {
    assert.equal((await client.find(self.id))?.credentials, undefined);
    emulator.listWithValues = true;
    assert.equal((await client.find(self.id))?.credentials?.token.reveal(), self.value);
    assert.equal(await client.find(1), undefined);
  });

  for (const [status, code] of [
    [400, 'invalid-input'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [409, 'conflict'],
    [422, 'invalid-input'],
    [500, 'server-error'],
    [418, 'bad-response'],
  ] as const) {
    it(`answers ${status} with ${code}, and does not ask again`, async () => {
      emulator.fail('GET', { status });
      const error = await fails(client.list(), code, self);
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
    it(`asks again, and lists, after ${JSON.stringify(fault)}`, async () => {
      emulator.fail('GET', fault, 2);
      assert.equal((await client.list()).length, 1);
      assert.equal(emulator.calls.length, 3);
    });
  }

  it('gives up after three more tries', async () => {
    emulator.fail('GET', { status: 503 }, 99);
    await fails(client.list(), 'server-error', self);
    assert.equal(emulator.calls.length, 4);
  });

  it('keeps the pause that Retry-After asks for, as seconds and as a date', async () => {
    // Lower bounds, which no slow machine can break: without the header, the first pause is half a second at most.
    for (const header of ['2', () => new Date(Date.now() + 3000).toUTCString()]) {
      const start = Date.now();
      emulator.fail('GET', { status: 429, retryAfter: typeof header === 'string' ? header : header() });
      await client.list();
      assert.ok(Date.now() - start >= 1500);
    }
    const now = Date.UTC(2026, 0, 1);
    assert.equal(retryAfterSeconds('120', now), 120);
    assert.equal(retryAfterSeconds('Thu, 01 Jan 2026 00:02:00 GMT', now), 120);
    assert.equal(retryAfterSeconds('Wed, 31 Dec 2025 00:00:00 GMT', now), 0);
    assert.equal(retryAfterSeconds('soon', now), undefined);
    assert.equal(retryAfterSeconds(null, now), undefined);
  });

  it('lets nobody wait for a pause that is too long', async () => {
    emulator.fail('GET', { status: 429, retryAfter: '3600' });
    const error = await fails(client.list(), 'rate-limited', self);
    assert.equal(error.details.retryAfterSeconds, 3600);
    assert.equal(emulator.calls.length, 1);
  });

  for (const fault of [
    { status: 503 },
    { status: 429, retryAfter: '0' },
    { reset: 'before' },
    { reset: 'after' },
    { body: 'cut' },
  ] as const) {
    it(`never sends a creation twice: ${JSON.stringify(fault)}`, async () => {
      emulator.fail('POST', fault);
      await assert.rejects(client.create('once'), TirError);
      assert.deepEqual(emulator.calls, ['POST /auth-token/']);
    });
  }

  it('counts a deletion as done whose answer was lost', async () => {
    const token = emulator.seed('doomed');
    emulator.fail('DELETE', { reset: 'after' });
    await client.delete(token.id);
    assert.equal(emulator.calls.length, 2);
    assert.equal(emulator.tokens.length, 1);
  });

  it('says that a token is not there that never was', async () => {
    await fails(client.delete(1), 'not-found', self);
  });

  it('ends the waiting at the timeout', async () => {
    emulator.fail('GET', { delay: 5000 });
    await fails(clientAt(emulator.apiUrl, { timeoutSeconds: 0.2 }).list(), 'timeout', self);
  });

  it('can be cancelled, in a call and between two', async () => {
    const controller = new AbortController();
    emulator.fail('GET', { delay: 5000 });
    const call = client.list(controller.signal);
    controller.abort();
    await fails(call, 'cancelled', self);
    emulator.heal();
    emulator.fail('GET', { status: 429, retryAfter: '20' });
    const between = new AbortController();
    const waiting = client.list(between.signal);
    setTimeout(() => {
      between.abort();
    }, 300);
    await fails(waiting, 'cancelled', self);
  });

  it('is offline where nobody listens', async () => {
    await emulator.stop();
    const error = await fails(client.list(), 'offline', self);
    assert.match(error.message, /ECONNREFUSED/);
  });

  for (const body of ['html', 'cut'] as const) {
    it(`refuses a body that is ${body}`, async () => {
      emulator.fail('GET', { body });
      await fails(client.list(), 'bad-response', self);
    });
  }

  it('follows a redirect within the origin, and takes no credential to another one', async () => {
    const other = await Emulator.start();
    try {
      const query = 'project_id=4711&location=Delhi';
      emulator.fail('GET', { redirect: `${emulator.bearerOnlyUrl}/auth-token/?${query}` });
      assert.equal((await client.list()).length, 1);
      emulator.fail('GET', { redirect: `${other.bearerOnlyUrl}/auth-token/?${query}` });
      await fails(client.list(), 'bad-response', self);
      emulator.fail('POST', { redirect: `${emulator.bearerOnlyUrl}/auth-token/?${query}` });
      await fails(client.create('never'), 'bad-response', self);
      assert.deepEqual(other.calls, []);
      assert.equal(emulator.tokens.length, 1);
    } finally {
      await other.stop();
    }
  });

  it('ends a circle of redirects', async () => {
    emulator.fail('GET', { redirect: '' }, 99);
    await fails(client.list(), 'bad-response', self);
  });

  it('refuses an answer that does not end', async () => {
    const server = createServer((_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const more = () => {
        while (!response.destroyed && response.write(chunk));
        response.once('drain', more);
      };
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await fails(clientAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).list(), 'bad-response', self);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('takes the credentials out of what the server says', async () => {
    const server = createServer((request, response) => {
      const errors = `${request.headers.authorization}\u001b[31m ${request.url}\n${'x'.repeat(500)}`;
      response.statusCode = 403;
      response.end(JSON.stringify({ code: 403, errors }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const says = (await fails(clientAt(apiUrl).list(), 'forbidden', self)).details.serverSays ?? '';
      assert.match(says, /^Bearer \[secret\] \[31m .*apikey=\[secret\] x+…$/);
      assert.equal(says.length, 200);
    } finally {
      server.close();
    }
  });
});

describe('the base URL', () => {
  it('is https, or http on this machine', () => {
    for (const url of ['https://api.example.com/x', 'http://localhost:1/x', 'http://127.0.0.1:1/x', 'http://[::1]:1']) {
      assert.ok(readApiUrl(url).pathname.endsWith('/'), url);
    }
    for (const url of [
      '',
      'nonsense',
      'ftp://localhost/',
      'http://api.example.com/',
      'http://localhost.example.com/',
      'http://127.0.0.1.example.com/',
      'https://user:word@api.example.com/',
      'file:///etc/passwd',
    ]) {
      assert.throws(() => readApiUrl(url), { code: 'invalid-input' }, url);
    }
  });
});
