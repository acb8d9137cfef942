import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import * as vscode from 'vscode';

import { TirAuthentication } from '../../../src/authentication/provider';
import { addTokenValue } from '../../../src/commands/addTokenValue';
import { createToken } from '../../../src/commands/createToken';
import { rotateToken } from '../../../src/commands/rotateToken';
import { signIn } from '../../../src/commands/signIn';
import { signOut } from '../../../src/commands/signOut';
import { stopUsingToken, useToken } from '../../../src/commands/useToken';
import type { CommandCall, Services } from '../../../src/services';
import { begin, type TestSetup } from '../../scenarios/support';
import { Keyring } from '../../support/keyring';
import { setting } from '../../support/person';
import { credentialsOf, newWindow, type TestWindow } from '../../support/testWindow';
import { until } from '../../support/until';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const id = 'p-4711-delhi';
const account = { id, label: 'Project 4711 (Delhi)' };
const scopes = ['project:4711'];
const day = 24 * 60 * 60 * 1000;
const call = (argument: object): CommandCall => ({ argument, selection: [], interactive: false });

describe('TirAuthentication', () => {
  let bench: TestSetup;
  let keyring: Keyring;
  let window: TestWindow;
  let other: TestWindow;
  let provider: TirAuthentication;
  let events: string[];
  let listener: vscode.Disposable;
  const made = (name: string) => bench.emulator.made.find((token) => token.name === name)!;
  beforeEach(async () => {
    bench = await begin();
    keyring = new Keyring();
    window = newWindow(bench.emulator, keyring);
    other = newWindow(bench.emulator, keyring);
    provider = new TirAuthentication(window.services);
    await provider.update();
    events = [];
    listener = provider.onDidChangeSessions((change) => {
      for (const kind of ['added', 'removed', 'changed'] as const) {
        for (const session of change[kind] ?? []) {
          events.push(`${kind} ${session.id}`);
          assert.equal(session.accessToken, '', 'an event has no value');
        }
      }
    });
  });
  afterEach(async () => {
    await bench.end();
    listener.dispose();
    provider.dispose();
    window.end();
    other.end();
  });

  /** Resolves to hashes of the tokens that an extension would get. */
  const hashes = async (asked: readonly string[] = scopes) =>
    (await provider.getSessions(asked, {})).map(({ accessToken }) => sha256(accessToken));
  /** Waits until the events since the last call are these. */
  const expectEvents = async (...expected: string[]) => {
    await until(`the events ${expected.join()}, not ${events.join()}`, () => events.join() === expected.join());
    events.length = 0;
  };
  const signInTo = (services: Services, projectId = 4711, more: object = {}) => {
    const token = bench.emulator.seed(`sign-in-${projectId}`, { projectId });
    const argument = { token: token.value, apiKey: token.apiKey, projectId, location: 'Delhi', ...more };
    return signIn(services, call(argument)).then(() => token);
  };

  it('gives a session the token in use, keeps it through a rotation, and ends it at sign-out', async () => {
    const { services } = window;
    const first = await signInTo(services);
    await expectEvents(`added ${id}`);
    const [session] = await provider.getSessions(scopes, {});
    assert.deepEqual(
      { ...session, accessToken: sha256(session?.accessToken ?? '') },
      {
        ...{ id, accessToken: sha256(first.value), account, scopes },
      },
    );
    await createToken(services, call({ name: 'dev-laptop', activate: true }));
    const laptop = made('dev-laptop');
    await expectEvents(`changed ${id}`);
    assert.deepEqual(await hashes(), [sha256(laptop.value)]);
    await rotateToken(services, call({ id: laptop.id }));
    const newToken = made('dev-laptop-2');
    assert.deepEqual(await hashes(), [sha256(newToken.value)]);
    await expectEvents(`changed ${id}`);
    await stopUsingToken(services, call({}));
    assert.deepEqual(await hashes(), [sha256(newToken.value)], 'the token that was given last');
    await expectEvents();
    await services.store.forgetToken({ connectionId: id, id: newToken.id });
    await expectEvents(`changed ${id}`);
    assert.deepEqual(await hashes(), [sha256(first.value)]);
    await signOut(services, call({ connectionId: id }));
    await expectEvents(`removed ${id}`);
    assert.deepEqual(await hashes(), []);
  });

  it('offers a token that another window created after this one loaded its list', async () => {
    await signInTo(window.services);
    await expectEvents(`added ${id}`);
    await createToken(other.services, call({ name: 'made-elsewhere', activate: true }));
    await expectEvents(`changed ${id}`);
    assert.deepEqual(await hashes(), [sha256(made('made-elsewhere').value)]);
  });

  it('follows changes in another window, and keeps projects apart', async () => {
    const first = await signInTo(other.services);
    await expectEvents(`added ${id}`);
    const second = await signInTo(other.services, 9);
    await expectEvents('added p-9-delhi');
    await useToken(other.services, call({ id: first.id, connectionId: id }));
    assert.deepEqual(await hashes(), [sha256(first.value)]);
    assert.deepEqual(await hashes(['project:9']), [sha256(second.value)]);
    assert.deepEqual((await hashes([])).sort(), [first, second].map(({ value }) => sha256(value)).sort());
    assert.deepEqual(await hashes(['project:9', 'project:4711']), []);
    assert.deepEqual(await hashes(['read']), []);
    const account9 = { id: 'p-9-delhi', label: '' };
    assert.deepEqual(await provider.getSessions(scopes, { account: account9 }), []);
    await other.services.store.forgetEverything();
    await until('both to be gone', () => events.filter((event) => event.startsWith('removed')).length === 2);
  });

  it('gives no token that was deleted elsewhere or has expired', async () => {
    const { services } = window;
    const first = await signInTo(services);
    await createToken(services, call({ name: 'dev-laptop', activate: true }));
    await expectEvents(`added ${id}`, `changed ${id}`);
    bench.emulator.revoke(made('dev-laptop').id);
    await services.lists.refresh(id);
    await expectEvents(`changed ${id}`);
    assert.deepEqual(await hashes(), [sha256(first.value)]);
    bench.emulator.revoke(first.id);
    await assert.rejects(services.lists.refresh(id), { code: 'unauthorized' });
    await expectEvents(`removed ${id}`);
    assert.deepEqual(await hashes(), []);
    const old = bench.emulator.seed('old', { createdAt: Date.now() - 366 * day });
    const credentials = credentialsOf(old);
    const expires = old.createdAt + 365 * day;
    await services.store.saveToken({ connectionId: id, id: old.id }, { name: 'old', created: 1, expires, credentials });
    assert.deepEqual(await hashes(), []);
  });

  it('adds a session if a value is added to a project that had none', async () => {
    const { services } = window;
    const first = await signInTo(services);
    const { id: other, value: token } = bench.emulator.seed('made-elsewhere');
    await services.store.forgetToken({ connectionId: id, id: first.id });
    await expectEvents(`added ${id}`, `removed ${id}`);
    await addTokenValue(services, call({ id: other, token }));
    await expectEvents(`added ${id}`);
    assert.deepEqual(await hashes(), [sha256(token)]);
  });

  it('makes a label that two projects share distinct, because VS Code stores permissions by it', async () => {
    await signInTo(window.services, 4711, { label: 'Mine' });
    await signInTo(window.services, 9, { label: 'Mine' });
    const sessions = await provider.getSessions([], {});
    assert.deepEqual(
      sessions.map((session) => session.account.label),
      ['Mine (p-4711-delhi)', 'Mine (p-9-delhi)'],
    );
  });

  it('records each value once when it is given, and nothing if VS Code asks for itself', async () => {
    const { services } = window;
    await signInTo(services);
    const written = async () =>
      (await services.activity.activityLog.read())
        .filter(({ action }) => action === 'session')
        .map(({ token }) => token);
    await provider.getSessions(undefined, {});
    await provider.getSessions(['project:9'], {});
    assert.deepEqual(await written(), []);
    await hashes();
    await hashes();
    assert.deepEqual(await written(), ['sign-in-4711']);
    await createToken(services, call({ name: 'dev-laptop', activate: true }));
    await hashes();
    await hashes([]);
    assert.deepEqual(await written(), ['sign-in-4711', 'dev-laptop']);
    assert.ok(services.usage.of({ connectionId: id, id: made('dev-laptop').id }).session);
  });

  it('gives no tokens if the setting is off, and names the setting if asked for a session', async () => {
    await signInTo(window.services);
    await expectEvents(`added ${id}`);
    await setting('authentication.enabled', false);
    await expectEvents(`removed ${id}`);
    assert.deepEqual(await hashes(), []);
    await assert.rejects(provider.createSession(scopes, {}), {
      code: 'forbidden',
      message: /^Other extensions can't use tokens, because the setting tir\.authentication\.enabled is off/,
    });
    await setting('authentication.enabled', undefined);
    await expectEvents(`added ${id}`);
  });

  it('rejects unknown scopes with an example, and an account of another project', async () => {
    for (const asked of [['read'], ['project:x'], ['project:1', 'project:2']]) {
      await assert.rejects(provider.createSession(asked, {}), { code: 'invalid-input', message: /project:12345/ });
    }
    await signInTo(window.services, 9);
    const account9 = { id: 'p-9-delhi', label: '' };
    await assert.rejects(provider.createSession(scopes, { account: account9 }), {
      message: "Project 9 (Delhi) isn't the project 4711.",
    });
  });

  it('reports a failing secret storage without its message or a value', async () => {
    const { value } = await signInTo(window.services);
    keyring.failsOn = /./;
    await assert.rejects(provider.getSessions(scopes, {}), (error: Error) => {
      assert.match(error.message, /VS Code's secret storage failed/);
      assert.ok(!(error.message + String(error.stack)).includes(value));
      return true;
    });
    keyring.failsOn = /^$/;
  });

  it('asks before it signs out, says what is lost, and keeps everything unless confirmed', async () => {
    const { person } = bench;
    const { value } = await signInTo(window.services);
    await expectEvents(`added ${id}`);
    await assert.rejects(provider.removeSession(id), vscode.CancellationError);
    const [asked] = person.read;
    assert.equal(asked?.modal, true);
    assert.equal(asked.message, 'Sign out of Project 4711 (Delhi)?');
    assert.match(asked.detail, /deleted from this machine: 1\. .* values that you have nowhere else are lost\./);
    assert.deepEqual(await hashes(), [sha256(value)]);
    person.clicks = 'Sign Out';
    await provider.removeSession(id);
    await expectEvents(`removed ${id}`);
    assert.deepEqual(await window.services.store.connections(), []);
    await assert.rejects(provider.removeSession(id), { code: 'not-signed-in' });
  });
});
