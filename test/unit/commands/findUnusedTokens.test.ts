import assert from 'node:assert/strict';

import type { PlatformToken } from '../../emulator/emulator';
import { begin, type TestSetup } from '../../scenarios/support';
import { Keyring } from '../../support/keyring';
import { newWindow, type TestWindow } from '../../support/testWindow';

const connectionId = 'p-4711-delhi';
const day = 24 * 60 * 60 * 1000;

describe('findUnusedTokens', () => {
  let bench: TestSetup;
  let window: TestWindow | undefined;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    window?.end();
    window = undefined;
    await bench.end();
  });

  it('finds none if every token is new or used', async () => {
    await bench.signIn();
    await assert.rejects(bench.run('findUnusedTokens', { days: 90 }), {
      code: 'not-found',
      message: /in the last 90 days/,
    });
  });

  it('leaves out tokens that were used in terminals, copied, or opened in a terminal', async () => {
    const { emulator, person } = bench;
    await bench.signIn();
    const createdAt = Date.now() - 100 * day;
    const [used, copied, opened] = ['used', 'copied', 'opened'].map((name) => emulator.seed(name, { createdAt })) as [
      PlatformToken,
      PlatformToken,
      PlatformToken,
    ];
    for (const { id, value } of [used, copied, opened]) {
      await bench.run('addTokenValue', { id, token: value });
    }
    await bench.run('useToken', { id: used.id });
    await bench.run('copyToken', { id: copied.id });
    await bench.run('openTerminal', { id: opened.id });
    await bench.run('stopUsingToken');
    await assert.rejects(bench.run('findUnusedTokens', { days: 90 }), { code: 'not-found' });
    assert.deepEqual(person.read, []);
  });

  it('reads when each kind of use last happened, until the token is forgotten', async () => {
    window = newWindow(bench.emulator, new Keyring());
    const { usage } = window.services;
    const ref = { connectionId, id: 1 };
    assert.equal(usage.last(ref), undefined);
    await usage.note(ref, 'use');
    await usage.note(ref, 'terminal');
    await usage.note({ connectionId, id: 2 }, 'copy');
    assert.deepEqual(Object.keys(usage.of(ref)), ['use', 'terminal']);
    assert.ok(usage.last({ connectionId, id: 2 }) !== undefined);
    await usage.forget((name) => name === `${connectionId}/1`);
    assert.deepEqual(usage.of(ref), {});
    assert.ok(usage.last({ connectionId, id: 2 }) !== undefined);
  });
});
