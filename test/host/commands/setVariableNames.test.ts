import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { connectionItem } from '../../../src/view/nodes';
import { begin, type Bench, inTerminal, run, signIn } from '../support';

const connectionId = 'p-4711-delhi';

/** Whether new terminals have the same in two variables: never the value. */
const compare = (a: string, b: string) =>
  inTerminal(
    vscode.window.createTerminal(),
    `[ -n "$${a}" ] && [ "$${a}" = "$${b}" ] && echo same || echo "\${${b}-unset}"`,
  );

describe('SDK variables', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => bench.end());

  it('SDK variables: extra names of a project have the value in terminals, and stay when it is signed in to again', async () => {
    const { value: token, apiKey, projectId, location } = await signIn(bench.emulator);
    await run('createToken', { name: 'dev-laptop' });
    const names = ['OPENAI_API_KEY', 'MY_TOKEN'];
    assert.deepEqual(await run('setVariableNames', { connectionId, names: [...names, 'MY_TOKEN'] }), {
      connectionId,
      names,
    });
    assert.equal(await compare('TIR_API_TOKEN', 'OPENAI_API_KEY'), 'same');

    await run('signIn', { token, apiKey, projectId, location });
    await run('rotateToken', { id: bench.emulator.tokens.find(({ name }) => name === 'dev-laptop')?.id });
    assert.equal(await compare('TIR_API_TOKEN', 'MY_TOKEN'), 'same');

    assert.deepEqual(await run('setVariableNames', { names: [] }), { connectionId, names: [] });
    assert.equal(await compare('TIR_API_TOKEN', 'MY_TOKEN'), 'unset');
  });

  it('SDK variables: names that break a shell, are taken or are none are refused, and a token is not quoted', async () => {
    const { value } = await signIn(bench.emulator);
    const cases: [string, RegExp][] = [
      ['PATH', /^PATH cannot have the token: programs are steered by it\./],
      ['LD_PRELOAD', /^LD_PRELOAD cannot have the token/],
      ['TIR_API_TOKEN', /^TIR_API_TOKEN has the token in any case\.$/],
      ['E2E_TIR_API_KEY', /^E2E_TIR_API_KEY is set by the setting tir\.terminal\.sdkVariables\.$/],
      [`${value}!`, /^A name of a variable is made of letters, digits and "_"/],
    ];
    for (const [name, message] of cases) {
      await assert.rejects(run('setVariableNames', { names: ['FINE', name] }), { code: 'invalid-input', message });
    }
    const many = Array.from({ length: 21 }, (_, index) => `N${index}`);
    await assert.rejects(run('setVariableNames', { names: many }), { code: 'invalid-input', message: /at most 20/ });
    await assert.rejects(run('setVariableNames', { names: 'FINE' }), { code: 'invalid-input' });
  });

  it('SDK variables: without a project there is nothing to name', async () => {
    await assert.rejects(run('setVariableNames', { names: ['MY_TOKEN'] }), { code: 'not-signed-in' });
  });

  it('SDK variables: the row of a project tells its extra names', () => {
    const connection = { id: connectionId, label: 'One', projectId: 4711, location: 'Delhi' };
    const tooltip = (more: object) =>
      connectionItem({
        ...{ kind: 'connection', key: connectionId, connectionId },
        ...{ connection: { ...connection, ...more }, problem: undefined },
      }).tooltip;
    assert.equal(tooltip({ variables: ['A', 'B'] }), 'One\nTerminals get the token as A, B too');
    assert.equal(tooltip({}), 'One');
  });
});
