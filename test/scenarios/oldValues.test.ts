import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { runCommand } from '../../src/commands/run';
import { StandInGh } from '../support/standInGh';
import { newWindow, type TestWindow } from '../support/testWindow';
import { answerPicks } from '../support/widgets';
import { begin, type TestSetup } from './support';

const connectionId = 'p-4711-delhi';

describe('a value that another window rotates while a question is open', () => {
  let bench: TestSetup;
  let other: TestWindow;
  let id: number;
  beforeEach(async () => {
    bench = await begin();
    other = newWindow(bench.emulator, bench.keyring);
    await bench.signIn();
    ({ id } = await bench.run<{ id: number }>('createToken', { name: 'dev', activate: false }));
  });
  afterEach(async () => {
    other.end();
    await bench.end();
  });

  const rotate = () => runCommand(other.services, 'rotateToken', { id, connectionId }, []);
  const saysWhy = () => {
    assert.match(
      bench.person.read.at(-1)?.message ?? '',
      /Couldn't find the token with the ID \d+: It no longer exists/,
    );
  };

  it('is not saved to .env', async () => {
    Object.assign(bench.person, { clicks: 'Save', meanwhile: rotate });
    await bench.runInteractively('saveToEnvFile', { id, connectionId });
    saysWhy();
    assert.equal(existsSync(join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, '.env')), false);
  });

  it('is not set as a secret on GitHub', async () => {
    const gh = new StandInGh();
    Object.assign(bench.person, { clicks: 'Set Secret', meanwhile: rotate });
    await bench.runInteractively('setGitHubSecret', { id, connectionId, name: 'TIR_API_TOKEN' });
    const commands = gh.calls.map(({ args }) => args[0]);
    gh.leave();
    saysWhy();
    assert.deepEqual(commands, ['repo']);
  });

  it('is not copied as a config file', async () => {
    await vscode.env.clipboard.writeText('something else');
    answerPicks(async ([, e2ectl]) => {
      await rotate();
      return e2ectl;
    });
    await bench.runInteractively('copyConfig', { id, connectionId });
    saysWhy();
    assert.ok((await vscode.env.clipboard.readText()) === 'something else');
  });
});
