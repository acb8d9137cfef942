import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { sentence } from '../../src/base/errorSentences';
import { TirError } from '../../src/base/errors';
import { createToken } from '../../src/commands/createToken';
import { deleteToken } from '../../src/commands/deleteToken';
import { runCommand } from '../../src/commands/run';
import type { Services } from '../../src/services';
import { Keyring } from '../support/keyring';
import { credentialsOf, newWindow, type TestWindow } from '../support/testWindow';
import { begin, type TestSetup } from './support';

describe('commands with a failing keyring', () => {
  let bench: TestSetup;
  let keyring: Keyring;
  let window: TestWindow;
  let services: Services;

  beforeEach(async () => {
    bench = await begin();
    keyring = new Keyring();
    window = newWindow(bench.emulator, keyring);
    services = window.services;
    const connection = { id: 'p-4711-delhi', label: 'Test', projectId: 4711, location: 'Delhi' };
    const credentials = credentialsOf(bench.emulator.seed('sign-in'));
    await services.store.saveConnection({ connection, credentials });
  });
  afterEach(() => {
    window.end();
    return bench.end();
  });

  const create = () => createToken(services, { argument: { name: 'precious' }, selection: [], interactive: false });

  it("show a created value once, in a modal with a Copy button, if it can't be stored", async () => {
    const { person, emulator } = bench;
    keyring.failsOn = /^value:/;
    person.clicks = 'Copy';
    const error = await create().catch((thrown: unknown) => thrown as TirError);
    assert.ok(error instanceof TirError && error.code === 'storage-failed');
    assert.match(
      sentence(error, 'host'),
      /^Created the token "precious", but couldn't store its value: VS Code's secret storage failed. Check/,
    );
    const { value, apiKey } = emulator.tokens.at(-1) ?? assert.fail();
    assert.equal(person.read.length, 1);
    assert.equal(person.read[0]?.modal, true);
    assert.ok(person.read[0].detail.includes(value) && person.read[0].detail.includes(apiKey));
    assert.ok((await vscode.env.clipboard.readText()) === `Token: ${value}\nAPI key: ${apiKey}`, 'both are needed');
    assert.deepEqual(
      services.lists.current('p-4711-delhi').tokens.map(({ name }) => name),
      ['sign-in', 'precious'],
      'the list shows the token, so it can be deleted',
    );
    await vscode.env.clipboard.writeText('');
  });

  it('fail before they create or delete anything', async () => {
    const { emulator, person } = bench;
    keyring.failsOn = /^probe/;
    await assert.rejects(create(), { code: 'storage-failed' });
    const { id } = emulator.tokens[0] ?? assert.fail();
    person.clicks = 'Delete';
    const deletion = deleteToken(services, { argument: { ids: [id] }, selection: [], interactive: false });
    await assert.rejects(deletion, { code: 'storage-failed' });
    assert.deepEqual(
      emulator.tokens.map(({ name }) => name),
      ['sign-in'],
    );
  });

  it("don't show a value that was stored, even if a later step fails", async () => {
    keyring.failsOn = /^in-use$/;
    await assert.rejects(create(), { code: 'storage-failed' });
    assert.deepEqual(bench.person.read, []);
    assert.ok([...keyring.kept.keys()].some((key) => key.startsWith('value:')));
  });

  it("record a sign-in whose token can't be used: other windows in a browser need to know", async () => {
    keyring.failsOn = /^in-use/;
    const { value: token, apiKey, projectId, location, id } = bench.emulator.seed('another');
    const signingIn = runCommand(services, 'signIn', { token, apiKey, projectId, location }, []);
    await assert.rejects(signingIn, { code: 'storage-failed', message: /^Couldn't use the token "another": / });
    assert.ok(keyring.kept.has(`value:p-4711-delhi:${id}`));
    const entries = await services.activity.activityLog.read();
    assert.deepEqual(
      entries.map(({ action, outcome, tokenId }) => [action, outcome, tokenId]),
      [['sign-in', 'ok', id]],
    );
  });

  it('succeed if only the terminals cannot be told', async () => {
    keyring.failsOn = /^in-use/;
    const run = (name: 'createToken' | 'copyToken', argument: object) => runCommand(services, name, argument, []);
    const created = (await run('createToken', { name: 'precious', activate: false })) as { id: number };
    const { id, value } = bench.emulator.tokens.at(-1)!;
    assert.equal(created.id, id);
    assert.deepEqual(await run('copyToken', { id }), { id, name: 'precious' });
    assert.ok((await vscode.env.clipboard.readText()) === value);
    await services.clipboard.clear();
  });

  it("show a created value if it can't be stored because the answer has no ID", async () => {
    const { person, emulator } = bench;
    emulator.createWithout = ['id'];
    await services.lists.get('p-4711-delhi');
    emulator.fail('GET', { status: 500 });
    await assert.rejects(create(), { code: 'bad-response' });
    assert.ok(person.read[0]?.modal && person.read[0].detail.includes(emulator.tokens.at(-1)?.value ?? 'missing'));
  });

  it('report the failure without any stored value', async () => {
    keyring.failsOn = /./;
    const error = await services.store.connection('p-4711-delhi').catch((thrown: unknown) => thrown as Error);
    assert.ok(error instanceof Error);
    assert.ok(bench.emulator.made.every(({ value }) => !String(error.stack).includes(value)));
  });
});
