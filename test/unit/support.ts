import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';

import { type ErrorCode, TirError } from '../../src/base/errors';
import { Secret } from '../../src/base/secret';
import { TirClient } from '../../src/tir/client';
import type { Wait } from '../../src/tir/retry';
import type { PlatformToken } from '../emulator/emulator';

/** Asserts that `work` rejects with a `TirError` of this code that quotes no credential. Resolves to the error. */
export async function assertFails(work: Promise<unknown>, code: ErrorCode, self: PlatformToken): Promise<TirError> {
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

/** Creates a client with the credentials of an emulator token. It retries without a pause unless `wait` is given. */
export function clientFor(
  self: PlatformToken,
  apiUrl: string,
  given: { apiKey?: boolean; timeoutSeconds?: number; wait?: Wait } = {},
): TirClient {
  const credentials = {
    token: new Secret(self.value),
    ...((given.apiKey ?? true) && { apiKey: new Secret(self.apiKey) }),
  };
  return new TirClient({ projectId: 4711, location: 'Delhi' }, credentials, {
    userAgent: 'tir-tokens/test',
    apiUrl,
    timeoutSeconds: given.timeoutSeconds ?? 15,
    wait: given.wait ?? (() => Promise.resolve()),
  });
}

/** Starts an HTTP server on a free port that answers through `listener`. */
export async function serve(listener: RequestListener): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
