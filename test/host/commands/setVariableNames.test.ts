import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { connectionItem } from '../../../src/view/nodes';
import { begin, type TestSetup, runInTerminal, run, signIn } from '../support';

const connectionId = 'p-4711-delhi';

/** Returns `same` if two variables are equal in a new terminal; otherwise `different`, or `unset` if there's no `b`. */
const compare = (a: string, b: string) =>
  runInTerminal(
    vscode.window.createTerminal(),
    `[ -n "$${a}" ] && [ "$${a}" = "$${b}" ] && echo same || echo "\${${b}+different}" | sed 's/^$/unset/'`,
  );

describe('setVariableNames', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => bench.end());

  it('gives terminals the token under extra names, also after a new sign-in and a rotation', async () => {
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

  it('rejects reserved, taken, invalid or too many names, without quoting a token', async () => {
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

  it('fails with not-signed-in without a project', async () => {
    await assert.rejects(run('setVariableNames', { names: ['MY_TOKEN'] }), { code: 'not-signed-in' });
  });

  it("lists the extra names in the tooltip of the project's row", () => {
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
