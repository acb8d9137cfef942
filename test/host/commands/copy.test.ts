import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';

import * as vscode from 'vscode';

import { copyConfig } from '../../../src/commands/copy';
import { Keyring } from '../../support/keyring';
import { setting } from '../../support/person';
import { credentialsOf, newWindow } from '../../support/testWindow';
import { until } from '../../support/until';
import { acceptingQuestions, run } from '../support';
import { beginExport, type ExportBench, inFolder } from './exportSupport';

const connectionId = 'p-4711-delhi';

describe('copyToken and copyConfig', () => {
  let bench: ExportBench;
  let id: number;
  let value: string;
  let apiKey: string;

  beforeEach(async () => {
    bench = await beginExport();
    ({ id, value, apiKey } = bench);
  });
  afterEach(() => bench.end());

  const isRefused: ExportBench['isRefused'] = (...refusal) => bench.isRefused(...refusal);

  it('copy the value with copyToken, and clear the clipboard unless it holds something else', async () => {
    await setting('clipboard.clearAfterSeconds', 1);
    assert.deepEqual(await run('copyToken', { id }), { id, name: 'dev-laptop' });
    assert.ok((await vscode.env.clipboard.readText()) === value, 'the clipboard holds the value');
    await until('the clipboard to be cleared', async () =>
      (await vscode.env.clipboard.readText()) === '' ? true : undefined,
    );
    await setting('clipboard.clearAfterSeconds', 60);
    await run('copyToken', { id });
    await vscode.env.clipboard.writeText('something else');
    bench.person.clicks = 'Forget Everything';
    await run('forgetEverything');
    assert.equal(await vscode.env.clipboard.readText(), 'something else');
  });

  /** Asserts that the clipboard holds this JSON, without printing a value. */
  const holds = async (expected: object) => {
    const copied = JSON.parse(await vscode.env.clipboard.readText()) as unknown;
    assert.ok(JSON.stringify(copied) === JSON.stringify(expected));
  };
  const tirConfig = (team = {}) => ({ api_key: apiKey, auth_token: value, ...team, project_id: 4711 });

  it("copy the config in TIR's format with copyConfig, and clear the clipboard", async () => {
    await setting('clipboard.clearAfterSeconds', 1);
    assert.deepEqual(await run('copyConfig', { id }), { id, name: 'dev-laptop' });
    await holds(tirConfig());
    await until('the clipboard to be cleared', async () => (await vscode.env.clipboard.readText()) === '');
    await run('copyConfig', { id, format: 'tir' });
    await holds(tirConfig());
  });

  it('copy the config for e2ectl if a program asks for that format, and refuse other formats', async () => {
    await run('copyConfig', { id, format: 'e2ectl' });
    await holds({ 'dev-laptop': { api_key: apiKey, api_auth_token: value } });
    await vscode.env.clipboard.writeText('');
    for (const format of ['', 'yaml', value, 1]) {
      await isRefused(run('copyConfig', { id, format }), 'invalid-input', /The argument "format" is invalid/);
    }
    assert.equal(await vscode.env.clipboard.readText(), '');
  });

  it("ask a person for the config's format, TIR's first, and say if the team is missing", async () => {
    await acceptingQuestions(() => run('copyConfig', { kind: 'token', id, connectionId }));
    await holds(tirConfig());
    assert.match(
      bench.person.read.at(-1)?.message ?? '',
      /"dev-laptop" as a config file\. Add your team's ID as team_id/,
    );
  });

  it("write the project's team, if it's known, into the config", async () => {
    const window = newWindow(bench.emulator, new Keyring());
    const { store } = window.services;
    const connection = { id: connectionId, label: 'Test', projectId: 4711, location: 'Delhi', teamId: 12 };
    const credentials = credentialsOf({ value, apiKey });
    await store.saveConnection({ connection, credentials });
    const stored = { name: 'dev-laptop', created: undefined, expires: undefined, credentials };
    await store.saveToken({ connectionId, id }, stored);
    const count = bench.person.read.length;
    const argument = { kind: 'token', id, connectionId };
    await acceptingQuestions(() => copyConfig(window.services, { argument, selection: [], interactive: true }));
    await holds(tirConfig({ team_id: 12 }));
    assert.equal(bench.person.read.length, count, 'nothing is missing');
    window.end();
  });

  it("refuse to copy the config of a token whose API key isn't stored", async () => {
    bench.emulator.listWithValues = false;
    bench.emulator.createWithout = ['api_key'];
    const { id: other } = await run<{ id: number }>('createToken', { name: 'no-key' });
    await isRefused(
      run('copyConfig', { id: other }),
      'value-not-stored',
      /API key of "no-key", which a config file needs, isn't stored/,
    );
    assert.equal(await vscode.env.clipboard.readText(), '');
  });

  it('are refused, as is every other export, while tir.export.enabled is off', async () => {
    await setting('export.enabled', false);
    for (const command of ['copyToken', 'copyConfig', 'saveToEnvFile', 'setGitHubSecret']) {
      await isRefused(
        run(command, { id }),
        'forbidden',
        /You can't export tokens, because the setting tir\.export\.enabled is off/,
      );
    }
    assert.ok(!existsSync(inFolder('.env')));
    assert.equal(await vscode.env.clipboard.readText(), '');
  });
});
