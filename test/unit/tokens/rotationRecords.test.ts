import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';

import type { NamedToken, Rotation } from '../../../src/secrets/records';
import type { Store } from '../../../src/secrets/store';
import { RotationRecords } from '../../../src/tokens/rotationRecords';
import { standIn } from '../../support/fakeServices';

const minute = 60 * 1000;
const old: NamedToken = { connectionId: 'p-7-delhi', id: 1, name: 'ci' };
const conflict = { code: 'conflict', details: { what: '', why: 'The token "ci" is being rotated already.' } };

describe('RotationRecords', () => {
  let now: number;
  let kept: Rotation[];
  let records: RotationRecords;
  beforeEach(() => {
    now = 1_000 * minute;
    kept = [];
    const store = standIn<Store>('the store', {
      rotations: () => Promise.resolve(kept),
      rotation: ({ id }) => Promise.resolve(kept.find(({ oldId }) => oldId === id)),
      saveRotation: (rotation) => Promise.resolve(void (kept = [rotation])),
    });
    records = new RotationRecords(store, () => now);
  });

  const begun = (given: Partial<Rotation>): Rotation => ({
    ...{ connectionId: old.connectionId, oldId: old.id, oldName: 'dev', newName: 'dev-2', startedAt: now },
    ...{ at: now, host: hostname(), pid: process.pid },
    ...given,
  });
  const another = () => begun({ pid: process.ppid });

  it('stores when and where a rotation was worked on', async () => {
    const { at: _, host: _host, pid: _pid, ...rotation } = begun({});
    now += minute;
    const noted = await records.save(rotation);
    assert.deepEqual(noted, { ...rotation, at: now, host: hostname(), pid: process.pid });
    assert.deepEqual(kept, [noted]);
  });

  it('counts a rotation as abandoned if its process has ended or nothing happened for 15 minutes', async () => {
    const ended = spawnSync(process.execPath, ['--version']).pid;
    for (const [what, rotation, isAbandoned] of [
      ['this window, earlier', begun({}), true],
      ['a window that has ended', begun({ pid: ended }), true],
      ['another window', another(), false],
      ['another machine', begun({ host: 'another-machine', pid: ended }), false],
      ['another window, 15 minutes ago', { ...another(), at: now - 15 * minute }, false],
      ['another window, longer ago', { ...another(), at: now - 15 * minute - 1 }, true],
      ['another machine, longer ago', begun({ host: 'another-machine', at: now - 15 * minute - 1 }), true],
    ] as const) {
      kept = [rotation];
      assert.deepEqual(await records.abandoned(), isAbandoned ? [rotation] : [], what);
    }
  });

  it('lets one call at a time work on a token, and the next one once that ends or fails', async () => {
    let end = (): void => undefined;
    const first = records.exclusively(old, () => new Promise<void>((resolve) => (end = resolve)));
    await assert.rejects(
      records.exclusively(old, () => Promise.resolve()),
      conflict,
    );
    const other = { ...old, id: 2 };
    assert.equal(await records.exclusively(other, () => Promise.resolve('other')), 'other');
    end();
    await first;
    await assert.rejects(
      records.exclusively(old, () => Promise.reject(new Error('failed'))),
      /failed/,
    );
    assert.equal(await records.exclusively(old, () => Promise.resolve('next')), 'next');
  });

  it('passes an unfinished rotation to the call, unless another window is working on it', async () => {
    kept = [another()];
    let calls = 0;
    const work = (found: Rotation | undefined) => {
      calls++;
      return Promise.resolve(found);
    };
    await assert.rejects(records.exclusively(old, work), conflict);
    assert.equal(calls, 0);
    kept = [begun({})];
    assert.equal(await records.exclusively(old, work), kept[0]);
    assert.equal(await records.exclusively({ ...old, id: 2 }, work), undefined);
  });
});
