import assert from 'node:assert/strict';
import { globalAgent } from 'node:https';

import { readApiUrl, type TirClient } from '../../src/tir/client';
import { Emulator, type PlatformToken } from '../emulator/emulator';
import { newAuthority } from '../support/certificates';
import { clientFor, fails, serve } from './support';

describe('answers that nobody should give', () => {
  let emulator: Emulator;
  let self: PlatformToken;
  let client: TirClient;

  beforeEach(async () => {
    emulator = await Emulator.start();
    self = emulator.seed('self');
    client = clientFor(self, emulator.apiUrl);
  });
  afterEach(() => emulator.stop());

  it('is offline where nobody listens', async () => {
    await emulator.stop();
    const error = await fails(client.list(), 'offline', self);
    assert.match(error.message, /ECONNREFUSED/);
  });

  for (const [body, code] of [
    ['html', 'bad-response'],
    ['cut', 'bad-response'],
    ['huge', 'bad-response'],
    ['torn', 'offline'],
  ] as const) {
    it(`refuses a body that is ${body}`, async () => {
      emulator.fail('GET', { body }, 99);
      await fails(client.list(), code, self);
    });
  }

  it('sends nothing to a server whose certificate is not trusted, and does not ask it again', async () => {
    const { server } = await newAuthority();
    const other = await Emulator.start(server);
    try {
      const { details } = await fails(clientFor(self, other.apiUrl).list(), 'offline', self);
      assert.deepEqual([details.certificate, details.sent], ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false]);
      assert.deepEqual(other.calls, []);
    } finally {
      await other.stop();
    }
  });

  it('takes no credential from https: to http:, nor to another port or host', async () => {
    const { certificate, server } = await newAuthority();
    const [secure, plain] = [await Emulator.start(server), emulator];
    const before = globalAgent.options.ca;
    globalAgent.options.ca = certificate;
    try {
      const own = secure.seed('own');
      const secureClient = clientFor(own, secure.apiUrl);
      assert.equal((await secureClient.list()).length, 1);
      const { port } = new URL(secure.origin);
      for (const aim of [plain.origin, `http://127.0.0.1:${port}`, `https://localhost:${port}`, '//[', 'ftp://x/']) {
        secure.fail('GET', { redirect: `${aim}/tir/v1/auth-token/?project_id=4711&location=Delhi` });
        const error = await fails(secureClient.list(), 'bad-response', own);
        assert.match(error.message, /^refused a redirect of GET to /);
      }
      assert.deepEqual(plain.calls, []);
    } finally {
      globalAgent.options.ca = before;
      await secure.stop();
    }
  });

  it('reads the time that Retry-After names by the clock of the server', async () => {
    emulator.clockAhead = -2 * 60 * 60 * 1000;
    const date = () => new Date(Date.now() + emulator.clockAhead + 3600_000).toUTCString();
    emulator.fail('GET', { status: 429, retryAfter: date() });
    const { details } = await fails(client.list(), 'rate-limited', self);
    assert.ok(Math.abs((details.retryAfterSeconds ?? 0) - 3600) <= 60, String(details.retryAfterSeconds));
    assert.ok(Math.abs(client.clockAhead - emulator.clockAhead) < 60_000);
  });

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
    const server = await serve((_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const more = () => {
        while (!response.destroyed && response.write(chunk));
        response.once('drain', more);
      };
      more();
    });
    await fails(clientFor(self, server.url).list(), 'bad-response', self);
    await server.close();
  });

  it('takes the credentials out of what the server says', async () => {
    const server = await serve((request, response) => {
      const errors = `${request.headers.authorization}\u001b[31m ${request.url}\n${'x'.repeat(500)}`;
      response.statusCode = 403;
      response.end(JSON.stringify({ code: 403, errors }));
    });
    const says = (await fails(clientFor(self, server.url).list(), 'forbidden', self)).details.serverSays ?? '';
    assert.match(says, /^Bearer \[secret\] \[31m .*apikey=\[secret\] x+…$/);
    assert.equal(says.length, 200);
    await server.close();
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
