import assert from 'node:assert/strict';

import { readApiUrl, type TirClient } from '../../src/tir/client';
import { Emulator, type PlatformToken } from '../emulator/emulator';
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
