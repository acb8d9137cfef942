import assert from 'node:assert/strict';

import { day } from '../../src/tir/times';
import { takeSnapshot } from '../../src/view/snapshot';
import type { Emulator, PlatformToken } from '../emulator/emulator';
import { begin, type TestSetup } from './support';

const connectionId = 'p-4711-delhi';

const nothing = 'nothing but words';

/** The shapes of answers, by what tells a token's times. */
const shapes: Readonly<Record<string, (emulator: Emulator) => void>> = {
  'JWTs, words and dates, as documented': () => undefined,
  'JWTs and words alone': (emulator) => (emulator.times = 'words'),
  'words and dates alone': (emulator) => (emulator.values = 'opaque'),
  'words and dates, without values': (emulator) => (emulator.listWithValues = false),
  'ISO 8601': (emulator) => Object.assign(emulator, { values: 'opaque', times: 'iso' }),
  [nothing]: (emulator) => Object.assign(emulator, { values: 'opaque', times: 'words' }),
};

/** One west and one east of Greenwich. */
const zones = ['America/Los_Angeles', 'Asia/Kolkata'];

for (const zone of zones) {
  for (const [shape, prepare] of Object.entries(shapes)) {
    describe(`the times of tokens, from ${shape}, in the zone ${zone},`, () => {
      let bench: TestSetup;
      let first: PlatformToken;
      const zoneBefore = process.env['TZ'];
      beforeEach(async () => {
        process.env['TZ'] = zone;
        bench = await begin();
        prepare(bench.emulator);
        first = bench.emulator.seed('b-first', { createdAt: Date.now() - 120 * day });
        bench.emulator.seed('c-expiring', { createdAt: Date.now() - 350 * day });
        bench.emulator.seed('d-expired', { createdAt: Date.now() - 368 * day });
        bench.emulator.seed('a-new', { createdAt: Date.now() - 2 * day });
        const { value: token, apiKey } = first;
        await bench.run('signIn', { token, apiKey, projectId: 4711, location: 'Delhi', activate: false });
        const { store, lists } = bench.window.services;
        if (!bench.emulator.listWithValues) {
          const listed = lists.current(connectionId).tokens.find(({ id }) => id === first.id)!;
          const { credentials } = await store.signedIn(connectionId);
          await store.saveToken({ connectionId, id: first.id }, { ...listed, credentials });
        }
      });
      afterEach(async () => {
        await bench.end();
        if (zoneBefore === undefined) {
          delete process.env['TZ'];
        } else {
          process.env['TZ'] = zoneBefore;
        }
      });

      const names = (sorting: 'age' | 'expiry') =>
        takeSnapshot(bench.window.services, { sorting, filter: '', warnBeforeDays: 30 }).then(({ roots }) =>
          roots.map((node) => (node.kind === 'token' ? node.token.name : '')),
        );

      it('sort the rows, and count those that expire in the badge', async () => {
        const byTime = ['d-expired', 'c-expiring', 'b-first', 'a-new'];
        const order = shape === nothing ? byTime.toReversed() : byTime;
        assert.deepEqual(await names('age'), order);
        assert.deepEqual(await names('expiry'), order);
        const { roots, expiringCount } = await takeSnapshot(bench.window.services, {
          ...{ sorting: 'age', filter: '', warnBeforeDays: 30 },
        });
        assert.equal(expiringCount, shape === nothing ? 0 : 2);
        const states = roots.map((node) => (node.kind === 'token' ? node.state : ''));
        const timed = shape === nothing ? ['valid', 'valid'] : ['expired', 'expiring'];
        assert.deepEqual(states, [...timed, 'valid', 'valid']);
      });

      it('remind of rotation, and not before', async () => {
        const { reminders } = bench.window.services;
        assert.deepEqual(
          (await reminders.due(90)).map(({ name }) => name),
          shape === nothing ? [] : ['b-first'],
        );
        assert.deepEqual(await reminders.due(125), []);
      });

      it('keep a new token from being called unused', async () => {
        await assert.rejects(bench.run('findUnusedTokens', { days: 400 }), { code: 'not-found' });
      });

      it('find a creation whose answer was lost', async () => {
        const { emulator } = bench;
        emulator.fail('POST', { reset: 'after' });
        const creation = bench.run<{ id: number; createdAt: string }>('createToken', { name: 'precious' });
        // A day may be that of another token with this name.
        if (emulator.listWithValues && (emulator.values === 'jwt' || emulator.times === 'iso')) {
          const { id, createdAt } = await creation;
          assert.equal(id, emulator.tokens.at(-1)?.id);
          assert.equal(Math.abs(Date.parse(createdAt) - Date.now()) < 1.5 * day, true);
        } else {
          await assert.rejects(creation, { code: 'value-lost' });
        }
      });

      it('let a rotation recover its own token for certain, or leave it to the person', async () => {
        const { emulator, window } = bench;
        const { store, tokens, now } = window.services;
        emulator.listWithValues = true;
        const begun = {
          ...{ connectionId, oldId: first.id, oldName: 'b-first', newName: 'b-first-2', startedAt: now() },
          ...{ at: 0, window: 'a closed window' },
        };
        await store.saveRotation(begun);
        const older = emulator.seed('b-first-2', { createdAt: now() - 5 * day });
        assert.equal((await (await tokens()).recoverRotations())[0]?.outcome, 'undone');
        emulator.revoke(older.id);
        await store.saveRotation(begun);
        const own = emulator.seed('b-first-2');
        const [recovery] = await (await tokens()).recoverRotations();
        // A day may be that of another token with this name.
        const isCertain = emulator.values === 'jwt' || emulator.times === 'iso';
        assert.equal((isCertain ? recovery?.token : recovery?.left)?.id, own.id);
        assert.equal(
          emulator.tokens.some(({ id }) => id === first.id),
          !isCertain,
        );
      });

      it('say when a token was created here', async () => {
        const before = Date.now();
        const { createdAt } = await bench.run<{ createdAt: string }>('createToken', { name: 'here' });
        const created = Date.parse(createdAt);
        assert.equal(created >= before - 1000 && created <= Date.now(), true);
        await bench.run('refresh');
        const { tokens } = bench.window.services.lists.current(connectionId);
        assert.equal(tokens.find(({ name }) => name === 'here')?.created, created);
      });
    });
  }
}

