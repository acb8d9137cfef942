import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { setting } from '../../support/person';
import { run } from '../support';
import { beginExport, type ExportBench, inFolder } from './exportSupport';

const connectionId = 'p-4711-delhi';
const folder = vscode.workspace.workspaceFolders![0]!;
const textOf = (name: string) => readFileSync(inFolder(name), 'utf8');

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder.uri.fsPath, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** Creates a repository that doesn't apply this machine's global ignore rules. */
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
    await bench.end();
  });

  const isRefused: ExportBench['isRefused'] = (...refusal) => bench.isRefused(...refusal);

  it('writes the variable to a file that only its owner can read, outside a repository', async () => {
    assert.deepEqual(await run('saveToEnvFile', { id }), {
      file: inFolder('.env'),
      variables: ['TIR_API_TOKEN'],
    });
    assert.ok(textOf('.env') === `TIR_API_TOKEN=${value}\n`);
    assert.equal(statSync(inFolder('.env')).mode & 0o777, process.platform === 'win32' ? 0o666 : 0o600);
    assert.deepEqual(bench.person.read, [], 'no question when an extension calls it');
  });

  it('keeps the other lines of a file that Git ignores, and tightens its mode', async () => {
    makeRepository();
    writeFileSync(inFolder('.gitignore'), '*.env\n.env\n');
    writeFileSync(inFolder('.env'), '# mine\r\nA="x\r\nTIR_API_TOKEN=y"\r\nexport TIR_API_TOKEN = "old" # why\r\nB=2', {
      mode: 0o644,
    });
    await run('saveToEnvFile', { id, folder: folder.name });
    assert.ok(textOf('.env') === `# mine\r\nA="x\r\nTIR_API_TOKEN=y"\r\nexport TIR_API_TOKEN = ${value} # why\r\nB=2`);
    assert.equal(statSync(inFolder('.env')).mode & 0o777, process.platform === 'win32' ? 0o666 : 0o600);
    assert.equal(textOf('.gitignore'), '*.env\n.env\n');
  });

  it("refuses a file that Git doesn't ignore, unless it may add the line to .gitignore", async () => {
    makeRepository();
    writeFileSync(inFolder('.gitignore'), 'dist');
    const words =
      /Couldn't save the token "dev-laptop": Git doesn't ignore \.env, .* Add the line \.env to \.gitignore/;
    await isRefused(run('saveToEnvFile', { id }), 'invalid-input', words);
    assert.ok(!existsSync(inFolder('.env')));
    assert.equal(textOf('.gitignore'), 'dist');
    await run('saveToEnvFile', { id, ignore: true });
    assert.equal(textOf('.gitignore'), 'dist\n.env\n');
    assert.ok(textOf('.env').includes(value));
    git('add', '--all');
    assert.equal(git('ls-files'), '.gitignore\n', 'the file cannot be committed');
  });

  it('refuses a file that Git tracks, even if .gitignore names it', async () => {
    makeRepository();
    writeFileSync(inFolder('.env'), 'A=1\n');
    git('add', '.env');
    writeFileSync(inFolder('.gitignore'), '.env\n');
    await isRefused(
      run('saveToEnvFile', { id, ignore: true }),
      'invalid-input',
      /Git tracks \.env.*git rm --cached \.env/,
    );
    assert.equal(textOf('.env'), 'A=1\n');
    git('rm', '--quiet', '--cached', '.env');
    await run('saveToEnvFile', { id });
    assert.ok(textOf('.env') === `A=1\nTIR_API_TOKEN=${value}\n`);
  });

  it('asks a person once, says what it will change, and changes nothing without a yes', async () => {
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
      asked.map(({ message, detail }) => [message, detail.includes('the line .env will be added to .gitignore')]),
      [true, true, false].map((adds) => ['Save the token "dev-laptop" to .env?', adds]),
    );
    assert.match(person.read.at(-1)?.message ?? '', /Saved the token "dev-laptop" to \.env\. Anyone who can read/);
    assert.ok(!JSON.stringify(person.read).includes(value));
  });

  it('refuses a file with unsaved changes in an editor', async () => {
    const saving = (when: 'off' | undefined) =>
      vscode.workspace.getConfiguration('files').update('autoSave', when, vscode.ConfigurationTarget.Global);
    writeFileSync(inFolder('.env'), 'A=1\n');
    // In a browser, VS Code saves a file by itself a second after a change.
    await saving('off');
    try {
      const editor = await vscode.window.showTextDocument(vscode.Uri.file(inFolder('.env')));
      assert.ok(await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'B=2\n')));
      makeRepository();
      const refused = run('saveToEnvFile', { id, ignore: true });
      await isRefused(refused, 'invalid-input', /\.env has unsaved changes .* Save it first/);
      assert.equal(textOf('.env'), 'A=1\n');
      assert.ok(!existsSync(inFolder('.gitignore')), 'nothing was written yet');
      rmSync(inFolder('.git'), { recursive: true });
      await editor.document.save();
    } finally {
      await saving(undefined);
    }
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await run('saveToEnvFile', { id });
    assert.ok(textOf('.env') === `B=2\nA=1\nTIR_API_TOKEN=${value}\n`);
  });

  it('writes the SDK variables, too, if tir.terminal.sdkVariables is on', async () => {
    await setting('terminal.sdkVariables', true);
    await run('saveToEnvFile', { id });
    const lines = [`TIR_API_TOKEN=${value}`, `E2E_TIR_ACCESS_TOKEN=${value}`, `E2E_TIR_API_KEY=${apiKey}`];
    assert.ok(textOf('.env') === [...lines, 'E2E_TIR_PROJECT_ID=4711', 'E2E_TIR_LOCATION=Delhi', ''].join('\n'));
  });

  it('refuses without Git on the PATH, but only inside a repository', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'tir-empty-'));
    makeRepository();
    process.env['PATH'] = empty;
    await isRefused(run('saveToEnvFile', { id, ignore: true }), 'invalid-input', /Git wasn't found\. Install Git/);
    assert.ok(!existsSync(inFolder('.env')) && !existsSync(inFolder('.gitignore')));
    rmSync(inFolder('.git'), { recursive: true, maxRetries: 10 });
    await run('saveToEnvFile', { id });
    assert.ok(existsSync(inFolder('.env')));
    rmSync(empty, { recursive: true });
  });

  it("refuses inside a repository that Git can't read", async () => {
    makeRepository();
    writeFileSync(inFolder('.git/config'), 'no configuration');
    await isRefused(
      run('saveToEnvFile', { id, ignore: true }),
      'invalid-input',
      /Couldn't check whether Git ignores \.env \("fatal: bad config/,
    );
    assert.ok(!existsSync(inFolder('.env')));
  });
});
