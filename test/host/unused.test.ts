import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { findUnusedTokens } from '../../src/commands/findUnusedTokens';
import type { PlatformToken } from '../emulator/emulator';
import { until } from '../support/until';
import { credentialsOf, Memory, newWindow, type TestWindow } from './parts';
import { begin, Keyring, run, signIn, type Bench } from './support';

const connectionId = 'p-4711-delhi';
const day = 24 * 60 * 60 * 1000;

describe('tokens that are not used here', () => {
  let bench: Bench;
  let window: TestWindow | undefined;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    window?.end();
    window = undefined;
    await bench.end();
  });

  /** Presses Enter in the quick pick, once it is there. */
  const accept = async <T>(asking: Promise<T>): Promise<T> => {
    let done = false;
    const ended = asking.finally(() => (done = true));
    await until('the question to be answered', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return done || bench.person.read.length > 0;
    });
    return ended;
  };

  it('are found by what this machine knows, and deleted once that is confirmed', async () => {
    const { emulator, person } = bench;
    const now = Date.now();
    const state = new Memory();
    window = newWindow(emulator, new Keyring(), { now: () => now, state });
    const { parts } = window;
    const seeded = (name: string, age: number) => emulator.seed(name, { createdAt: now - age * day });
    const self = seeded('sign-in', 300);
    const [never, longAgo, lately, young, inUse] = [
      seeded('never', 100),
      seeded('long-ago', 200),
      seeded('lately', 200),
      seeded('young', 89),
      seeded('in-use', 300),
    ] as const;
    const credentials = credentialsOf(self);
    const project = { id: connectionId, label: 'Test', projectId: 4711, location: 'Delhi' };
    await parts.store.saveConnection({ connection: { ...project, signInTokenId: self.id }, credentials });
    await state.update('usage', {
      [`${connectionId}/${longAgo.id}`]: { use: now - 150 * day, terminal: now - 91 * day },
      [`${connectionId}/${lately.id}`]: { use: now - 150 * day, copy: now - 89 * day },
    });
    await parts.store.use({ connectionId, id: inUse.id, name: 'in-use' });
    person.clicks = 'Delete';
    const { deleted } = (await accept(
      findUnusedTokens(parts, { argument: { days: 90 }, selection: [], byHand: true }),
    )) as { deleted: number[] };
    assert.deepEqual(deleted, [never.id, longAgo.id]);
    assert.match(person.read[0]?.detail ?? '', /• never\n• long-ago/);
    assert.deepEqual(
      emulator.tokens.map(({ name }) => name),
      [self, lately, young, inUse].map(({ name }) => name),
    );
  });

  it('are none where everything is new or used', async () => {
    await signIn(bench.emulator);
    await assert.rejects(run('findUnusedTokens', { days: 90 }), {
      code: 'not-found',
      message: /within the last 90 days/,
    });
  });

  it('are not those that were put to use, copied, or put into a terminal', async () => {
    const { emulator, person } = bench;
    await signIn(emulator);
    const createdAt = Date.now() - 100 * day;
    const [used, copied, opened] = ['used', 'copied', 'opened'].map((name) => emulator.seed(name, { createdAt })) as [
      PlatformToken,
      PlatformToken,
      PlatformToken,
    ];
    for (const { id, value } of [used, copied, opened]) {
      await run('addTokenValue', { id, token: value });
    }
    await run('useToken', { id: used.id });
    await run('copyToken', { id: copied.id });
    await run('openTerminal', { id: opened.id });
    await run('stopUsingToken');
    await assert.rejects(run('findUnusedTokens', { days: 90 }), { code: 'not-found' });
    assert.deepEqual(person.read, []);
  });

  it('are known by the time of each kind of use', async () => {
    window = newWindow(bench.emulator, new Keyring());
    const { usage } = window.parts;
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
