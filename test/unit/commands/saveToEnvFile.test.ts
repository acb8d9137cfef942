import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { readVariables } from '../../../src/export/envText';
import { begin, type TestSetup } from '../../scenarios/support';
import { setting } from '../../support/person';
import { FolderRepository } from '../../support/repository';

const connectionId = 'p-4711-delhi';

describe('saveToEnvFile', () => {
  let bench: TestSetup;
  const file = join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, '.env');
  beforeEach(async () => {
    bench = await begin();
    await bench.signIn();
  });
  afterEach(async () => {
    await bench.end();
    rmSync(file, { force: true });
  });

  /** Returns the file's variables with the names of their tokens. */
  const owners = () => {
    const variables = [...readVariables(readFileSync(file, 'utf8'))];
    return Object.fromEntries(
      variables.map(([name, value]) => [name, bench.emulator.made.find((token) => token.value === value)?.name]),
    );
  };
  const extraNames = (...names: string[]) => bench.run('setVariableNames', { connectionId, names });

  it('leaves no variable of a token of another project', async () => {
    const [mine, other] = [bench.emulator.seed('mine'), bench.emulator.seed('other', { projectId: 52 })];
    await extraNames('OPENAI_API_KEY');
    const { value: token, apiKey } = other;
    await bench.run('signIn', { token, apiKey, projectId: 52, location: 'Delhi', activate: false });
    await bench.run('saveToEnvFile', { id: mine.id, connectionId });
    assert.deepEqual(owners(), { TIR_API_TOKEN: 'mine', OPENAI_API_KEY: 'mine' });
    await bench.run('saveToEnvFile', { id: other.id, connectionId: 'p-52-delhi' });
    assert.deepEqual(owners(), { TIR_API_TOKEN: 'other' });
  });

  it('leaves no variable of the token before its rotation, whatever the names are now', async () => {
    const { id } = await bench.run<{ id: number }>('createToken', { name: 'dev', activate: false });
    await extraNames('OPENAI_API_KEY');
    await setting('terminal.sdkVariables', true);
    await bench.run('saveToEnvFile', { id });
    await extraNames('LITELLM_API_KEY');
    await setting('terminal.sdkVariables', false);
    await bench.run('saveToEnvFile', { id: (await bench.run<{ id: number }>('rotateToken', { id })).id });
    assert.deepEqual(owners(), { TIR_API_TOKEN: 'dev-2', LITELLM_API_KEY: 'dev-2' });
  });

  it("keeps the token's API key in the file if this machine doesn't have it", async () => {
    bench.emulator.createWithout = ['api_key'];
    const { id } = await bench.run<{ id: number }>('createToken', { name: 'dev', activate: false });
    const { value, apiKey } = bench.emulator.made.at(-1)!;
    writeFileSync(file, `E2E_TIR_ACCESS_TOKEN=${value}\nE2E_TIR_API_KEY=${apiKey}\n`);
    await setting('terminal.sdkVariables', true);
    await bench.run('saveToEnvFile', { id });
    assert.ok(readVariables(readFileSync(file, 'utf8')).get('E2E_TIR_API_KEY') === apiKey);
  });

  it("names what it replaces in its question, such as another vendor's key", async () => {
    const { id } = bench.emulator.seed('dev');
    await extraNames('OPENAI_API_KEY');
    await setting('terminal.sdkVariables', true);
    writeFileSync(file, 'A=1\nTIR_API_TOKEN=another-token\nE2E_TIR_API_KEY=its-key\nOPENAI_API_KEY=sk-own\n');
    await bench.runInteractively('saveToEnvFile', { id, connectionId });
    bench.person.clicks = 'Save';
    await bench.runInteractively('saveToEnvFile', { id, connectionId });
    await bench.runInteractively('saveToEnvFile', { id, connectionId });
    const details = bench.person.read.filter(({ modal }) => modal).map(({ detail }) => detail.split('\n').slice(1));
    const names = 'TIR_API_TOKEN, E2E_TIR_API_KEY, OPENAI_API_KEY';
    const question = [`This overwrites or removes these variables in the file: ${names}.`];
    assert.deepEqual(details, [question, question, []], 'nothing is replaced the last time');
    assert.deepEqual([owners()['TIR_API_TOKEN'], owners()['OPENAI_API_KEY']], ['dev', 'dev']);
  });

  /** Asserts that nothing is saved after what happens while the question is open. Returns the error. */
  const refusedAfter = async (change: () => void) => {
    const { id } = bench.emulator.seed('dev');
    await extraNames('OPENAI_API_KEY');
    writeFileSync(file, 'A=1\n');
    bench.person.clicks = 'Save';
    bench.person.meanwhile = () => {
      change();
      return Promise.resolve();
    };
    await bench.runInteractively('saveToEnvFile', { id, connectionId });
    assert.equal('TIR_API_TOKEN' in owners(), false);
    return bench.person.read.at(-1)?.message ?? '';
  };

  it('replaces nothing that was written while its question was open', async () => {
    const message = await refusedAfter(() => writeFileSync(file, 'A=1\nOPENAI_API_KEY=sk-own\n'));
    assert.equal(
      message,
      'Couldn\'t save the token "dev": .env or its Git status changed in the meantime. Save the token again.',
    );
    assert.equal(readVariables(readFileSync(file, 'utf8')).get('OPENAI_API_KEY'), 'sk-own');
  });

  it('saves nothing if Git came to track the file while its question was open', async () => {
    const repository = new FolderRepository();
    const ignoring = join(repository.folder, '.gitignore');
    writeFileSync(ignoring, '.env\n');
    try {
      const message = await refusedAfter(() => repository.git('add', '--force', '.env'));
      assert.match(message, /^Couldn't save the token "dev": Git tracks \.env/);
    } finally {
      repository.leave();
      rmSync(ignoring);
    }
  });
});
