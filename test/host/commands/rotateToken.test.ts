import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { fromUi } from '../../../src/base/arguments';
import { begin, type TestSetup, run, signIn, lengthInTerminal, statusInTerminal } from '../support';

const connectionId = 'p-4711-delhi';

describe('rotateToken', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => bench.end());

  const names = () => bench.emulator.tokens.map(({ name }) => name);
  const create = (name: string) => run<{ id: number }>('createToken', { name });
  const menu = (name: string, argument = {}) => vscode.commands.executeCommand(`tir.${name}`, fromUi(argument));

  it('leaves new terminals with a valid token, twice in a row', async () => {
    await signIn(bench.emulator);
    const { id: oldId } = await create('dev-laptop');
    const rotated = await run<{ id: number }>('rotateToken', { id: oldId });
    assert.deepEqual(rotated, { oldId, id: bench.emulator.tokens.at(-1)?.id, name: 'dev-laptop-2' });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop-2']);
    assert.equal(await statusInTerminal(bench.emulator), '200');
    await run('rotateToken', { id: rotated.id });
    assert.equal(await statusInTerminal(bench.emulator), '200');
  });

  it("leaves the token in terminals alone when it rotates one that isn't in use", async () => {
    await signIn(bench.emulator);
    await create('in-use');
    const { id } = bench.emulator.seed('ci');
    bench.person.clicks = 'Rotate';
    await menu('rotateToken', { id, connectionId });
    assert.deepEqual(names(), ['sign-in', 'in-use', 'ci-2']);
    assert.equal(
      String(await lengthInTerminal('TIR_API_TOKEN')),
      String(bench.emulator.made.find(({ name }) => name === 'in-use')?.value.length),
    );
  });
});
