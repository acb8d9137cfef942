import assert from 'node:assert/strict';
import { globalAgent } from 'node:https';
import { mock } from 'node:test';

import { readApiUrl, type TirClient } from '../../../src/tir/client';
import { networkError } from '../../../src/tir/http';
import { Emulator, type PlatformToken } from '../../emulator/emulator';
import { newAuthority } from '../../support/certificates';
import { clientFor, assertFails, serve } from '../support';

describe('TirClient over HTTP', () => {
  let emulator: Emulator;
  let self: PlatformToken;
  let client: TirClient;

  beforeEach(async () => {
    emulator = await Emulator.start();
    self = emulator.seed('self');
    client = clientFor(self, emulator.apiUrl);
  });
  afterEach(() => emulator.stop());

  it('reports offline if no server listens', async () => {
    await emulator.stop();
    const error = await assertFails(client.list(), 'offline', self);
    assert.match(error.message, /ECONNREFUSED/);
  });

  for (const [body, code] of [
    ['html', 'bad-response'],
    ['cut', 'bad-response'],
    ['huge', 'bad-response'],
    ['torn', 'offline'],
  ] as const) {
    it(`rejects a faulty body: ${body}`, async () => {
      emulator.fail('GET', { body }, 99);
      const { details } = await assertFails(client.list(), code, self);
      assert.equal(details.notJson, body === 'html' || body === 'cut' ? true : undefined);
    });
  }

  it('sends nothing to a server with an untrusted certificate, and does not retry', async () => {
    const { server } = await newAuthority();
    const other = await Emulator.start(server);
    try {
      const wait = () => assert.fail('waited to ask again');
      const { details } = await assertFails(clientFor(self, other.apiUrl, { wait }).list(), 'offline', self);
      assert.deepEqual([details.certificate, details.sent], ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false]);
      assert.deepEqual(other.calls, []);
    } finally {
      await other.stop();
    }
  });

  it('refuses redirects from HTTPS to HTTP, to another host or port, and to invalid URLs', async () => {
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
        const error = await assertFails(secureClient.list(), 'bad-response', own);
        assert.match(error.message, /^refused a redirect of GET to /);
      }
      assert.deepEqual(plain.calls, []);
    } finally {
      globalAgent.options.ca = before;
      await secure.stop();
    }
  });

  it("measures a Retry-After date by the server's clock", async () => {
    emulator.clockAhead = -2 * 60 * 60 * 1000;
    const date = () => new Date(Date.now() + emulator.clockAhead + 3600_000).toUTCString();
    emulator.fail('GET', { status: 429, retryAfter: date() });
    const { details } = await assertFails(client.list(), 'rate-limited', self);
    assert.ok(Math.abs((details.retryAfterSeconds ?? 0) - 3600) <= 60, String(details.retryAfterSeconds));
    assert.ok(Math.abs(client.clockAhead - emulator.clockAhead) < 60_000);
  });

  it('follows a redirect of a GET within the origin, but none of a POST or to another origin', async () => {
    const other = await Emulator.start();
    try {
      const query = 'project_id=4711&location=Delhi';
      emulator.fail('GET', { redirect: `${emulator.bearerOnlyUrl}/auth-token/?${query}` });
      assert.equal((await client.list()).length, 1);
      emulator.fail('GET', { redirect: `${other.bearerOnlyUrl}/auth-token/?${query}` });
      await assertFails(client.list(), 'bad-response', self);
      emulator.fail('POST', { redirect: `${emulator.bearerOnlyUrl}/auth-token/?${query}` });
      await assertFails(client.create('never'), 'bad-response', self);
      assert.deepEqual(other.calls, []);
      assert.equal(emulator.tokens.length, 1);
    } finally {
      await other.stop();
    }
  });

  it('follows at most three redirects', async () => {
    emulator.fail('GET', { redirect: '' }, 3);
    assert.equal((await client.list()).length, 1);
    assert.equal(emulator.calls.length, 4);
    emulator.fail('GET', { redirect: '' }, 99);
    await assertFails(client.list(), 'bad-response', self);
    assert.equal(emulator.calls.length, 8);
  });

  it('reads an answer of 20 MiB, and rejects one that is a byte longer', async () => {
    let length = 20 * 1024 * 1024;
    // The longer answer never ends, so the client has to reject it before it's complete.
    const server = await serve(
      (_request, response) =>
        void response.write('{"data":[]}'.padEnd(length), () => {
          if (length === 20 * 1024 * 1024) {
            response.end();
          }
        }),
    );
    assert.deepEqual(await clientFor(self, server.url).list(), []);
    length++;
    const error = await assertFails(clientFor(self, server.url).list(), 'bad-response', self);
    assert.match(error.message, /larger than 20971520 bytes/);
    await server.close();
  }).timeout(20_000);

  for (const code of ['timeout', 'cancelled'] as const) {
    it(`closes the connection of a call that ends with ${code}`, async () => {
      const [timeout, cancellation] = [new AbortController(), new AbortController()];
      let ended!: () => void;
      const closed = new Promise<void>((resolve) => (ended = resolve));
      const server = await serve((_request, response) => {
        response.once('close', ended);
        // The answer has begun: timeout and cancellation also apply to its body.
        response.write('{', () => (code === 'timeout' ? timeout : cancellation).abort());
      });
      const replaced = mock.method(AbortSignal, 'timeout', () => timeout.signal);
      try {
        const call = clientFor(self, server.url, { timeoutSeconds: 7 }).list(cancellation.signal);
        await assertFails(call, code, self);
        await closed;
        assert.deepEqual(replaced.mock.calls[0]?.arguments, [7000]);
      } finally {
        replaced.mock.restore();
        await server.close();
      }
    }).timeout(10_000);
  }

  it("removes credentials from the server's message, and shortens it", async () => {
    const server = await serve((request, response) => {
      const errors = `${request.headers.authorization}\u001b[31m ${request.url}\n${'word '.repeat(100)}`;
      response.statusCode = 403;
      response.end(JSON.stringify({ code: 403, errors }));
    });
    const says = (await assertFails(clientFor(self, server.url).list(), 'forbidden', self)).details.serverSays ?? '';
    assert.match(says, /^Bearer \[secret\] \[31m .*apikey=\[secret\] (word )+w?o?r?d?…$/);
    assert.equal(says.length, 200);
    await server.close();
  });
});

