import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { StandInGh } from '../../support/standInGh';
import { until } from '../../support/until';
import { acceptingQuestions, run } from '../support';
import { beginExport, type ExportBench } from './exportSupport';

const connectionId = 'p-4711-delhi';
const folder = vscode.workspace.workspaceFolders![0]!;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('setGitHubSecret', () => {
  let bench: ExportBench;
  let id: number;
  let value: string;
  let apiKey: string;
  let gh: StandInGh;
  const isRefused: ExportBench['isRefused'] = (...refusal) => bench.isRefused(...refusal);

  before(function () {
    if (process.platform === 'win32') {
      // The stand-in for gh is a script, which Windows doesn't run as a program.
      this.skip();
    }
  });
  beforeEach(async () => {
    gh = new StandInGh();
    bench = await beginExport();
    ({ id, value, apiKey } = bench);
  });
  afterEach(async () => {
    gh.leave();
    await bench.end();
  });

  const setting = ['secret', 'set', 'TIR_API_TOKEN', '--app', 'actions', '--repo', 'github.com/me/my-project'];

  it('passes the value to gh only on standard input', async () => {
    const result = { name: 'TIR_API_TOKEN', repository: 'me/my-project' };
    assert.deepEqual(await run('setGitHubSecret', { id }), result);
    const at = folder.uri.fsPath;
    assert.deepEqual(gh.calls, [
      { args: ['repo', 'view', '--json', 'url', '--jq', '.url'], folder: at, input: sha256('') },
      { args: setting, folder: at, input: sha256(value) },
    ]);
  });

  it('sets a secret with the given name, in a repository on another host, too', async () => {
    gh.answer({ repo: { output: 'https://git.example.com/team/app' } });
    assert.deepEqual(await run('setGitHubSecret', { id, name: 'MY_TOKEN', folder: folder.uri.fsPath }), {
      name: 'MY_TOKEN',
      repository: 'git.example.com/team/app',
    });
    assert.deepEqual(gh.calls.at(-1)?.args.slice(2), [
      ...['MY_TOKEN', '--app', 'actions', '--repo', 'git.example.com/team/app'],
    ]);
  });

  it('goes to the repository that is named, and asks which one if the folder has several', async () => {
    const repositories = () => gh.calls.map(({ args }) => args.at(-1));
    assert.deepEqual(await run('setGitHubSecret', { id, repository: 'them/project' }), {
      ...{ name: 'TIR_API_TOKEN', repository: 'them/project' },
    });
    assert.deepEqual(repositories(), ['github.com/them/project']);
    await isRefused(run('setGitHubSecret', { id, repository: 'project' }), 'invalid-input', /owner\/name/);
    for (const args of [
      ['init', '--quiet'],
      ['remote', 'add', 'origin', 'git@github.com:me/fork.git'],
      ['remote', 'add', 'upstream', 'git@github.com:them/project.git'],
    ]) {
      spawnSync('git', args, { cwd: folder.uri.fsPath });
    }
    gh.answer({ repo: { output: 'https://github.com/me/fork\n' } });
    await isRefused(
      run('setGitHubSecret', { id }),
      'invalid-input',
      /several repositories \(me\/fork, them\/project\)\./,
    );
    bench.person.clicks = 'Set Secret';
    await acceptingQuestions(() => run('setGitHubSecret', { kind: 'token', id, connectionId }));
    assert.equal(repositories().at(-1), 'github.com/me/fork');
  });

  it('asks a person for the name, and to confirm token, secret and repository', async () => {
    const { person } = bench;
    const setByHand = () => acceptingQuestions(() => run('setGitHubSecret', { kind: 'token', id, connectionId }));
    await setByHand();
    assert.deepEqual(
      gh.calls.map(({ args }) => args[0]),
      ['repo'],
    );
    person.clicks = 'Set Secret';
    await setByHand();
    assert.deepEqual(gh.calls.at(-1)?.args, setting);
    const [first, second, told, ...more] = person.read;
    assert.equal(first?.message, 'Set the token "dev-laptop" as the secret TIR_API_TOKEN of me/my-project?');
    assert.ok(first.modal);
    assert.equal(second?.message, first.message);
    assert.equal(told?.message, 'The token "dev-laptop" is now the secret TIR_API_TOKEN of me/my-project.');
    assert.deepEqual(more, []);
  });

  it('explains each failure of gh without quoting the value', async () => {
    const repo = { output: 'https://github.com/me/my-project\n' };
    const secret = () => run('setGitHubSecret', { id });
    gh.answer({ repo: { exitCode: 4, errors: 'To get started with GitHub CLI, please run: gh auth login' } });
    await isRefused(
      secret(),
      'forbidden',
      /Couldn't set the token "dev-laptop" as a secret: You aren't signed in to the GitHub CLI\. Run "gh auth login"/,
    );
    gh.answer({ repo, secret: { exitCode: 1, errors: 'HTTP 401: Bad credentials. Try: gh auth login' } });
    await isRefused(secret(), 'forbidden', /aren't signed in/);
    gh.answer({ repo: { exitCode: 1, errors: 'no git remotes found\nmore' } });
    await isRefused(secret(), 'server-error', /The GitHub CLI says: no git remotes found$/);
    gh.answer({ repo: { output: 'nothing that is an address' } });
    await isRefused(secret(), 'server-error', /says: nothing that is an address$/);
    gh.answer({ repo, secret: { exitCode: 1, errors: 'cannot take ', echoes: true } });
    await isRefused(secret(), 'server-error', /says: cannot take \[secret\]$/);
    process.env['PATH'] = join(gh.folder, 'none');
    await isRefused(secret(), 'invalid-input', /\(gh\) isn't on the PATH\. Install it from https:\/\/cli\.github\.com/);
  });

  it("rejects a name that GitHub doesn't accept, without quoting it", async () => {
    await isRefused(run('setGitHubSecret', { id, name: value }), 'invalid-input', /letters, digits and "_"/);
    await isRefused(run('setGitHubSecret', { id, name: 'GITHUB_X' }), 'invalid-input', /GitHub reserves names/);
    assert.deepEqual(gh.calls, []);
  });

  it('is recorded in the activity log, as other exports are, without the value', async () => {
    await run('saveToEnvFile', { id });
    await run('setGitHubSecret', { id });
    await run('copyConfig', { id });
    await run('showActivity');
    const document = vscode.window.activeTextEditor!.document;
    const text = await until('the exports in the activity log', () =>
      document.getText().includes('Copied as config') ? document.getText() : undefined,
    );
    assert.match(
      text,
      / Copied as config +dev-laptop[^]* Set as GitHub secret +dev-laptop[^]* Saved to \.env +dev-laptop/,
    );
    assert.ok(!text.includes(value) && !text.includes(apiKey));
  });
});
