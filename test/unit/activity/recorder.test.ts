import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type * as vscode from 'vscode';

import { ActivityLog } from '../../../src/activity/log';
import { ActivityRecorder } from '../../../src/activity/recorder';
import type { Store } from '../../../src/secrets/store';

describe('ActivityRecorder', () => {
  it('deletes entries that are still being recorded when it clears the log', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tir-recorder-'));
    try {
      const activityLog = new ActivityLog({ fsPath: folder }, 'w1', Date.now);
      let answer: (value: undefined) => void;
      const label = new Promise<undefined>((resolve) => (answer = resolve));
      const store = { connection: () => label } as Partial<Store> as Store;
      const recorder = new ActivityRecorder(activityLog, store, {} as vscode.LogOutputChannel);

      const recorded = recorder.record('use', { connectionId: 'p-1-delhi' });
      const cleared = recorder.clear();
      // The entry is only written after this read, which is where the log would be cleared too early.
      await activityLog.read();
      answer!(undefined);
      await Promise.all([recorded, cleared]);

      assert.deepEqual(
        (await activityLog.read()).map(({ action }) => action),
        ['forget'],
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
