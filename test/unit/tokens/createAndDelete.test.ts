import assert from 'node:assert/strict';

import type { TirClient } from '../../../src/tir/client';
import { createOnTir, deleteIfThere, deleteOnTir, isRecent } from '../../../src/tokens/createAndDelete';
import { Emulator, type Fault, type PlatformToken } from '../../emulator/emulator';
import { clientFor, fails } from '../support';

describe('a deletion whose answer says little', () => {
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
    it(`is done where the list says so: ${JSON.stringify(fault)}`, async () => {
      emulator.fail('DELETE', fault, 99);
      await deleteOnTir(client, doomed.id);
      assert.ok(!isThere());
    });
  }

  it('is not where the list still has it', async () => {
    emulator.fail('DELETE', { reset: 'before' }, 99);
    const { details } = await fails(deleteOnTir(client, doomed.id), 'offline', self);
    assert.deepEqual([details.listed, details.gone, details.unknown], [true, undefined, undefined]);
  });

  it('is unknown where the list does not come either', async () => {
    emulator.fail('DELETE', { reset: 'after' }, 99);
    emulator.fail('GET', { status: 500 });
    assert.equal((await fails(deleteOnTir(client, doomed.id), 'offline', self)).details.unknown, true);
  });

  it('says that the token is gone where it is, and does not take the word of one answer for it', async () => {
    emulator.fail('DELETE', { status: 404, body: 'html' });
    const lie = await fails(deleteOnTir(client, doomed.id), 'not-found', self);
    assert.deepEqual([lie.details.listed, lie.details.gone], [true, undefined]);
    assert.ok(isThere());
    emulator.revoke(doomed.id);
    const gone = await fails(deleteOnTir(client, doomed.id), 'not-found', self);
    assert.deepEqual([gone.details.listed, gone.details.gone], [undefined, true]);
    await deleteIfThere(client, doomed.id);
  });

  for (const hours of [-24, 24]) {
    it(`and a creation whose answer is lost, by a clock that is ${hours} hours ahead, is found all the same`, async () => {
      emulator.clockAhead = hours * 60 * 60 * 1000;
      emulator.fail('POST', { reset: 'after' });
      const error = await fails(createOnTir(client, 'lost', Date.now()), 'value-lost', self);
      assert.equal(error.details.lostId, emulator.tokens.at(-1)?.id);
    });
  }
});

it('a token is taken for a lost creation up to 15 minutes before the call, or where its time is not known', () => {
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
