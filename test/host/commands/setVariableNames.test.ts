import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { suggestedNames } from '../../../src/terminals/variables';
import { connectionItem } from '../../../src/view/nodes';
import { until } from '../../support/until';
import { acceptingQuestions, begin, type TestSetup, runInTerminal, run, signIn, withWindow } from '../support';

const connectionId = 'p-4711-delhi';

/** Returns `same` if two variables are equal in a new terminal; otherwise `different`, or `unset` if there's no `b`. */
const compare = (a: string, b: string) =>
  runInTerminal(
    vscode.window.createTerminal(),
    `[ -n "$${a}" ] && [ "$${a}" = "$${b}" ] && echo same || echo "\${${b}+different}" | sed 's/^$/unset/'`,
  );

/** The project's row, from which a person runs the command. */
const row = { kind: 'connection', connectionId };

/** Runs the command as a person does. Resolves to the question once it's shown. */
async function ask() {
  let pick: vscode.QuickPick<vscode.QuickPickItem> | undefined;
  const { createQuickPick } = vscode.window;
  const createNoted = () => (pick = createQuickPick());
  const done = withWindow({ createQuickPick: createNoted }, () => run('setVariableNames', row));
  return { pick: await until('the question', () => pick), done };
}

/** Presses Enter. */
const accept = () => vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');

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
    assert.deepEqual(await run('setVariableNames', { connectionId, names: [...names, 'MY_TOKEN'] }), { names });
    assert.equal(await compare('TIR_API_TOKEN', 'OPENAI_API_KEY'), 'same');

    await run('signIn', { token, apiKey, projectId, location });
    await run('rotateToken', { id: bench.emulator.tokens.find(({ name }) => name === 'dev-laptop')?.id });
    assert.equal(await compare('TIR_API_TOKEN', 'MY_TOKEN'), 'same');

    assert.deepEqual(await run('setVariableNames', { names: [] }), { names: [] });
    assert.equal(await compare('TIR_API_TOKEN', 'MY_TOKEN'), 'unset');
  });

  it('suggests names to a person, and sets those that they check or type', async () => {
    await signIn(bench.emulator);
    await run('createToken', { name: 'dev-laptop' });
    await run('setVariableNames', { names: ['MY_TOKEN', 'OLD_TOKEN'] });
    const { pick, done } = await ask();
    const labels = (items: readonly vscode.QuickPickItem[]) => items.map(({ label }) => label);
    assert.deepEqual(labels(pick.items), ['MY_TOKEN', 'OLD_TOKEN', ...suggestedNames]);
    assert.deepEqual(labels(pick.selectedItems), ['MY_TOKEN', 'OLD_TOKEN']);
    pick.value = 'MODEL_KEY, PATH';
    await until('the problem', () => pick.title?.startsWith("PATH can't have the token"));
    assert.equal(pick.items.at(-1)?.label, 'MODEL_KEY', 'only the valid name can be checked');
    await accept();
    assert.equal(pick.value, 'MODEL_KEY, PATH', 'the question stays open as it is');
    pick.value = 'MODEL_KEY,OPENAI_API_KEY';
    await until('the title', () => pick.title?.startsWith('Set Extra Variable Names for'));
    await accept();
    await done;
    assert.equal(await compare('TIR_API_TOKEN', 'MODEL_KEY'), 'same');
    assert.equal(await compare('TIR_API_TOKEN', 'OPENAI_API_KEY'), 'same');
    assert.equal(await compare('TIR_API_TOKEN', 'MY_TOKEN'), 'same');
  });

  it('leaves the names as they are if a person presses Enter, or Escape', async () => {
    await signIn(bench.emulator);
    await run('createToken', { name: 'dev-laptop' });
    await run('setVariableNames', { names: ['MY_TOKEN'] });
    const { pick, done } = await ask();
    pick.value = 'MODEL_KEY';
    await until('the new name', () => pick.items.at(-1)?.label === 'MODEL_KEY');
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await done;
    await acceptingQuestions(() => run('setVariableNames', row));
    assert.equal(await compare('TIR_API_TOKEN', 'MY_TOKEN'), 'same');
    assert.equal(await compare('TIR_API_TOKEN', 'MODEL_KEY'), 'unset');
  });

  it('rejects reserved, taken, invalid or too many names, without quoting a token', async () => {
    const { value } = await signIn(bench.emulator);
    const cases: [string, RegExp][] = [
      ['PATH', /^PATH can't have the token, because it controls how programs run\./],
      ['LD_PRELOAD', /^LD_PRELOAD can't have the token/],
      ['TIR_API_TOKEN', /^TIR_API_TOKEN always has the token\./],
      ['E2E_TIR_API_KEY', /^The setting tir\.terminal\.sdkVariables sets E2E_TIR_API_KEY\./],
      [`${value}!`, /^A variable's name can contain only letters, digits and "_"/],
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
    assert.equal(tooltip({ variables: ['A', 'B'] }), 'One\nTerminals also have the token as A, B');
    assert.equal(tooltip({}), 'One');
  });
});
