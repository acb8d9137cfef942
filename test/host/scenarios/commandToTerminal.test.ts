import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { fromUi } from '../../../src/base/arguments';
import { held } from '../../emulator/fault';
import { setting } from '../../support/person';
import { statusOf } from '../../support/whoami';
import { begin, type Bench, closingQuestions, inTerminal, run, signIn } from '../support';

const connectionId = 'p-4711-delhi';

/*
 * What the logic suite proves of rotations, lost creations, projects and refusals, from a command of the editor to a
 * terminal: a few flows of each.
 */
describe('from a command to a terminal', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => bench.end());

  const names = () => bench.emulator.tokens.map(({ name }) => name);
  const create = (name: string) => run<{ id: number }>('createToken', { name });
  const menu = (name: string, argument = {}) => vscode.commands.executeCommand(`tir.${name}`, fromUi(argument));
  /** What the API says to the token of a new terminal. */
  const status = () => inTerminal(vscode.window.createTerminal(), statusOf(bench.emulator.origin));
  const sizeInTerminal = () => inTerminal(vscode.window.createTerminal(), 'printf %s "$TIR_API_TOKEN" | wc -c');

  it('a creation whose answer is lost is deleted and done once more, and its token is in use', async () => {
    const { emulator, person } = bench;
    await signIn(emulator);
    person.clicks = 'Delete and Try Again';
    emulator.fail('POST', { reset: 'after' });
    await menu('createToken', { name: 'precious', connectionId });
    assert.deepEqual(names(), ['sign-in', 'precious']);
    assert.equal(await status(), '200');
    assert.equal(await sizeInTerminal(), String(emulator.tokens[1]?.value.length));
  });

  it('a creation whose answer is lost is completed by a list that carries its value', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    emulator.listWithValues = true;
    emulator.fail('POST', { reset: 'after' });
    await create('precious');
    assert.equal(await status(), '200');
  });

  it('a project moves on to another stored token when the one that signed in is deleted elsewhere', async () => {
    const { emulator } = bench;
    const { id } = await signIn(emulator);
    await create('dev-laptop');
    emulator.revoke(id);
    await create('next');
    assert.deepEqual(names(), ['dev-laptop', 'next']);
    assert.equal(await status(), '200');
  });

  it('a command that is called by its user resolves, and shows one sentence with what failed', async () => {
    const { person } = bench;
    await menu('refresh');
    assert.deepEqual(
      person.read.map(({ message }) => message),
      ['You are not signed in to TIR. Sign in first.'],
    );
  });

  it('a request that takes longer than the setting allows ends with a timeout', async () => {
    await signIn(bench.emulator);
    await setting('requestTimeoutSeconds', 1);
    bench.emulator.fail('GET', held().fault);
    await assert.rejects(run('refresh'), {
      code: 'timeout',
      message: /did not answer in time.*tir\.requestTimeoutSeconds/,
    });
  });

  it('a question and a dialog that are closed cancel their command, and nothing is done', async () => {
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

  it('commands give no value away in their results', async () => {
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
