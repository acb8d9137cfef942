import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { PlatformToken } from '../../emulator/emulator';
import { begin, type TestSetup } from '../../scenarios/support';

const connectionId = 'p-4711-delhi';

it('forgetting everything also forgets what terminals and kernels had, and what was said', async () => {
  const bench = await begin();
  const { services } = bench.window;
  let isForgotten = false;
  Object.assign(services, {
    openTerminals: Object.assign(services.openTerminals, { forget: () => (isForgotten = true) }),
  });
  for (const state of [services.globalState, services.workspaceState]) {
    await state.update('said', ['agent']);
  }
  await services.globalState.update('notebooksAllowed', true);
  await services.workspaceState.update('kernels', { 'file:///a.ipynb': {} });
  bench.person.clicks = 'Forget Everything';
  await bench.run('forgetEverything');
  assert.ok(isForgotten);
  for (const key of ['said', 'notebooksAllowed', 'kernels']) {
    assert.deepEqual([services.globalState.get(key), services.workspaceState.get(key)], [undefined, undefined], key);
  }
  await bench.end();
});

describe('a record that cannot be deleted', () => {
  let bench: TestSetup;
  let stuck: string;
  let created: PlatformToken;
  beforeEach(async () => {
    bench = await begin();
    const { id } = await bench.signIn();
    stuck = `value:${connectionId}:${id}`;
    await bench.run('createToken', { name: 'dev' });
    created = bench.emulator.made.at(-1)!;
    bench.keyring.failsOn = new RegExp(`^${stuck}$`);
  });
  afterEach(() => bench.end());

  const kept = () => [...bench.keyring.kept.keys()];
  const failure = {
    code: 'storage-failed',
    message: /(^You signed out of .*|^Couldn't forget everything; some) data is still stored/,
  };
  const actions = async () =>
    (await bench.window.services.activity.activityLog.read()).map(({ action, outcome }) => [action, outcome]);

  it('keeps no other record from being deleted when signing out', async () => {
    await assert.rejects(bench.run('signOut', { connectionId }), failure);
    assert.deepEqual(kept(), [stuck]);
    assert.deepEqual((await actions()).at(-1), ['sign-out', 'ok']);
    assert.equal(bench.window.collection.inFolder(0).has('TIR_API_TOKEN'), false);
  });

  it('keeps no other record from being deleted when everything is forgotten', async () => {
    await bench.run('copyToken', { id: created.id });
    assert.ok((await vscode.env.clipboard.readText()) === created.value);
    bench.person.clicks = 'Forget Everything';
    await assert.rejects(bench.run('forgetEverything'), failure);
    assert.deepEqual(kept(), [stuck]);
    assert.ok((await vscode.env.clipboard.readText()) === '');
    assert.deepEqual(
      (await actions()).map(([action]) => action),
      ['forget'],
    );
  });
});
