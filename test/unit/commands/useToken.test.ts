import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { runCommand } from '../../../src/commands/run';
import { useKey } from '../../../src/secrets/keys';
import type { PlatformToken } from '../../emulator/emulator';
import { begin, type TestSetup } from '../../scenarios/support';
import { machine } from '../../support/keyring';
import { setting } from '../../support/person';
import { newWindow } from '../../support/testWindow';
import { until } from '../../support/until';
import { answerPicks, statusBarTexts } from '../../support/widgets';

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

  it('are told apart by a terminal whose folder gets its token while a person chooses another one', async () => {
    await bench.run('stopUsingToken', { id: ofFolder.id });
    await bench.run('stopUsingToken', { id: all.id });
    await bench.run('refresh');
    answerPicks(async (items) => {
      await bench.run('useToken', { id: ofFolder.id, connectionId, folder });
      return items.find(({ label }) => label === 'all');
    });
    assert.equal((await bench.run<{ terminalName: string }>('openTerminal')).terminalName, 'TIR: all');
    assert.ok(inTerminals() === all.value);
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

  it('are told apart in messages, which say where terminals keep another token', async () => {
    const told = statusBarTexts();
    await bench.runInteractively('useToken', { id: all.id, connectionId });
    await bench.runInteractively('createToken', { name: 'created', activate: true });
    const keep = 'New terminals in workspace keep their own token.';
    assert.deepEqual(
      bench.person.read.map(({ message }) => message),
      [`The token "all" is in use. ${keep}`, `The token "created" was created. ${keep}`],
    );
    assert.ok(inTerminals() === ofFolder.value);
    await bench.run('stopUsingToken', { folder });
    await bench.runInteractively('useToken', { id: all.id, connectionId });
    assert.deepEqual(told, ['The token "all" is in use. New terminals have it.']);
  });

  it('stay if another window uses another token just before they are stopped', async () => {
    const { services } = bench.window;
    const other = newWindow(bench.emulator, bench.keyring);
    const tokens = services.tokens.bind(services);
    const meanwhile = async () => {
      await runCommand(other.services, 'useToken', { id: ofFolder.id, connectionId }, []);
      return tokens();
    };
    Object.assign(services, { tokens: meanwhile });
    await bench.run('stopUsingToken', { id: all.id });
    other.end();
    assert.deepEqual(await uses(), [
      [ofFolder.id, undefined],
      [ofFolder.id, folder],
    ]);
  });

  it('can be replaced and stopped if their record is damaged', async () => {
    const key = useKey(folder, machine);
    const damage = async () => {
      await bench.keyring.store(key, '{"v":1,');
      await until('the terminals to have no token', () => inTerminals() === undefined);
    };
    await damage();
    await bench.run('openTerminal', { id: all.id });
    assert.ok(inTerminals() === all.value);
    await damage();
    await bench.run('stopUsingToken', { folder });
    assert.ok(inTerminals() === all.value);
    await damage();
    await bench.runInteractively('stopUsingToken', {});
    assert.deepEqual([await uses(), bench.keyring.kept.has(key)], [[], false]);
    await bench.run('useToken', { id: all.id });
    assert.ok(inTerminals() === all.value);
  });

  it('keep a damaged record, which may be of another project, if those of one project are stopped', async () => {
    const key = useKey(undefined, machine);
    await bench.keyring.store(key, '{"v":1,');
    await bench.run('stopUsingToken', { connectionId });
    assert.equal(bench.keyring.kept.has(key), true);
  });

  it('open no terminal while the setting keeps them out of terminals', async () => {
    await setting('terminal.enabled', false);
    const open = () => assert.fail('a terminal opens');
    Object.assign(bench.window.services.openTerminals, { open });
    await assert.rejects(bench.run('openTerminal', { id: all.id }), {
      code: 'forbidden',
      message: /^Terminals can't use tokens, because the setting tir\.terminal\.enabled is off/,
    });
  });
});

describe('the folder that a program names', () => {
  let bench: TestSetup;
  let token: PlatformToken;
  beforeEach(async () => {
    bench = await begin();
    token = await bench.signIn();
  });
  afterEach(() => bench.end());

  it('is refused if two folders have that name', async () => {
    const before = vscode.workspace.workspaceFolders!;
    const [one, two] = ['/one/app', '/two/app'].map((path) => ({ uri: vscode.Uri.file(path), name: 'app' }));
    vscode.workspace.updateWorkspaceFolders(0, before.length, one!, two!);
    try {
      await assert.rejects(bench.run('useToken', { id: token.id, folder: 'app' }), {
        code: 'invalid-input',
        message: /^Several folders in this window have this name/,
      });
      assert.deepEqual(await bench.window.services.store.uses(), []);
      await bench.run('useToken', { id: token.id, folder: two!.uri.fsPath });
      assert.deepEqual(
        (await bench.window.services.store.uses()).map((use) => use.folder),
        [two!.uri.toString()],
      );
    } finally {
      vscode.workspace.updateWorkspaceFolders(0, 2, ...before);
    }
  });

  it('is not quoted: it may be a value in the wrong field', async () => {
    const logged: string[] = [];
    const note = (text: string) => void logged.push(text);
    Object.assign(bench.window.services.log, { debug: note, info: note, warn: note, error: note });
    const error = await bench.run('useToken', { id: token.id, folder: token.apiKey }).catch(String);
    const isQuoted = [String(error), ...logged].some((text) => text.includes(token.apiKey));
    assert.equal(isQuoted, false);
    assert.match(String(error), /This window has no such folder/);
  });
});
