import assert from 'node:assert/strict';

import type { ActivityEntry } from '../../../src/activity/entries';
import type { ActivityRecorder } from '../../../src/activity/recorder';
import { type TokenUsage, Usage } from '../../../src/tokens/usage';
import { standIn } from '../../support/fakeServices';

const at = (time: string) => Date.parse(time);

/** Kind of use that each action counts as; undefined if it uses no token. */
const kinds: Record<ActivityEntry['action'], keyof TokenUsage | undefined> = {
  use: 'use',
  copy: 'copy',
  'copy-config': 'copy',
  'save-env': 'handOver',
  'github-secret': 'handOver',
  terminal: 'terminal',
  'agent-terminal': 'terminal',
  debug: 'debug',
  notebook: 'notebook',
  session: 'session',
  'sign-in': undefined,
  'sign-out': undefined,
  create: undefined,
  'add-value': undefined,
  'set-variables': undefined,
  stop: undefined,
  rotate: undefined,
  delete: undefined,
  refused: undefined,
  forget: undefined,
};

describe('Usage', () => {
  const activity = standIn<ActivityRecorder>('the activity recorder', { record: () => Promise.resolve() });
  const memory = new Map<string, unknown>();
  const state = {
    keys: () => [...memory.keys()],
    get: <T>(key: string, fallback?: T) => (memory.has(key) ? memory.get(key) : fallback) as T,
    update: (key: string, value: unknown) => Promise.resolve(void memory.set(key, value)),
  };
  const usage = new Usage(state, activity, () => at('2026-11-03T00:00:00Z'));
  const ref = { connectionId: 'p-1-delhi', id: 7 };
  const entry = (action: ActivityEntry['action'], time: string, more: Partial<ActivityEntry> = {}): ActivityEntry => {
    return { action, time, outcome: 'ok', connectionId: ref.connectionId, tokenId: ref.id, window: 'w', ...more };
  };
  beforeEach(() => memory.clear());

  it('learns the latest use of each kind from what other profiles recorded', async () => {
    await usage.note(ref, 'use');
    const entries = [
      entry('use', '2026-11-02T00:00:00Z'),
      entry('copy', '2026-11-01T00:00:00Z'),
      entry('copy-config', '2026-11-05T00:00:00Z'),
    ];
    assert.equal(await usage.learn(entries), true);
    assert.deepEqual(usage.of(ref), { use: at('2026-11-03T00:00:00Z'), copy: at('2026-11-05T00:00:00Z') });
    assert.equal(await usage.learn(entries), false, 'there is nothing new in it');
  });

  it('counts only actions that use a token', async () => {
    for (const [action, kind] of Object.entries(kinds)) {
      memory.clear();
      await usage.learn([entry(action as ActivityEntry['action'], '2026-11-02T00:00:00Z')]);
      const expected = kind === undefined ? {} : { [kind]: at('2026-11-02T00:00:00Z') };
      assert.deepEqual(usage.of(ref), expected, action);
    }
  });

  it('ignores entries that failed, are no use, or name no token', async () => {
    const entries = [
      entry('copy', '2026-11-02T00:00:00Z', { outcome: 'forbidden' }),
      entry('create', '2026-11-02T00:00:00Z'),
      { ...entry('use', '2026-11-02T00:00:00Z'), tokenId: undefined } as unknown as ActivityEntry,
    ];
    assert.equal(await usage.learn(entries), false);
    assert.deepEqual(usage.of(ref), {});
  });
});