describe('tokens whose times nothing tells', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
    Object.assign(bench.emulator, { values: 'opaque', times: 'words' });
  });
  afterEach(() => bench.end());

  it('are not expired, due or unused, and keep the words', async () => {
    bench.emulator.seed('old', { createdAt: Date.now() - 120 * day });
    const { value: token, apiKey } = bench.emulator.seed('first', { createdAt: Date.now() - 40 * day });
    await bench.run('signIn', { token, apiKey, projectId: 4711, location: 'Delhi' });
    const { lists, reminders } = bench.window.services;
    assert.deepEqual(
      lists.current(connectionId).tokens.map(({ created, expires }) => [created, expires]),
      [
        ['4 Months ago', undefined],
        ['1 Months ago', undefined],
      ],
    );
    assert.deepEqual(await reminders.due(1), []);
    await assert.rejects(bench.run('findUnusedTokens', { days: 1 }), { code: 'not-found' });
  });

  it('are mended in the storage once a list tells them', async () => {
    const { value: token, apiKey } = bench.emulator.seed('first', { createdAt: Date.now() - 120 * day });
    await bench.run('signIn', { token, apiKey, projectId: 4711, location: 'Delhi' });
    const { store, reminders } = bench.window.services;
    assert.equal((await store.storedTokens(connectionId))[0]?.created, '4 Months ago');
    bench.emulator.times = 'documented';
    await bench.run('refresh');
    assert.match(String((await store.storedTokens(connectionId))[0]?.created), /^\d{4}-\d{2}-\d{2}$/);
    assert.equal((await reminders.due(90)).length, 1);
  });
});
