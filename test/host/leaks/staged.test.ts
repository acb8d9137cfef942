import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';

import * as vscode from 'vscode';

import { keyedHash } from '../../../src/base/secret';
import type { Repository } from '../../../src/leaks/git';
import { KnownValues } from '../../../src/leaks/knownValues';
import { StagedGuard } from '../../../src/leaks/staged';
import { until } from '../../support/until';
import { begin, run, type TestSetup } from '../support';
import { fakeCredentials, newRepository, type TestRepository, typeInto, waitForLeaks, write } from './support';

describe('leak guard for Git', () => {
  let bench: TestSetup;
  let folder: string;
  let repository: TestRepository;
  let guard: StagedGuard | undefined;
  const tokenLine = () => `token = "${fakeCredentials.platformToken()}"\n`;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], { cwd: folder });
  beforeEach(async () => {
    bench = await begin();
    const { folder: home, open } = await newRepository();
    folder = home;
    write(folder, { 'README.md': 'text\n' });
    git('add', '.');
    git('commit', '--quiet', '--message', 'First');
    repository = await open();
  });
  afterEach(async () => {
    guard?.dispose();
    guard = undefined;
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await bench.end();
    rmSync(folder, { recursive: true, maxRetries: 5 });
  });
  const refresh = () => vscode.commands.executeCommand('git.refresh', vscode.Uri.file(folder));
  const told = async (text: string) => {
    await refresh();
    return until(text, () => bench.person.read.find(({ message }) => message.startsWith(text)));
  };
  const staged = () => git('diff', '--cached', '--name-only').toString().trim();

  it('reports a staged token by file and line before the commit, and unstages the file', async () => {
    bench.person.clicks = 'Unstage';
    const token = fakeCredentials.platformToken();
    write(folder, { 'app.py': `a = 1\ntoken = "${token}"\n`, 'clean.py': 'b = 2\n' });
    git('add', '.');
    const { message } = await told('You staged a TIR token in');
    assert.match(message, /app\.py, line 2\.$/);
    assert.ok(!message.includes(token.slice(0, 20)));
    await until('the file to be out of the index', () => staged() === 'clean.py');
  });

  it('scans the staged version of a file rather than the one on disk', async () => {
    write(folder, { 'app.py': tokenLine() });
    git('add', '.');
    write(folder, { 'app.py': 'token = os.environ["TIR_API_TOKEN"]\n' });
    await told('You staged a TIR token in');
  });

  it('reads what a filter of Git stages instead of the file', async () => {
    git('config', 'filter.strip.clean', "sed 's/token = .*/token = 0/'");
    write(folder, { '.gitattributes': '*.txt filter=strip\n', 'a.txt': tokenLine(), 'app.py': tokenLine() });
    git('add', '.');
    const { message } = await told('You staged a TIR token in');
    assert.match(message, /app\.py, line 1\.$/);
    assert.doesNotMatch(message, /a\.txt/);
  });

  it('reads a staged file in UTF-16', async () => {
    write(folder, { 'app.ps1': Buffer.from(`\ufeff${tokenLine()}`, 'utf16le') });
    git('add', '.');
    const { message } = await told('You staged a TIR token in');
    assert.match(message, /app\.ps1, line 1\.$/);
  });

  it('reports a staged value that is stored later', async () => {
    const { emulator } = bench;
    const { value: token, apiKey, projectId, location } = emulator.seed('mine');
    write(folder, { 'notes.txt': `${token}\n` });
    git('add', '.');
    await refresh();
    await run('signIn', { token, apiKey, projectId, location });
    const { message } = await told('You staged a TIR token in');
    assert.match(message, /notes\.txt, line 1\.$/);
  });

  it('reports a commit of a token made outside VS Code', async () => {
    write(folder, { 'app.py': tokenLine() });
    git('add', '.');
    await told('You staged a TIR token in');
    git('commit', '--quiet', '--message', 'Second');
    await told('You committed a TIR token in');
  });

  it('reports what commits add, staged before or not, and nothing that is renamed, ignored or checked out', async () => {
    const moves: string[][] = [];
    const none = new vscode.EventEmitter<Repository>().event;
    const known = new KnownValues(keyedHash());
    let ignored: string | undefined;
    let isStagedReported = false;
    guard = new StagedGuard(
      {
        repositories: [repository],
        onDidOpenRepository: none,
        onDidCloseRepository: none,
        getRepository: () => repository,
      },
      {
        known: () => known,
        isReported: ({ fingerprint }) => fingerprint !== ignored,
        staged: () => {
          isStagedReported = true;
        },
        headMoved: ({ files }) => {
          const places = files.flatMap(({ uri, leakedTokens }) =>
            leakedTokens.map(({ line, start }) => `${basename(uri.path)}:${line + 1}:${start + 1}`),
          );
          moves.push(places);
        },
      },
    );
    const after = async (what: string, ...steps: string[][]) => {
      const before = moves.length;
      steps.forEach((step) => git(...step));
      await refresh();
      await until(`HEAD to move: ${what}`, () => moves.length > before);
      return moves.at(-1);
    };
    write(folder, { 'first.py': tokenLine() });
    git('add', '.');
    await refresh();
    await until('the staged token to be reported', () => isStagedReported);
    const commit = ['commit', '--quiet', '--all', '--message', 'Change'];
    assert.deepEqual(await after('a staged file', commit), ['first.py:1:10']);
    write(folder, { 'README.md': `text\n\n${tokenLine()}`, 'ä b.py': `\n${tokenLine()}` });
    assert.deepEqual(await after('two files', ['add', '--intent-to-add', '.'], commit), [
      'README.md:3:10',
      'ä b.py:2:10',
    ]);
    assert.deepEqual(await after('a rename', ['mv', 'ä b.py', 'c.py'], commit), []);
    const line = tokenLine();
    ignored = known.fingerprint(/"(.*)"/.exec(line)?.[1] ?? '');
    write(folder, { 'c.py': line });
    assert.deepEqual(await after('an ignored token', commit), []);
    assert.deepEqual(await after('a checkout of the first commit', ['checkout', '--quiet', 'HEAD~4']), []);
    ignored = undefined;
    assert.deepEqual(await after('a checkout of the newest', ['checkout', '--quiet', '-']), []);
  });

  it('reports a commit made in VS Code, and marks only the committed token as in the Git history', async () => {
    write(folder, { 'app.py': tokenLine() });
    git('add', '.');
    await told('You staged a TIR token in');
    await repository.setConfig('user.name', 'Test');
    await repository.setConfig('user.email', 'test@localhost');
    await repository.commit('Second');
    await told('You committed a TIR token in');
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(join(folder, 'app.py')));
    await until('the file to mention the history', () =>
      vscode.languages.getDiagnostics(document.uri).some(({ message }) => message.includes('Git history')),
    );
    await typeInto(document, `other = "${fakeCredentials.platformToken()}"\n`);
    const leaks = await waitForLeaks(document.uri, 2);
    assert.ok(!leaks[0]!.message.includes('Git history'), 'the token that was just typed is not in the history');
    await document.save();
  });
});
