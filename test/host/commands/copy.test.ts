import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';

import * as vscode from 'vscode';

import { setting } from '../../support/person';
import { until } from '../../support/until';
import { run } from '../support';
import { beginExport, type ExportBench, inFolder } from './exportSupport';

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

  it("copy the config in TIR's format with copyConfig, and clear the clipboard", async () => {
    await setting('clipboard.clearAfterSeconds', 1);
    assert.deepEqual(await run('copyConfig', { id }), { id, name: 'dev-laptop' });
    const copied = JSON.parse(await vscode.env.clipboard.readText()) as unknown;
    const expected = { 'dev-laptop': { api_key: apiKey, api_auth_token: value } };
    assert.ok(JSON.stringify(copied) === JSON.stringify(expected));
    await until('the clipboard to be cleared', async () => (await vscode.env.clipboard.readText()) === '');
  });

  it("refuse to copy the config of a token whose API key isn't stored", async () => {
    const { id: other, value: token } = bench.emulator.seed('no-key');
    await run('addTokenValue', { id: other, token });
    await isRefused(
      run('copyConfig', { id: other }),
      'value-not-stored',
      /API key of the token "no-key" is not stored/,
    );
    assert.equal(await vscode.env.clipboard.readText(), '');
  });

  it('are refused, as is every other export, while tir.export.enabled is off', async () => {
    await setting('export.enabled', false);
    for (const command of ['copyToken', 'copyConfig', 'saveToEnvFile', 'setGitHubSecret']) {
      await isRefused(run(command, { id }), 'forbidden', /The setting tir\.export\.enabled keeps/);
    }
    assert.ok(!existsSync(inFolder('.env')));
    assert.equal(await vscode.env.clipboard.readText(), '');
  });
});
