import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { setting } from '../../support/person';
import { until } from '../../support/until';
import { begin, type TestSetup, run, signIn } from '../support';
import { leaksIn, fakeCredentials, newRepository, open, openNotebook, typeInto, waitForLeaks, write } from './support';

describe('live leak scan', () => {
  let bench: TestSetup;
  let folder: string;
  let repository: Awaited<ReturnType<typeof newRepository>> | undefined;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tir-leaks-'));
    bench = await begin();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await bench.end();
    rmSync(folder, { recursive: true });
    rmSync(repository?.folder ?? folder, { recursive: true, force: true });
    repository = undefined;
  });

  it('marks a TIR token in the text, with a code and a help page, without quoting it', async () => {
    const token = fakeCredentials.platformToken();
    const { uri } = await open(folder, 'app.py', `import requests\n\ntoken = "${token}"\n`);
    const [leak] = await waitForLeaks(uri, 1);
    assert.equal(leak!.message.split('.')[0], 'This is a TIR token');
    assert.deepEqual(leak!.range, new vscode.Range(2, 9, 2, 9 + token.length));
    const { value, target } = leak!.code as { value: string; target: vscode.Uri };
    assert.equal(value, 'platform-token');
    const page = (await vscode.workspace.openTextDocument(target)).getText();
    assert.match(page, /`platform-token`/);
    assert.ok(!leak!.message.includes(token.slice(0, 12)), 'the message quotes the token');
  });

  it('logs the file and line of a leaked token, and none of its text', async () => {
    const token = fakeCredentials.platformToken();
    const { uri } = await open(folder, 'app.py', `import requests\n\ntoken = "${token}"\n`);
    await waitForLeaks(uri, 1);
    const line = `Leaked token found: ${uri.fsPath}:3 (platform-token)`;
    const data = process.env['TIR_TEST_AT_REST'] ?? '';
    const log = await until('a line in the log', () => {
      try {
        return readdirSync(data, { recursive: true, encoding: 'utf8' })
          .filter((file) => /TIR Tokens\.log$/.test(file))
          .map((file) => readFileSync(join(data, file), 'utf8'))
          .find((text) => text.includes(line));
      } catch (error) {
        // The folders of other jobs are in there too, and go when they end.
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOENT');
        return undefined;
      }
    });
    assert.ok(!token.split('.').some((part) => log.includes(part.slice(0, 20))), 'the log quotes the token');
  });

  it('finds stored values and API keys in any text, and names their token', async () => {
    const { value, apiKey } = await signIn(bench.emulator);
    await run('createToken', { name: 'dev-laptop' });
    const created = bench.emulator.tokens.at(-1)!;
    const lines = [`a = ${created.value}`, `b: ${created.apiKey}`, `see /x/${value}.`, `c=${apiKey}&d`];
    const { uri } = await open(folder, 'notes.txt', lines.join('\n'));
    const leaks = await waitForLeaks(uri, 4);
    assert.deepEqual(
      leaks.map(({ code, range }) => [(code as { value: string }).value, range.start.line, range.start.character]),
      [
        ['stored-value', 0, 4],
        ['stored-value', 1, 3],
        ['stored-value', 2, 7],
        ['stored-value', 3, 2],
      ],
    );
    assert.match(leaks[0]!.message, /^This is your token "dev-laptop" in Project 4711 \(Delhi\), created /);
    assert.match(
      leaks[1]!.message,
      /^This is the API key of your token "dev-laptop" in Project 4711 \(Delhi\), created /,
    );
    assert.match(leaks[2]!.message, /^This is your token "sign-in" in Project 4711 \(Delhi\), created /);
  });

  it('finds a value as soon as it is stored, and clears the match once it is forgotten', async () => {
    // No pattern matches it.
    bench.emulator.values = 'opaque';
    const { value } = bench.emulator.seed('elsewhere');
    const { uri } = await open(folder, 'notes.txt', `${value}\n`);
    await signIn(bench.emulator);
    await run('addTokenValue', { id: bench.emulator.tokens[0]!.id, connectionId: 'p-4711-delhi', token: value });
    await waitForLeaks(uri, 1);
    bench.person.clicks = 'Forget Everything';
    await run('forgetEverything');
    await waitForLeaks(uri, 0);
  });

  it('finds a token when it is typed, moves the match with its line, and clears it when it is removed', async () => {
    const document = await open(folder, 'app.py', 'a = 1\nb = 2\nc = 3\n');
    const edit = async (change: (edit: vscode.WorkspaceEdit) => void) => {
      const edits = new vscode.WorkspaceEdit();
      change(edits);
      assert.ok(await vscode.workspace.applyEdit(edits));
    };
    const line = `token = "${fakeCredentials.platformToken()}"\n`;
    await edit((edits) => edits.insert(document.uri, new vscode.Position(1, 0), line));
    const [leak] = await waitForLeaks(document.uri, 1);
    assert.equal(leak?.range.start.line, 1);
    await edit((edits) => edits.insert(document.uri, new vscode.Position(0, 0), '# one\n# two\n'));
    await until('the match to move', () => leaksIn(document.uri)[0]?.range.start.line === 3);
    await edit((edits) => edits.delete(document.uri, new vscode.Range(3, 0, 4, 0)));
    await waitForLeaks(document.uri, 0);
  });

  it('scans a document of 20,000 lines to the end', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `value_${index} = compute(${index})`);
    lines[19_990] = `token = "${fakeCredentials.platformToken()}"`;
    const { uri } = await open(folder, 'long.py', lines.join('\n'));
    assert.equal((await waitForLeaks(uri, 1))[0]?.range.start.line, 19_990);
  });

  it('stops and starts with tir.leaks.enabled, and skips tir.leaks.ignoredPatterns', async () => {
    const { uri } = await open(
      folder,
      'app.sh',
      `export TIR_API_TOKEN=${fakeCredentials.opaque()}\ncurl -d '${fakeCredentials.platformToken()}'\n`,
    );
    await waitForLeaks(uri, 2);
    await setting('leaks.enabled', false);
    await waitForLeaks(uri, 0);
    await setting('leaks.enabled', true);
    await waitForLeaks(uri, 2);
    await setting('leaks.ignoredPatterns', ['variable-value']);
    const [leak] = await waitForLeaks(uri, 1);
    assert.equal((leak?.code as { value: string }).value, 'platform-token');
  });

  it('offers to show the tokens of a .env file only while something is hidden', async () => {
    const { uri } = await open(folder, '.env', `OTHER=${fakeCredentials.platformToken()}\n`);
    const isOffered = async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
      return lenses.some(({ command }) => command?.title === 'Show token values');
    };
    await until('the offer', isOffered);
    await setting('leaks.ignoredPatterns', ['platform-token']);
    await until('no offer', async () => !(await isOffered()));
    await setting('leaks.ignoredPatterns', undefined);
    await until('the offer again', isOffered);
    const editor = vscode.workspace.getConfiguration('editor');
    await editor.update('codeLens', false, vscode.ConfigurationTarget.Global);
    await until('no offer without code lenses', async () => !(await isOffered()));
    await editor.update('codeLens', undefined, vscode.ConfigurationTarget.Global);
  });

  it('shows a stored value even if a workspace ignores its code', async () => {
    const { value } = await signIn(bench.emulator);
    const { uri } = await open(folder, 'app.sh', `# tir-ignore\nexport TIR_API_TOKEN=${value}\n`);
    await setting('leaks.ignoredPatterns', ['stored-value', 'platform-token', 'variable-value']);
    const [leak] = await waitForLeaks(uri, 1);
    assert.equal((leak?.code as { value: string }).value, 'stored-value');
    await setting('leaks.ignoredPatterns', undefined);
  });

  it("scans the outputs of a notebook's cells while it is open", async () => {
    const token = fakeCredentials.platformToken();
    const notebook = await openNotebook(folder, ['print(1)', 'print(2)']);
    const { document } = notebook.cellAt(1);
    const output = async (text: string) => {
      const items = [vscode.NotebookCellOutputItem.text(text)];
      const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'print(2)', 'python');
      cell.outputs = [new vscode.NotebookCellOutput(items)];
      const edit = new vscode.WorkspaceEdit();
      edit.set(notebook.uri, [vscode.NotebookEdit.replaceCells(new vscode.NotebookRange(1, 2), [cell])]);
      assert.ok(await vscode.workspace.applyEdit(edit));
      return notebook.cellAt(1).document.uri;
    };
    const [leak] = await waitForLeaks(await output(`the token is ${token}`), 1);
    assert.match(leak!.message, /^Clear this cell's output: /);
    assert.ok(!leak!.message.includes(token));
    const { uri } = notebook.cellAt(1).document;
    await setting('leaks.ignoredPatterns', ['platform-token']);
    await waitForLeaks(uri, 0);
    await setting('leaks.ignoredPatterns', undefined);
    await waitForLeaks(uri, 1);
    const moved = new Promise((resolve) => vscode.workspace.onDidChangeNotebookDocument(resolve));
    const selections = [new vscode.NotebookRange(1, 2)];
    await vscode.window.showNotebookDocument(notebook, { selections });
    await vscode.commands.executeCommand('notebook.cell.moveUp');
    await moved;
    assert.equal(notebook.cellAt(0).document.uri.toString(), uri.toString());
    await waitForLeaks(uri, 1);
    await vscode.commands.executeCommand('notebook.cell.moveDown');
    await waitForLeaks(await output('nothing'), 0);
    assert.deepEqual(leaksIn(document.uri), []);
  });

  it('scans notebook cells', async () => {
    const notebook = await openNotebook(folder, ['import os', `token = "${fakeCredentials.platformToken()}"`]);
    const { document } = notebook.cellAt(1);
    await waitForLeaks(document.uri, 1);
  });

  it('scans an untitled document', async () => {
    const document = await vscode.workspace.openTextDocument({ content: `see ${fakeCredentials.platformToken()}` });
    await vscode.window.showTextDocument(document);
    assert.equal(document.uri.scheme, 'untitled');
    await waitForLeaks(document.uri, 1);
  });

  it('skips read-only virtual documents, such as an old version of a file', async () => {
    const text = `token = "${fakeCredentials.platformToken()}"\n`;
    const provider = vscode.workspace.registerTextDocumentContentProvider('tir-test', {
      provideTextDocumentContent: () => text,
    });
    const { uri } = await vscode.workspace.openTextDocument(vscode.Uri.parse('tir-test:/app.py'));
    const file = await open(folder, 'app.py', text);
    await waitForLeaks(file.uri, 1);
    assert.deepEqual(leaksIn(uri), []);
    provider.dispose();
  });

  it('allows a token in .env only while Git ignores the file', async () => {
    repository = await newRepository();
    const rules = await open(repository.folder, '.gitignore', '.env\n');
    await repository.open();
    const line = `TIR_API_TOKEN=${fakeCredentials.opaque()}\n`;
    const committed = await open(repository.folder, '.env.production', line);
    await waitForLeaks(committed.uri, 1);
    const ignored = await open(repository.folder, '.env', line);
    const app = await open(repository.folder, 'app.py', line);
    await waitForLeaks(app.uri, 1);
    await waitForLeaks(ignored.uri, 0);
    await typeInto(rules, '!');
    await rules.save();
    await waitForLeaks(ignored.uri, 1);
    // Another program changes .gitignore, so VS Code is asked again only when the file is edited.
    write(repository.folder, { '.gitignore': '.env\n' });
    await typeInto(ignored, '# more\n');
    await waitForLeaks(ignored.uri, 0);
    await ignored.save();
  });
});