describe('readApiUrl', () => {
  it('accepts HTTPS, and HTTP only on this machine', () => {
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

  it('drops query and fragment, and ends with one slash', () => {
    for (const url of [
      'https://api.example.com/x?a=1#b',
      'https://api.example.com/x/#b',
      'https://api.example.com/x//?',
    ]) {
      assert.equal(readApiUrl(url).href, 'https://api.example.com/x/', url);
    }
  });
});

describe('networkError', () => {
  const read = (code?: string) => {
    const { code: as, message, details } = networkError(Object.assign(new Error('https://host/?apikey=x'), { code }));
    assert.equal(as, 'offline');
    assert.equal(message, code ?? 'the connection failed');
    return details;
  };

  it('names the error code of a refused certificate', () => {
    // https://nodejs.org/api/tls.html#x509-certificate-error-codes
    for (const code of `
      CERT_CHAIN_TOO_LONG CERT_HAS_EXPIRED CERT_NOT_YET_VALID CERT_REJECTED CERT_REVOKED CERT_SIGNATURE_FAILURE
      CERT_UNTRUSTED CRL_HAS_EXPIRED CRL_NOT_YET_VALID CRL_SIGNATURE_FAILURE DEPTH_ZERO_SELF_SIGNED_CERT
      ERROR_IN_CERT_NOT_AFTER_FIELD ERROR_IN_CERT_NOT_BEFORE_FIELD ERROR_IN_CRL_LAST_UPDATE_FIELD
      ERROR_IN_CRL_NEXT_UPDATE_FIELD HOSTNAME_MISMATCH INVALID_CA INVALID_PURPOSE PATH_LENGTH_EXCEEDED
      SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY UNABLE_TO_DECRYPT_CERT_SIGNATURE
      UNABLE_TO_DECRYPT_CRL_SIGNATURE UNABLE_TO_GET_CRL UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY
      UNABLE_TO_VERIFY_LEAF_SIGNATURE ERR_TLS_CERT_ALTNAME_INVALID ERR_TLS_CERT_ALTNAME_FORMAT
    `.match(/\S+/g)!) {
      assert.deepEqual(read(code), { sent: false, certificate: code });
    }
  });

  it('reports that nothing was sent if the connection failed', () => {
    for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']) {
      assert.deepEqual(read(code), { sent: false }, code);
    }
  });

  it('does not say whether the call was sent if the connection broke', () => {
    for (const code of ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE', 'EPROTO', undefined]) {
      assert.deepEqual(read(code), {}, code);
    }
  });
});
