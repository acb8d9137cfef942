import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { setting } from '../../support/person';
import { run } from '../support';
import { beginExport, type ExportBench } from './exportSupport';

const connectionId = 'p-4711-delhi';
const folder = vscode.workspace.workspaceFolders![0]!;
const here = (name: string) => join(folder.uri.fsPath, name);
const textOf = (name: string) => readFileSync(here(name), 'utf8');

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder.uri.fsPath, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** A repository that knows nothing of what this machine ignores everywhere. */
function makeRepository(): void {
  git('init', '--quiet');
  git('config', 'core.excludesFile', '');
}

describe('saveToEnvFile', () => {
  let bench: ExportBench;
  let id: number;
  let value: string;
  let apiKey: string;
  const path = process.env['PATH'];

  beforeEach(async () => {
    bench = await beginExport();
    ({ id, value, apiKey } = bench);
  });
  afterEach(async () => {
    process.env['PATH'] = path;
    await vscode.env.clipboard.writeText('');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await bench.end();
    for (const name of ['.env', '.gitignore', '.git']) {
      // The editor's own git may be looking.
      rmSync(here(name), { recursive: true, force: true, maxRetries: 10 });
    }
  });

  const isRefused: ExportBench['isRefused'] = (...refusal) => bench.isRefused(...refusal);

  it('is the variable in a file of its owner alone, where no repository is', async () => {
    assert.deepEqual(await run('saveToEnvFile', { id }), { id, name: 'dev-laptop', path: '.env' });
    assert.ok(textOf('.env') === `TIR_API_TOKEN=${value}\n`);
    assert.equal(statSync(here('.env')).mode & 0o777, process.platform === 'win32' ? 0o666 : 0o600);
    assert.deepEqual(bench.person.read, [], 'another extension is asked nothing');
  });

  it('keeps other lines in a file that git ignores, and tightens its mode', async () => {
    makeRepository();
    writeFileSync(here('.gitignore'), '*.env\n.env\n');
    writeFileSync(here('.env'), '# mine\r\nA="x\r\nTIR_API_TOKEN=y"\r\nexport TIR_API_TOKEN = "old" # why\r\nB=2', {
      mode: 0o644,
    });
    await run('saveToEnvFile', { id, folder: folder.name });
    assert.ok(textOf('.env') === `# mine\r\nA="x\r\nTIR_API_TOKEN=y"\r\nexport TIR_API_TOKEN = ${value} # why\r\nB=2`);
    assert.equal(statSync(here('.env')).mode & 0o777, process.platform === 'win32' ? 0o666 : 0o600);
    assert.equal(textOf('.gitignore'), '*.env\n.env\n');
  });

  it('is refused where git does not ignore the file, unless the line may be added', async () => {
    makeRepository();
    writeFileSync(here('.gitignore'), 'dist');
    const words = /"dev-laptop" was not saved. git does not ignore \.env, .* Add the line \.env to \.gitignore/;
    await isRefused(run('saveToEnvFile', { id }), 'invalid-input', words);
    assert.ok(!existsSync(here('.env')));
    assert.equal(textOf('.gitignore'), 'dist');
    await run('saveToEnvFile', { id, ignore: true });
    assert.equal(textOf('.gitignore'), 'dist\n.env\n');
    assert.ok(textOf('.env').includes(value));
    git('add', '--all');
    assert.equal(git('ls-files'), '.gitignore\n', 'the file cannot be committed');
  });

  it('is refused where git tracks the file, ignored or not', async () => {
    makeRepository();
    writeFileSync(here('.env'), 'A=1\n');
    git('add', '.env');
    writeFileSync(here('.gitignore'), '.env\n');
    await isRefused(
      run('saveToEnvFile', { id, ignore: true }),
      'invalid-input',
      /git tracks \.env.*git rm --cached \.env/,
    );
    assert.equal(textOf('.env'), 'A=1\n');
    git('rm', '--quiet', '--cached', '.env');
    await run('saveToEnvFile', { id });
    assert.ok(textOf('.env') === `A=1\nTIR_API_TOKEN=${value}\n`);
  });

  it('asks a person once, with what will be done, and does nothing without a yes', async () => {
    const { person } = bench;
    makeRepository();
    await run('saveToEnvFile', { kind: 'token', id, connectionId });
    assert.deepEqual(
      readdirSync(folder.uri.fsPath).filter((name) => name.startsWith('.env') || name === '.gitignore'),
      [],
    );
    person.clicks = 'Add to .gitignore and Save';
    await run('saveToEnvFile', { kind: 'token', id, connectionId });
    assert.equal(textOf('.gitignore'), '.env\n');
    assert.ok(textOf('.env') === `TIR_API_TOKEN=${value}\n`);
    person.clicks = 'Save';
    await run('saveToEnvFile', { kind: 'token', id, connectionId });
    const asked = person.read.filter(({ modal }) => modal);
    assert.deepEqual(
      asked.map(({ message, detail }) => [message, detail.includes('the line .env is added to .gitignore')]),
      [true, true, false].map((adds) => ['Save the token "dev-laptop" to .env?', adds]),
    );
    assert.match(person.read.at(-1)?.message ?? '', /Saved the token "dev-laptop" to \.env\. Whoever can read/);
    assert.ok(!JSON.stringify(person.read).includes(value));
  });

  it('is refused while an editor has unsaved changes of the file', async () => {
    writeFileSync(here('.env'), 'A=1\n');
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(here('.env')));
    await editor.edit((edit) => {
      edit.insert(new vscode.Position(0, 0), 'B=2\n');
    });
    makeRepository();
    const refused = run('saveToEnvFile', { id, ignore: true });
    await isRefused(refused, 'invalid-input', /\.env has unsaved changes .* Save it first/);
    assert.equal(textOf('.env'), 'A=1\n');
    assert.ok(!existsSync(here('.gitignore')), 'nothing was done yet');
    rmSync(here('.git'), { recursive: true });
    await editor.document.save();
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await run('saveToEnvFile', { id });
    assert.ok(textOf('.env') === `B=2\nA=1\nTIR_API_TOKEN=${value}\n`);
  });

  it('has what terminals have: the variables of the SDK where they are wanted', async () => {
    await setting('terminal.sdkVariables', true);
    await run('saveToEnvFile', { id });
    const lines = [`TIR_API_TOKEN=${value}`, `E2E_TIR_ACCESS_TOKEN=${value}`, `E2E_TIR_API_KEY=${apiKey}`];
    assert.ok(textOf('.env') === [...lines, 'E2E_TIR_PROJECT_ID=4711', ''].join('\n'));
  });

  it('without git on the PATH, it is refused where a repository is, and nowhere else', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'tir-empty-'));
    makeRepository();
    process.env['PATH'] = empty;
    await isRefused(run('saveToEnvFile', { id, ignore: true }), 'invalid-input', /git is not on the PATH.*Install git/);
    assert.ok(!existsSync(here('.env')) && !existsSync(here('.gitignore')));
    rmSync(here('.git'), { recursive: true, maxRetries: 10 });
    await run('saveToEnvFile', { id });
    assert.ok(existsSync(here('.env')));
    rmSync(empty, { recursive: true });
  });

  it('a repository that git cannot read is not taken for none', async () => {
    makeRepository();
    writeFileSync(here('.git/config'), 'no configuration');
    await isRefused(
      run('saveToEnvFile', { id, ignore: true }),
      'invalid-input',
      /git did not say .*: fatal: bad config/,
    );
    assert.ok(!existsSync(here('.env')));
  });
});
