import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { keyedHash, Secret } from '../../../src/base/secret';
import { KnownValues } from '../../../src/leaks/knownValues';
import { scanFolder, scanWithoutRipgrep } from '../../../src/leaks/workspaceScan';
import { findRipgrep } from '../../../src/platform/ripgrep';
import { begin, notebookOf, run, signIn, type TestSetup } from '../support';
import { fakeCredentials, typeInto, waitForLeaks, write } from './support';

describe('workspace leak scan', () => {
  let bench: TestSetup;
  const folder = () => vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  const clear = () => {
    rmSync(join(folder(), 'scan'), { recursive: true, force: true });
  };
  beforeEach(async () => {
    clear();
    bench = await begin();
  });
  afterEach(async () => {
    await vscode.workspace.getConfiguration('files').update('exclude', undefined, vscode.ConfigurationTarget.Workspace);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    clear();
    await run('scanWorkspace');
    await bench.end();
  });

  it('finds leaked tokens, reports how many, and clears those that are gone', async () => {
    const { value } = await signIn(bench.emulator);
    write(folder(), {
      'scan/app.py': `a = 1\ntoken = "${fakeCredentials.platformToken()}"\n`,
      'scan/.github/notes.txt': `${value}\n`,
      'scan/clean.py': 'token = os.environ["TIR_API_TOKEN"]\n',
    });
    assert.deepEqual(await run('scanWorkspace'), { findings: 2 });
    const [leak] = await waitForLeaks(vscode.Uri.file(join(folder(), 'scan/app.py')), 1);
    assert.equal(leak!.range.start.line, 1);
    await vscode.commands.executeCommand('tir.scanWorkspace');
    assert.equal(bench.person.read.at(-1)?.message, 'Found 2 leaked tokens.');
    rmSync(join(folder(), 'scan'), { recursive: true });
    assert.deepEqual(await run('scanWorkspace'), { findings: 0 });
    await waitForLeaks(vscode.Uri.file(join(folder(), 'scan/app.py')), 0);
  });

  it('scans the unsaved text of open documents, and keeps matches when an editor closes', async () => {
    write(folder(), { 'scan/app.py': `token = "${fakeCredentials.platformToken()}"\n`, 'scan/b.py': 'b = 1\n' });
    const uri = vscode.Uri.file(join(folder(), 'scan/b.py'));
    const document = await vscode.workspace.openTextDocument(uri);
    await typeInto(document, `c = "${fakeCredentials.platformToken()}"\n`);
    assert.deepEqual(await run('scanWorkspace'), { findings: 2 });
    await document.save();
    const found = vscode.Uri.file(join(folder(), 'scan/app.py'));
    await vscode.window.showTextDocument(found);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await waitForLeaks(found, 1);
  });

  it('drops the matches of a deleted file whose document is still open', async () => {
    write(folder(), { 'scan/gone.py': `token = "${fakeCredentials.platformToken()}"\n` });
    const { uri } = await vscode.workspace.openTextDocument(vscode.Uri.file(join(folder(), 'scan/gone.py')));
    await waitForLeaks(uri, 1);
    assert.deepEqual(await run('scanWorkspace'), { findings: 1 });
    clear();
    assert.deepEqual(await run('scanWorkspace'), { findings: 0 });
  });

  for (const way of ['with ripgrep', 'without ripgrep']) {
    it(`reads UTF-16 and large notebooks, and skips what Git or VS Code excludes, and binary or large files: ${way}`, async () => {
      const secret = fakeCredentials.opaque();
      const known = new KnownValues(keyedHash());
      known.add(new Secret(secret), { isApiKey: false });
      const token = () => `token = "${fakeCredentials.platformToken()}"\n`;
      await vscode.workspace
        .getConfiguration('files')
        .update('exclude', { '**/hidden': true, '**/shown': false }, vscode.ConfigurationTarget.Workspace);
      write(join(folder(), 'scan'), {
        '.gitignore': 'ignored/\n*.log\n!kept.log\n',
        'a.py': token(),
        'b/c.txt': `${secret}\n`,
        'b/.env': `TIR_API_TOKEN=${fakeCredentials.opaque()}\n`,
        'b/.gitignore': '/local.py\n',
        // For searches, not for Git.
        '.ignore': 'a.py\n',
        'b/local.py': token(),
        'b/d/local.py': token(),
        'ignored/a.py': token(),
        'a.log': token(),
        'kept.log': token(),
        'hidden/a.py': token(),
        'shown/a.py': token(),
        '.git/config': token(),
        'model.bin': Buffer.concat([Buffer.from([1, 0, 2]), Buffer.from(token())]),
        'large.json': `${token()}${' '.repeat(5 * 1024 * 1024)}`,
        'क.py': token(),
        'little.ps1': Buffer.from(`\ufeff${token()}`, 'utf16le'),
        'big.ps1': Buffer.from(`\ufeff${token()}`, 'utf16le').swap16(),
        'large.ipynb': notebookOf([' '.repeat(5 * 1024 * 1024), token().trim()]),
      });
      const expected = [
        'big.ps1',
        'large.ipynb',
        'little.ps1',
        'a.py',
        'b/.env',
        'b/c.txt',
        'b/d/local.py',
        'kept.log',
        'shown/a.py',
        'क.py',
      ];
      if (way === 'with ripgrep') {
        assert.ok(await findRipgrep(vscode.env.appRoot), 'findRipgrep finds no ripgrep in VS Code');
      }
      const uri = vscode.Uri.file(join(folder(), 'scan'));
      const scan = way === 'with ripgrep' ? scanFolder : scanWithoutRipgrep;
      let files = 0;
      const results = await scan(uri, known, {
        signal: new AbortController().signal,
        report: (count) => (files = count),
      });
      const paths = results.map((result) => result.uri.path.slice(uri.path.length + 1)).sort();
      assert.deepEqual(paths, expected.sort());
      assert.ok(results.every(({ leakedTokens }) => leakedTokens.length === 1));
      assert.ok(files >= expected.length);
    });
  }

  it('rejects with cancelled when it is aborted', async () => {
    write(folder(), { 'scan/app.py': `token = "${fakeCredentials.platformToken()}"\n` });
    for (const scan of [scanFolder, scanWithoutRipgrep]) {
      const work = scan(vscode.Uri.file(folder()), new KnownValues(keyedHash()), {
        signal: AbortSignal.abort(),
        report: () => undefined,
      });
      await assert.rejects(work, { code: 'cancelled' });
    }
  });
});
