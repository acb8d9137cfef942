import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { PlatformToken } from '../../emulator/emulator';
import { begin, type TestSetup } from '../../scenarios/support';
import { until } from '../../support/until';

const connectionId = 'p-4711-delhi';

describe('tokens of a folder and of all terminals', () => {
  let bench: TestSetup;
  let all: PlatformToken;
  let ofFolder: PlatformToken;
  const folder = vscode.workspace.workspaceFolders![0]!.uri.toString();
  beforeEach(async () => {
    bench = await begin();
    await bench.signIn();
    [all, ofFolder] = [bench.emulator.seed('all'), bench.emulator.seed('of-folder')];
    await bench.run('useToken', { id: all.id });
    await bench.run('useToken', { id: ofFolder.id, folder });
  });
  afterEach(() => bench.end());

  const uses = async () => (await bench.window.services.store.uses()).map((use) => [use.id, use.folder]);
  const inTerminals = () => bench.window.collection.inFolder(0).get('TIR_API_TOKEN');

  it('are told apart by a terminal that opens for one of them', async () => {
    await bench.run('openTerminal', { id: all.id });
    assert.ok(inTerminals() === all.value, 'the terminal opens in the folder');
    assert.deepEqual(await uses(), [
      [all.id, undefined],
      [all.id, folder],
    ]);
    await bench.run('openTerminal');
    assert.equal((await uses()).length, 2);
  });

  it('are told apart from those of another project with the same ID', async () => {
    const other = bench.emulator.seed('other', { projectId: 52, id: ofFolder.id });
    const { value: token, apiKey, location } = other;
    await bench.run('signIn', { token, apiKey, location, projectId: 52 });
    await bench.run('openTerminal', { id: other.id, connectionId: 'p-52-delhi' });
    assert.ok(inTerminals() === other.value);
    await bench.run('stopUsingToken', { id: other.id, connectionId });
    assert.ok(inTerminals() === other.value, 'another token with that ID stays in use');
  });

  it('are stopped only where the given token is in use', async () => {
    await bench.run('stopUsingToken', { id: ofFolder.id });
    assert.deepEqual(await uses(), [[all.id, undefined]]);
    await bench.run('stopUsingToken', { id: ofFolder.id });
    await bench.run('stopUsingToken', { id: all.id, folder });
    assert.deepEqual(await uses(), [[all.id, undefined]]);
    await bench.run('stopUsingToken', { id: all.id });
    assert.deepEqual(await uses(), []);
  });

  it('come from the list if the value in use is missing', async () => {
    bench.keyring.kept.delete(`value:${connectionId}:${ofFolder.id}`);
    await bench.run('openTerminal');
    assert.ok(inTerminals() === ofFolder.value);
  });

  describe("whose record can't be read", () => {
    beforeEach(async () => {
      const key = [...bench.keyring.kept.keys()].find((one) => one.endsWith(folder))!;
      await bench.keyring.store(key, '{');
      await until('terminals without a token', () => inTerminals() === undefined);
    });

    it('are replaced there by the token that a terminal opens for', async () => {
      await bench.run('openTerminal', { id: all.id });
      assert.ok(inTerminals() === all.value);
    });

    it("are stopped there, so that the folder's terminals get everybody's again", async () => {
      await bench.run('stopUsingToken', { folder });
      assert.ok(inTerminals() === all.value);
    });
  });
});
