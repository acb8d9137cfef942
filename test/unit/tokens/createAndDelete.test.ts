import assert from 'node:assert/strict';

import type { TirClient } from '../../../src/tir/client';
import { createOnTir, deleteIfThere, deleteOnTir, isRecent } from '../../../src/tokens/createAndDelete';
import { Emulator, type Fault, type PlatformToken } from '../../emulator/emulator';
import { holdCall } from '../../emulator/fault';
import { until } from '../../support/until';
import { clientFor, assertFails } from '../support';

describe('createAndDelete', () => {
  let emulator: Emulator;
  let self: PlatformToken;
  let client: TirClient;
  let doomed: PlatformToken;
  const isThere = () => emulator.tokens.includes(doomed);

  beforeEach(async () => {
    emulator = await Emulator.start();
    self = emulator.seed('self');
    doomed = emulator.seed('doomed');
    client = clientFor(self, emulator.apiUrl);
  });
  afterEach(() => emulator.stop());

  for (const fault of [{ body: 'html' }, { body: 'huge' }, { json: 'null' }, { reset: 'after' }] satisfies Fault[]) {
    it(`counts a deletion as done if the list confirms it: ${JSON.stringify(fault)}`, async () => {
      emulator.fail('DELETE', fault, 99);
      await deleteOnTir(doomed.id)(client);
      assert.ok(!isThere());
    });
  }

  it('takes the value of a creation from the list if the answer masks it', async () => {
    emulator.fail('POST', { data: (data) => ({ ...(data as object), auth_token: 'eyJhbGciOi**********' }) });
    const { id, credentials } = await createOnTir(client, 'masked', Date.now());
    const made = emulator.tokens.at(-1)!;
    assert.equal(id, made.id);
    assert.ok(credentials.token.reveal() === made.value);
  });

  it('fails a deletion if the token is still listed', async () => {
    emulator.fail('DELETE', { reset: 'before' }, 99);
    const { details } = await assertFails(deleteOnTir(doomed.id)(client), 'offline', self);
    assert.deepEqual([details.listed, details.gone, details.unknown], [true, undefined, undefined]);
  });

  it('leaves the outcome of a deletion unknown if the list fails too', async () => {
    emulator.fail('DELETE', { reset: 'after' }, 99);
    emulator.fail('GET', { status: 500 });
    assert.equal((await assertFails(deleteOnTir(doomed.id)(client), 'offline', self)).details.unknown, true);
  });

  it('reports that a token is gone only if the list confirms the 404', async () => {
    emulator.fail('DELETE', { status: 404, body: 'html' });
    const lie = await assertFails(deleteOnTir(doomed.id)(client), 'not-found', self);
    assert.deepEqual([lie.details.listed, lie.details.gone], [true, undefined]);
    assert.ok(isThere());
    emulator.revoke(doomed.id);
    const gone = await assertFails(deleteOnTir(doomed.id)(client), 'not-found', self);
    assert.deepEqual([gone.details.listed, gone.details.gone], [undefined, true]);
    await deleteIfThere(doomed.id)(client);
  });

  it("asks the list what became of a deletion if the gateway's 404 follows its own 503", async () => {
    for (const isDeleted of [false, true]) {
      emulator.fail('DELETE', isDeleted ? { reset: 'after' } : { status: 503 });
      emulator.fail('DELETE', { status: 404, body: 'html' });
      if (isDeleted) {
        await deleteOnTir(doomed.id)(client);
      } else {
        const { details } = await assertFails(deleteOnTir(doomed.id)(client), 'not-found', self);
        assert.deepEqual([details.listed, details.gone], [true, undefined]);
      }
      assert.equal(isThere(), !isDeleted);
    }
  });

  it('leaves the outcome of a creation unknown that TIR may still be working on after a timeout', async () => {
    const { fault, letGo } = holdCall();
    emulator.fail('POST', fault);
    const hasty = clientFor(self, emulator.apiUrl, { timeoutSeconds: 1 });
    const { details } = await assertFails(createOnTir(hasty, 'slow', Date.now()), 'timeout', self);
    assert.equal(details.unknown, true, 'a list without the token proves nothing');
    letGo();
    await until('the creation', () => emulator.tokens.some(({ name }) => name === 'slow'));
  });

  it('leaves the outcome of a deletion unknown that TIR may still be working on after a timeout', async () => {
    const { fault, letGo } = holdCall();
    emulator.fail('DELETE', fault);
    const hasty = clientFor(self, emulator.apiUrl, { timeoutSeconds: 1 });
    const { details } = await assertFails(deleteOnTir(doomed.id)(hasty), 'timeout', self);
    assert.deepEqual([details.unknown, details.listed], [true, undefined], 'a list with the token proves nothing');
    letGo();
    await until('the deletion', () => !isThere());
  });

  for (const hours of [-24, 24]) {
    it(`finds the token of a lost creation, even if the server's clock is ${hours} hours ahead`, async () => {
      emulator.clockAhead = hours * 60 * 60 * 1000;
      emulator.fail('POST', { reset: 'after' });
      emulator.listWithValues = false;
      const error = await assertFails(createOnTir(client, 'lost', Date.now()), 'value-lost', self);
      assert.equal(error.details.left?.id, emulator.tokens.at(-1)?.id);
      assert.equal(error.details.lostId, undefined, 'another machine may have created it');
    });
  }
});

it('isRecent accepts a token created less than 15 minutes before the call, or at an unknown time', () => {
  const askedAt = Date.UTC(2026, 10, 28);
  const earlier = askedAt - 15 * 60 * 1000;
  for (const [created, expected] of [
    [earlier + 1, true],
    [earlier, false],
    ['3 months ago', true],
    [undefined, true],
  ] as const) {
    assert.equal(isRecent({ id: 1, name: 'lost', created, expires: undefined }, askedAt), expected, String(created));
  }
});
