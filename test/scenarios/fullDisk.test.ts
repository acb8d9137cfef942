import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createToken } from '../../src/commands/createToken';
import { deleteToken } from '../../src/commands/deleteToken';
import { Keyring } from '../support/keyring';
import { credentialsOf, newWindow } from '../support/testWindow';
import { begin, type TestSetup } from './support';

/** Makes writes to `file` fail as on a full disk, or otherwise without `/dev/full`. Returns the error to expect. */
function fillUp(file: string): RegExp {
  if (existsSync('/dev/full')) {
    symlinkSync('/dev/full', file);
    return /ENOSPC/;
  }
  mkdirSync(file);
  return /EISDIR|EPERM|EACCES/;
}

describe('an activity log on a full disk', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => bench.end());

  it("doesn't block creating and deleting tokens, and logs each missing entry without a value", async () => {
    const { emulator, person } = bench;
    const folder = mkdtempSync(join(tmpdir(), 'tir-full-'));
    const reason = fillUp(join(folder, 'activity.jsonl'));
    const window = newWindow(emulator, new Keyring(), { folder });
    const warnings: string[] = [];
    const { services } = window;
    services.log.warn = (message: string) => void warnings.push(message);
    try {
      const connection = { id: 'p-4711-delhi', label: 'Test', projectId: 4711, location: 'Delhi' };
      const credentials = credentialsOf(emulator.seed('sign-in'));
      await services.store.saveConnection({ connection, credentials });
      const made = await createToken(services, { argument: { name: 'made' }, selection: [], interactive: true });
      person.clicks = 'Delete';
      const deletion = await deleteToken(services, { argument: { ids: [made.id] }, selection: [], interactive: true });
      assert.deepEqual(deletion, { deleted: [made.id], failed: [] });
      assert.deepEqual(
        emulator.tokens.map(({ name }) => name),
        ['sign-in'],
      );
      const actions = ['create', 'use', 'delete'];
      assert.equal(warnings.length, actions.length, warnings.join('\n'));
      for (const [index, action] of actions.entries()) {
        assert.match(warnings[index]!, new RegExp(`The activity "${action}" wasn't recorded.*${reason.source}`));
      }
      assert.ok(!emulator.made.some((token) => warnings.join().includes(token.value)));
      assert.deepEqual(readdirSync(folder), ['activity.jsonl'], 'no other file is left there');
      assert.deepEqual(
        person.read.filter(({ modal }) => !modal).map(({ message }) => message),
        ['The token "made" was created. New terminals have it.'],
        'the person reads nothing about the activity log',
      );
    } finally {
      window.end();
    }
  });
});
