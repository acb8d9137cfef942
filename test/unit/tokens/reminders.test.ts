import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { Secret } from '../../../src/base/secret';
import { remind } from '../../../src/commands/remind';
import { begin, type TestSetup } from '../../scenarios/support';
import { Keyring, Memory } from '../../support/keyring';
import { setting } from '../../support/person';
import { newWindow, type TestWindow } from '../../support/testWindow';

const connectionId = 'p-4711-delhi';
const day = 24 * 60 * 60 * 1000;

describe('rotation reminders', () => {
  let bench: TestSetup;
  let windows: TestWindow[];
  let now: number;
  const keyring = new Keyring();
  let state: Memory;
  let folder: string;

  const open = () => {
    const window = newWindow(bench.emulator, keyring, { now: () => now, state, folder });
    windows.push(window);
    return window.services;
  };
  /** Stores the value of a token. @param age in days; undefined if unknown */
  const keep = (name: string, id: number, age: number | undefined) =>
    open().store.saveToken(
      { connectionId, id },
      {
        name,
        created: age === undefined ? 'months ago' : now - age * day,
        expires: undefined,
        credentials: { token: new Secret(`value-of-${name}`) },
      },
    );
  const read = () => bench.person.read.map(({ message }) => message);

  beforeEach(async () => {
    bench = await begin();
    windows = [];
    keyring.kept.clear();
    state = new Memory();
    folder = mkdtempSync(join(tmpdir(), 'tir-reminders-'));
    now = new Date(2026, 5, 1, 9).getTime();
    await open().store.saveConnection({
      connection: { id: connectionId, label: 'Test', projectId: 4711, location: 'Delhi' },
      credentials: { token: new Secret('sign-in-value') },
    });
  });
  afterEach(async () => {
    windows.forEach((window) => window.end());
    rmSync(folder, { recursive: true, force: true });
    await bench.end();
  });

  it('name the oldest token that is due, and count the others', async () => {
    await keep('young', 1, 89);
    await keep('due', 2, 90);
    await keep('oldest', 3, 200);
    await keep('ageless', 4, undefined);
    await remind(open());
    assert.deepEqual(read(), [
      'It\'s time to rotate the token "oldest", which is 200 days old. Another token is due, too.',
    ]);
  });

  it('come once a day for all tokens and windows together', async () => {
    await keep('a', 1, 100);
    await keep('b', 2, 100);
    await Promise.all([remind(open()), remind(open()), remind(open())]);
    assert.equal(read().length, 1);
    now = new Date(2026, 5, 1, 23, 59).getTime();
    await remind(open());
    assert.equal(read().length, 1);
    now = new Date(2026, 5, 2, 0, 1).getTime();
    await remind(open());
    assert.equal(read().length, 2);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('reminded')),
      ['reminded-2026-06-02'],
    );
  });

  it('pause for a week or stop for a token, as the person chooses', async () => {
    await keep('a', 1, 100);
    bench.person.clicks = 'Snooze for a Week';
    await remind(open());
    now += 6 * day;
    await remind(open());
    assert.equal(read().length, 1);
    now += day;
    bench.person.clicks = 'Never for This Token';
    await remind(open());
    assert.equal(read().length, 2);
    now += 100 * day;
    await remind(open());
    assert.equal(read().length, 2);
    await keep('b', 2, 100);
    await remind(open());
    assert.match(read()[2] ?? '', /"b", which is 100 days old/);
  });

  it('still come on a day when an earlier check found nothing due', async () => {
    await remind(open());
    await keep('a', 1, 100);
    await remind(open());
    assert.equal(read().length, 1);
  });

  it('start the rotation of their token', async () => {
    await keep('a', 1, 100);
    bench.person.clicks = 'Rotate…';
    const called = new Promise<unknown>((resolve) => {
      const commands = vscode.commands as unknown as { executeCommand: unknown };
      const original = commands.executeCommand;
      commands.executeCommand = (command: string, argument: unknown) => {
        commands.executeCommand = original;
        resolve([command, argument]);
        return Promise.resolve();
      };
    });
    await remind(open());
    assert.deepEqual(await called, ['tir.rotateToken', { kind: 'button', connectionId, id: 1 }]);
  });

  it('come after the number of days in the setting, or never if it is 0', async () => {
    await keep('a', 1, 10);
    await setting('rotation.remindAfterDays', 0);
    await remind(open());
    assert.equal(read().length, 0);
    await setting('rotation.remindAfterDays', 10);
    await remind(open());
    assert.equal(read().length, 1);
  });
});
