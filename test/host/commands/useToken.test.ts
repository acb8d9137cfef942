import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { setting } from '../../support/person';
import { begin, type TestSetup, runInTerminal, run, signIn, lengthInTerminal } from '../support';

describe('useToken and openTerminal', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    await bench.end();
  });

  it('take the value from a list that contains it, and call no API once it is stored', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    const { id, value } = emulator.seed('listed');
    emulator.listWithValues = true;
    await run('useToken', { id });
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), value.length);
    await run('stopUsingToken');
    emulator.calls.length = 0;
    await run('useToken', { id });
    assert.deepEqual(emulator.calls, [], 'a stored value needs no call');
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), value.length);
  });

  it('open a terminal named after its token, and put that token in use', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    const { id } = await run<{ id: number }>('createToken', { name: 'dev', activate: false });
    assert.deepEqual(await run('openTerminal', { id }), { terminalName: 'TIR: dev' });
    const opened = vscode.window.terminals.find(({ name }) => name === 'TIR: dev');
    assert.equal(await lengthInTerminal('TIR_API_TOKEN', opened), emulator.tokens.at(-1)?.value.length);
    assert.deepEqual(await run('openTerminal'), { terminalName: 'TIR: dev' });
  });

  it('follow tir.terminal.enabled and tir.terminal.sdkVariables', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    await run('createToken', { name: 'x' });
    await setting('terminal.sdkVariables', true);
    await run('refresh');
    assert.equal(await lengthInTerminal('E2E_TIR_ACCESS_TOKEN'), emulator.tokens.at(-1)?.value.length);
    assert.equal(await lengthInTerminal('E2E_TIR_API_KEY'), emulator.tokens.at(-1)?.apiKey.length);
    const project = 'echo $E2E_TIR_PROJECT_ID $E2E_TIR_LOCATION';
    assert.equal(await runInTerminal(vscode.window.createTerminal(), project), '4711 Delhi');
    await setting('terminal.enabled', false);
    await run('refresh');
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), 0);
    assert.equal(await lengthInTerminal('E2E_TIR_ACCESS_TOKEN'), 0);
  });
});
