import assert from 'node:assert/strict';

import { Secret } from '../../../src/base/secret';
import type { NamedToken, Rotation, SignedIn } from '../../../src/secrets/records';
import type { SignsOfLife } from '../../../src/platform/signsOfLife';
import type { Store } from '../../../src/secrets/store';
import type { Wait } from '../../../src/tir/retry';
import { RotationRecords } from '../../../src/tokens/rotationRecords';
import { standIn } from '../../support/fakeServices';
import { until } from '../../support/until';

const old: NamedToken = { connectionId: 'p-7-delhi', id: 1, name: 'ci' };
const connection = { id: old.connectionId, label: 'Test', projectId: 7, location: 'Delhi' };
const conflict = {
  code: 'conflict',
  details: { what: '', why: 'The token "ci" is already being rotated. Try again later.' },
};

describe('RotationRecords', () => {
  let now: number;
  let kept: Rotation[];
  let wait: Wait;
  let records: RotationRecords;
  let signs: Map<string, string>;
  let signedIn: SignedIn | undefined;
  /** Happens before each answer of the store. */
  let reach: () => Promise<void>;
  const newWindow = () => {
    const store = standIn<Store>('the store', {
      rotations: () => Promise.resolve(kept),
      rotation: ({ id }) => reach().then(() => kept.find(({ oldId }) => oldId === id)),
      saveRotation: (rotation) => reach().then(() => void (kept = [rotation])),
      endRotation: () => Promise.resolve(void (kept = [])),
      connection: () => Promise.resolve(signedIn),
    });
    return new RotationRecords(
      store,
      () => now++,
      (milliseconds, signal) => wait(milliseconds, signal),
      standIn<SignsOfLife>('the signs of life', {
        give: (name, text = crypto.randomUUID()) => Promise.resolve(void signs.set(name, text)),
        last: (window) => Promise.resolve(signs.get(window)),
        end: (window) => Promise.resolve(void signs.delete(window)),
      }),
    );
  };
  beforeEach(() => {
    now = 1_000_000;
    kept = [];
    signs = new Map();
    reach = () => Promise.resolve();
    signedIn = { connection, credentials: { token: new Secret(crypto.randomUUID()) } };
    wait = () => Promise.resolve();
    records = newWindow();
  });

  const begun = (given: Partial<Rotation> = {}): Rotation => ({
    ...{ connectionId: old.connectionId, oldId: old.id, oldName: 'dev', newName: 'dev-2', startedAt: now },
    ...{ at: now, window: 'another window' },
    ...given,
  });
  const nothing = () => Promise.resolve(undefined);

  it('stores when and in which window a rotation was worked on', async () => {
    const { at: _, window: _window, ...rotation } = begun();
    const noted = await records.save(rotation);
    assert.deepEqual(noted, { ...rotation, at: 1_000_000, window: noted.window });
    assert.match(noted.window, /^[0-9a-f-]{36}$/);
    assert.deepEqual(kept, [noted]);
    assert.notEqual((await newWindow().save(rotation)).window, noted.window);
  });

  it('counts a rotation as abandoned if its window gives no sign of life, whatever the clocks say', async () => {
    for (const [what, at, meanwhile, isAbandoned] of [
      ['no sign', now, () => undefined, true],
      ['no sign, and a clock that is ahead', now + 1e9, () => undefined, true],
      ['a sign', now, () => (kept = [begun({ at: now + 1 })]), false],
      ['a sign, and a clock that is behind', now - 1e9, () => (kept = [begun({ at: now - 1e9 + 1 })]), false],
      ['the end', now, () => (kept = []), false],
      [
        'a sign that only a file shows, as in a browser',
        now,
        () => signs.set(`${old.connectionId}-${old.id}`, 'another window 2'),
        false,
      ],
    ] as const) {
      const rotation = begun({ at });
      kept = [rotation];
      wait = () => Promise.resolve(void meanwhile());
      assert.deepEqual(await records.abandoned(), isAbandoned ? [rotation] : [], what);
    }
  });

  it('counts its own rotation as abandoned at once, unless it is working on it', async () => {
    wait = () => Promise.reject(new Error('waited'));
    await records.exclusively(old, undefined, async () => {
      await records.save(begun());
      assert.deepEqual(await records.abandoned(), []);
    });
    assert.equal((await records.abandoned()).length, 1);
    assert.deepEqual(await records.exclusively(old, undefined, (found) => Promise.resolve(found)), kept[0]);
  });

  it('gives signs of life while it works, and none after the end', async () => {
    await records.exclusively(old, undefined, async () => {
      const { at } = await records.save(begun());
      await until('a sign of life', () => kept[0]?.at !== at);
      await records.end(begun());
    });
    assert.deepEqual(kept, []);
  });

  it('lets one call at a time work on a token, and the next one once that ends or fails', async () => {
    let end = (): void => undefined;
    const first = records.exclusively(old, undefined, () => new Promise<void>((resolve) => (end = resolve)));
    await assert.rejects(
      records.exclusively(old, undefined, () => Promise.resolve()),
      conflict,
    );
    const other = { ...old, id: 2 };
    assert.equal(await records.exclusively(other, undefined, () => Promise.resolve('other')), 'other');
    end();
    await first;
    await assert.rejects(
      records.exclusively(old, undefined, () => Promise.reject(new Error('failed'))),
      /failed/,
    );
    assert.equal(await records.exclusively(old, undefined, () => Promise.resolve('next')), 'next');
  });

  it('passes an unfinished rotation to the call, unless another window is working on it', async () => {
    kept = [begun()];
    let calls = 0;
    const work = (found: Rotation | undefined) => {
      calls++;
      return Promise.resolve(found);
    };
    wait = () => Promise.resolve(void (kept = [begun({ at: now + 1 })]));
    await assert.rejects(records.exclusively(old, undefined, work), conflict);
    assert.equal(calls, 0);
    wait = () => Promise.resolve();
    assert.equal(await records.exclusively(old, undefined, work), kept[0]);
    assert.equal(await records.exclusively({ ...old, id: 2 }, undefined, work), undefined);
    kept = [begun()];
    const waits: number[] = [];
    wait = (milliseconds) => Promise.resolve(void waits.push(milliseconds));
    assert.equal(await records.exclusively(old, kept[0], work), kept[0], 'it was found to be abandoned');
    assert.deepEqual(waits, [1000], 'for another window that takes it over at the same time');
    kept = [begun()];
    await records.exclusively(old, begun({ at: 1 }), nothing);
    assert.deepEqual(waits.slice(1), [5000, 1000]);
  });

  it('lets one window go on if two take over a rotation at once', async () => {
    const waiting: (() => void)[] = [];
    wait = () => new Promise((resolve) => waiting.push(resolve));
    kept = [begun()];
    const outcomes = [records, newWindow()].map((window) =>
      window.exclusively(old, begun(), (found) => Promise.resolve(found?.newName)).catch(() => 'left alone'),
    );
    await until('both to wait', () => waiting.length === 2);
    waiting.forEach((go) => go());
    assert.deepEqual((await Promise.all(outcomes)).sort(), ['dev-2', 'left alone']);
  });

  it("leaves a rotation to the window that claims it in a file, whose record it doesn't see in a browser", async () => {
    kept = [begun()];
    wait = () => Promise.resolve(void signs.set(`${old.connectionId}-${old.id}`, 'another window'));
    await assert.rejects(records.exclusively(old, begun(), nothing), { code: 'conflict' });
  });

  it('stops at the next step once another window has taken its rotation over or ended it', async () => {
    for (const [what, meanwhile] of [
      ['taken over', [begun()]],
      ['ended', []],
    ] as const) {
      kept = [];
      await records.exclusively(old, undefined, async () => {
        const { at: _, window: _window, ...rotation } = await records.save(begun());
        await records.requireOwn(rotation);
        kept = [...meanwhile];
        await assert.rejects(records.requireOwn(rotation), { code: 'conflict' }, what);
        await assert.rejects(records.save({ ...rotation, newId: 2 }), { code: 'conflict' }, what);
        assert.deepEqual(kept, meanwhile, what);
        signedIn = undefined;
        await (meanwhile.length > 0
          ? assert.rejects(records.requireOwn(rotation), { code: 'conflict' })
          : records.requireOwn(rotation));
      });
      signedIn = { connection, credentials: { token: new Secret(crypto.randomUUID()) } };
    }
  });

  it('shows a sign of life in a file even while the storage gives no answer, as in a tab that is frozen', async () => {
    let answer: () => void = () => undefined;
    await records.exclusively(old, undefined, async () => {
      await records.save(begun());
      const seen = [...signs.values()];
      const answered = new Promise<void>((resolve) => (answer = resolve));
      reach = () => answered;
      await until('a sign of life', () => [...signs.values()].join() !== seen.join());
      answer();
    });
    assert.equal(signs.size, 0);
  });
});
