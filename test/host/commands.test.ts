import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { until } from '../support/until';
import { begin, inTerminal, run, signIn, type Bench } from './support';
import { setting } from '../support/person';

/** What a new terminal has in a variable: a length and never the value. */
const sizeOf = async (variable: string, terminal = vscode.window.createTerminal()) =>
  Number(await inTerminal(terminal, `printf %s "$${variable}" | wc -c`));

describe('the commands', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    await bench.end();
  });

  it('signIn: takes what people paste, proves it, and can be done again', async () => {
    const { emulator } = bench;
    const { value, apiKey } = emulator.seed('first');
    const argument = { token: ` export TIR_API_TOKEN="${value}"\n`, apiKey, projectId: '4711', location: 'delhi' };
    const result = { connectionId: 'p-4711-delhi', label: 'Project 4711 (Delhi)', tokenCount: 1 };
    assert.deepEqual(await run('signIn', argument), result);
    assert.deepEqual(await run('signIn', { ...argument, label: 'Research' }), { ...result, label: 'Research' });
    assert.deepEqual(await run('refresh'), { tokenCount: 1 });
  });

  it('signIn: keeps two projects apart', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    const other = emulator.seed('other', { projectId: 4712, location: 'Chennai' });
    const { value: token, apiKey, projectId, location } = other;
    const { connectionId } = await run<{ connectionId: string }>('signIn', { token, apiKey, projectId, location });
    assert.deepEqual(await run('refresh'), { tokenCount: 2 });
    const created = await run<{ id: number }>('createToken', { name: 'x', connectionId });
    assert.equal(emulator.tokens.find(({ id }) => id === created.id)?.projectId, 4712);
    assert.deepEqual(await run('signOut', { connectionId }), { connectionId });
    assert.deepEqual(await run('refresh'), { tokenCount: 1 });
    assert.equal(await sizeOf('TIR_API_TOKEN'), 0, 'its token in use went with the connection');
    assert.ok(
      emulator.tokens.some(({ id }) => id === created.id),
      'nothing was revoked',
    );
  });

  it('signOut: leaves nothing behind, neither values nor what was in use', async () => {
    const { emulator } = bench;
    const { value: token, apiKey, projectId, location } = await signIn(emulator);
    const { id } = await run<{ id: number }>('createToken', { name: 'x' });
    assert.deepEqual(await run('signOut'), { connectionId: 'p-4711-delhi' });
    assert.equal(await sizeOf('TIR_API_TOKEN'), 0);
    await run('signIn', { token, apiKey, projectId, location });
    await assert.rejects(run('useToken', { id }), { code: 'value-not-stored' });
    assert.equal(
      (await run<{ active: boolean }>('createToken', { name: 'y' })).active,
      true,
      'none was in use any more',
    );
  });

  it('createToken: the first is put to use, the next is not, unless one asks for it', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    type Result = { id: number; name: string; createdAt: string; active: boolean };
    const first = await run<Result>('createToken', { name: 'first' });
    assert.deepEqual(first, {
      id: emulator.tokens.at(-1)?.id,
      name: 'first',
      createdAt: new Date(emulator.tokens.at(-1)?.createdAt ?? 0).toISOString(),
      active: true,
    });
    assert.equal((await run<Result>('createToken', { name: 'second' })).active, false);
    assert.equal(await sizeOf('TIR_API_TOKEN'), emulator.made.find(({ name }) => name === 'first')?.value.length);
    assert.equal((await run<Result>('createToken', { name: 'third-token', activate: true })).active, true);
    assert.equal(await sizeOf('TIR_API_TOKEN'), emulator.made.find(({ name }) => name === 'third-token')?.value.length);
    await run('stopUsingToken');
    assert.equal((await run<Result>('createToken', { name: 'fourth', activate: false })).active, false);
    assert.equal(await sizeOf('TIR_API_TOKEN'), 0);
  });

  it('createToken: completes an answer without an id from the list', async () => {
    await signIn(bench.emulator);
    bench.emulator.createWithout = ['id'];
    const { id } = await run<{ id: number }>('createToken', { name: 'x' });
    assert.equal(id, bench.emulator.tokens.at(-1)?.id);
    assert.ok((await sizeOf('TIR_API_TOKEN')) > 0);
  });

  it('createToken: several at once are one call each', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    await Promise.all(['a', 'b', 'c'].map((name) => run('createToken', { name })));
    assert.equal(emulator.calls.filter((call) => call.startsWith('POST')).length, 3);
    assert.equal(emulator.tokens.length, 4);
  });

  it('deleteToken: names what will break, deletes several, and says which failed', async () => {
    const { emulator, person } = bench;
    await signIn(emulator);
    const [a, b] = [emulator.seed('token-a'), emulator.seed('token-b')];
    const { id } = await run<{ id: number }>('createToken', { name: 'in-use' });
    person.clicks = 'Delete';
    emulator.fail('DELETE', { status: 403 });
    assert.deepEqual(await run('deleteToken', { ids: [a.id, b.id, id, id] }), {
      deleted: [b.id, id],
      failed: [{ id: a.id, code: 'forbidden' }],
    });
    const [question, ...more] = person.read;
    assert.deepEqual(more, []);
    assert.equal(question?.message, 'Delete 3 tokens?');
    assert.match(
      question.detail,
      /• token-a\n• token-b\n• in-use\n"in-use" is in use: new terminals will have no token/,
    );
    assert.equal(await sizeOf('TIR_API_TOKEN'), 0);
    assert.deepEqual(await run('refresh'), { tokenCount: 2 });
  });

  it('deleteToken: takes rows of the tree, and says when they sign one in', async () => {
    const { emulator, person } = bench;
    const first = await signIn(emulator);
    const connectionId = 'p-4711-delhi';
    await run('addTokenValue', { id: first.id, token: first.value });
    person.clicks = 'Delete';
    await run('deleteToken', { kind: 'token', id: first.id, connectionId });
    assert.match(person.read[0]?.detail ?? '', /You signed in with "sign-in": you will have to sign in again/);
    await assert.rejects(run('refresh'), { code: 'unauthorized' });
  });

  it('addTokenValue, useToken, stopUsingToken: a token that was made elsewhere', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    const { id, value, apiKey } = emulator.seed('made-elsewhere');
    assert.deepEqual(await run('addTokenValue', { id, token: `Bearer ${value}`, apiKey }), {
      id,
      name: 'made-elsewhere',
    });
    assert.deepEqual(await run('useToken', { id }), { id, name: 'made-elsewhere' });
    assert.equal(await sizeOf('TIR_API_TOKEN'), value.length);
    assert.deepEqual(await run('stopUsingToken'), {});
    assert.deepEqual(await run('stopUsingToken'), {}, 'and once more');
    assert.equal(await sizeOf('TIR_API_TOKEN'), 0);
  });

  it('useToken: takes the value from the list where that carries it, and works offline once it is stored', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    const { id, value } = emulator.seed('listed');
    emulator.listWithValues = true;
    await run('useToken', { id });
    assert.equal(await sizeOf('TIR_API_TOKEN'), value.length);
    await run('stopUsingToken');
    emulator.calls.length = 0;
    await run('useToken', { id });
    assert.deepEqual(emulator.calls, [], 'nothing is asked for what is stored');
    assert.equal(await sizeOf('TIR_API_TOKEN'), value.length);
  });

  it('copyToken: the clipboard holds it, and is cleared unless something else is there', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    const { id } = await run<{ id: number }>('createToken', { name: 'x' });
    const value = emulator.tokens.at(-1)?.value;
    await setting('clipboard.clearAfterSeconds', 1);
    assert.deepEqual(await run('copyToken', { id }), { id, name: 'x' });
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

  it('openTerminal: has the token, by name; and puts it to use where it was not', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    const { id } = await run<{ id: number }>('createToken', { name: 'dev', activate: false });
    assert.deepEqual(await run('openTerminal', { id }), { terminalName: 'TIR: dev' });
    const opened = vscode.window.terminals.find(({ name }) => name === 'TIR: dev');
    assert.equal(await sizeOf('TIR_API_TOKEN', opened), emulator.tokens.at(-1)?.value.length);
    assert.deepEqual(await run('openTerminal'), { terminalName: 'TIR: dev' });
  });

  it('settings: terminals go without the token, or get the variables of the SDK too', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    await run('createToken', { name: 'x' });
    await setting('terminal.sdkVariables', true);
    await run('refresh');
    assert.equal(await sizeOf('E2E_TIR_ACCESS_TOKEN'), emulator.tokens.at(-1)?.value.length);
    assert.equal(await sizeOf('E2E_TIR_API_KEY'), emulator.tokens.at(-1)?.apiKey.length);
    assert.equal(await inTerminal(vscode.window.createTerminal(), 'echo $E2E_TIR_PROJECT_ID'), '4711');
    await setting('terminal.enabled', false);
    await run('refresh');
    assert.equal(await sizeOf('TIR_API_TOKEN'), 0);
    assert.equal(await sizeOf('E2E_TIR_ACCESS_TOKEN'), 0);
  });

  it('forgetEverything: nothing is left here, and nothing is revoked', async () => {
    const { emulator, person } = bench;
    await signIn(emulator);
    await run('createToken', { name: 'x' });
    person.clicks = 'Forget Everything';
    assert.deepEqual(await run('forgetEverything'), {});
    assert.equal(person.read.at(-1)?.modal, true);
    assert.equal(await sizeOf('TIR_API_TOKEN'), 0);
    await assert.rejects(run('refresh'), { code: 'not-signed-in' });
    assert.equal(emulator.tokens.length, 2);
  });

  it('gives no value away in any result', async () => {
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
