import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { holdCall } from '../../emulator/fault';
import { begin, type TestSetup } from '../../scenarios/support';
import { until } from '../../support/until';
import { cancelButton, commandsRun } from '../../support/widgets';

describe('deleteToken', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
    await bench.signIn();
    bench.person.clicks = 'Delete';
  });
  afterEach(() => bench.end());

  const messages = () => bench.person.read.map(({ message }) => message);

  it("says which token the terminals get after a folder's token is deleted", async () => {
    const [all, ofFolder] = [bench.emulator.seed('all'), bench.emulator.seed('of-folder')];
    await bench.run('useToken', { id: all.id });
    await bench.run('useToken', { id: ofFolder.id, folder: vscode.workspace.workspaceFolders![0]!.uri.toString() });
    await bench.run('deleteToken', { ids: [ofFolder.id] });
    assert.match(
      bench.person.read[0]?.detail ?? '',
      /"of-folder" is in use in workspace: new terminals there will use "all", and open ones will have an invalid token\./,
    );
    assert.ok(bench.window.collection.inFolder(0).get('TIR_API_TOKEN') === all.value);
    await bench.run('deleteToken', { ids: [all.id] });
    assert.match(bench.person.read[1]?.detail ?? '', /"all" is in use: new terminals will have no token/);
    assert.equal(bench.window.collection.inFolder(0).has('TIR_API_TOKEN'), false);
  });

  it('says after a cancellation that the deletion goes on, and how it ended', async () => {
    const { id } = bench.emulator.seed('dev');
    const cancel = cancelButton();
    const { fault, letGo } = holdCall();
    bench.emulator.fail('DELETE', fault);
    const deleting = bench.run('deleteToken', { ids: [id] });
    await until('the call', () => bench.emulator.calls.at(-1)?.startsWith('DELETE'));
    await cancel();
    assert.deepEqual(await deleting, { deleted: [], failed: [{ id, code: 'cancelled' }] });
    letGo();
    await until('the last message', () => messages().length === 3);
    assert.deepEqual(messages().slice(1), [
      'TIR is already deleting "dev", so that can\'t be canceled.',
      'The token "dev" was deleted before you canceled.',
    ]);
    assert.deepEqual(
      bench.emulator.tokens.map(({ name }) => name),
      ['sign-in'],
    );
    const entries = (await bench.window.services.activity.activityLog.read()).filter(
      ({ action }) => action === 'delete',
    );
    assert.deepEqual(
      entries.map(({ outcome, tokenId }) => [outcome, tokenId]),
      [['ok', id]],
      'other windows hear what became of it',
    );
  });

  it("deletes a token whose value can't be read", async () => {
    const { id } = await bench.run<{ id: number }>('createToken', { name: 'dev' });
    await bench.keyring.store(`value:p-4711-delhi:${id}`, '{');
    assert.deepEqual(await bench.run('deleteToken', { ids: [id] }), { deleted: [id], failed: [] });
  });

  it('says nothing after a cancellation of the deletions that had ended', async () => {
    const ids = ['refused', 'gone', 'held'].map((name) => bench.emulator.seed(name).id);
    const cancel = cancelButton();
    const { fault, letGo } = holdCall();
    for (const one of [{ status: 403 }, {}, fault]) {
      bench.emulator.fail('DELETE', one);
    }
    const deleting = bench.run('deleteToken', { ids });
    const isHeld = () => bench.emulator.calls.filter((call) => call.startsWith('DELETE')).length === ids.length;
    await until('the last deletion', isHeld);
    await cancel();
    const { deleted, failed } = (await deleting) as { deleted: unknown; failed: { id: number; code: string }[] };
    assert.deepEqual(deleted, [ids[1]]);
    assert.deepEqual(
      failed.map(({ id, code }) => [id, code]),
      [
        [ids[0], 'forbidden'],
        [ids[2], 'cancelled'],
      ],
    );
    letGo();
    await until('the last message', () => messages().includes('The token "held" was deleted before you canceled.'));
    assert.deepEqual(messages().slice(1), [
      'TIR is already deleting "held", so that can\'t be canceled.',
      'The token "held" was deleted before you canceled.',
    ]);
  });

  it('offers to refresh the list if TIR may have deleted the token', async () => {
    const { id } = bench.emulator.seed('dev');
    await bench.run('refresh');
    const ran = commandsRun();
    bench.person.meanwhile = () => {
      // After the press of "Delete".
      setImmediate(() => (bench.person.clicks = 'Refresh'));
      bench.emulator.fail('DELETE', { reset: 'after' });
      bench.emulator.fail('GET', { status: 500 });
      return Promise.resolve();
    };
    await bench.runInteractively('deleteToken', { id, connectionId: 'p-4711-delhi' });
    await until('the button', () => ran.length > 0);
    assert.deepEqual(ran, [['tir.refresh']]);
    assert.match(
      messages().at(-1) ?? '',
      /^Can't tell whether TIR deleted the token "dev": .*\. Refresh the list to see whether it's there\.$/,
    );
  });

  it("records a deletion that only the secret storage didn't follow, so other windows hear of it", async () => {
    const { id } = await bench.run<{ id: number }>('createToken', { name: 'dev' });
    bench.person.meanwhile = () => {
      bench.keyring.failsOn = /^(value|in-use)/;
      return Promise.resolve();
    };
    assert.deepEqual(await bench.run('deleteToken', { ids: [id] }), {
      deleted: [id],
      failed: [{ id, code: 'storage-failed' }],
    });
    bench.keyring.failsOn = /^$/;
    const entries = await bench.window.services.activity.activityLog.read();
    assert.deepEqual(
      entries.filter(({ action }) => action === 'delete').map(({ outcome, tokenId }) => [outcome, tokenId]),
      [['ok', id]],
    );
  });
});
