import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { fromUi } from '../../../src/base/arguments';
import { holdCall } from '../../emulator/fault';
import { setting } from '../../support/person';
import { begin, closingQuestions, run, signIn, type TestSetup, lengthInTerminal, statusInTerminal } from '../support';

const connectionId = 'p-4711-delhi';

/*
 * Runs a few flows of the scenarios suite end to end, from a VS Code command to a real terminal: lost creations,
 * projects and refusals.
 */
describe('commands and real terminals', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => bench.end());

  const names = () => bench.emulator.tokens.map(({ name }) => name);
  const create = (name: string) => run<{ id: number }>('createToken', { name });
  const menu = (name: string, argument = {}) => vscode.commands.executeCommand(`tir.${name}`, fromUi(argument));

  it('delete and recreate a token if the answer to its creation was lost, and put it in use', async () => {
    const { emulator, person } = bench;
    await signIn(emulator);
    person.clicks = 'Delete and Create';
    emulator.fail('POST', { reset: 'after' });
    await menu('createToken', { name: 'precious', connectionId });
    assert.deepEqual(names(), ['sign-in', 'precious']);
    assert.equal(await statusInTerminal(bench.emulator), '200');
    assert.equal(String(await lengthInTerminal('TIR_API_TOKEN')), String(emulator.tokens[1]?.value.length));
  });

  it("take a created token's value from the list if the answer was lost", async () => {
    const { emulator } = bench;
    await signIn(emulator);
    emulator.listWithValues = true;
    emulator.fail('POST', { reset: 'after' });
    await create('precious');
    assert.equal(await statusInTerminal(bench.emulator), '200');
  });

  it('switch a project to another stored token if its sign-in token was deleted elsewhere', async () => {
    const { emulator } = bench;
    const { id } = await signIn(emulator);
    await create('dev-laptop');
    emulator.revoke(id);
    await create('next');
    assert.deepEqual(names(), ['dev-laptop', 'next']);
    assert.equal(await statusInTerminal(bench.emulator), '200');
  });

  it('resolve and show one error message when a person calls them', async () => {
    const { person } = bench;
    await menu('refresh');
    assert.deepEqual(
      person.read.map(({ message }) => message),
      ["You aren't signed in to TIR. Sign in first."],
    );
  });

  it('time out after tir.requestTimeoutSeconds', async () => {
    await signIn(bench.emulator);
    await setting('requestTimeoutSeconds', 1);
    bench.emulator.fail('GET', holdCall().fault);
    await assert.rejects(run('refresh'), {
      code: 'timeout',
      message: /didn't answer in time.*tir\.requestTimeoutSeconds/,
    });
  });

  it('change nothing when a person closes their question or dialog', async () => {
    const { emulator, person } = bench;
    const { id } = await signIn(emulator);
    await assert.rejects(
      closingQuestions(() => run('createToken')),
      { code: 'cancelled' },
    );
    await assert.rejects(run('deleteToken', { ids: [id] }), { code: 'cancelled' });
    assert.deepEqual(
      person.read.map(({ modal }) => modal),
      [true],
    );
    assert.equal(emulator.tokens.length, 1);
  });

  it('return no token value or API key', async () => {
    const { emulator } = bench;
    const first = await signIn(emulator);
    const { value: token, apiKey, projectId, location } = first;
    const results = [
      await run('signIn', { token, apiKey, projectId, location }),
      await run('createToken', { name: 'x' }),
      await run('addTokenValue', { id: first.id, token, apiKey }),
      await run('useToken', { id: first.id }),
      await run('copyToken', { id: first.id }),
      await run('openTerminal', {}),
      await run('refresh'),
    ];
    const printed = JSON.stringify(results);
    assert.ok(emulator.made.every(({ value, apiKey: key }) => !printed.includes(value) && !printed.includes(key)));
  });
});
