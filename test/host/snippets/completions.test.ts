import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import * as vscode from 'vscode';

import type { Kind } from '../../../src/snippets/snippets';
import { expectedSnippets } from '../../support/expectedSnippets';
import { begin, type TestSetup, notebookOf, run, signIn } from '../support';

const connectionId = 'p-4711-delhi';
const { extensionPath: root } = vscode.extensions.getExtension('tir-community.tir-tokens')!;

describe('snippet completions', () => {
  let bench: TestSetup;
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tir-snippets-'));
    bench = await begin();
  });
  afterEach(async () => {
    await vscode.env.clipboard.writeText('');
    await bench.end();
    rmSync(folder, { recursive: true });
  });

  const offered: [file: string, kinds: Kind[]][] = [
    ['a.py', ['python-requests', 'python-sdk', 'openai-python']],
    ['a.ipynb', ['python-requests', 'python-sdk', 'openai-python', 'jupyter']],
    ['a.js', ['openai-js']],
    ['a.jsx', ['openai-js']],
    ['a.ts', ['openai-js']],
    ['a.tsx', ['openai-js']],
    ['a.sh', ['curl']],
    ['Dockerfile', ['dockerfile']],
    ['.github/workflows/ci.yml', ['github-actions']],
    ['.gitlab-ci.yml', ['gitlab-ci']],
    ['compose.yml', []],
    ['a.md', []],
  ];

  for (const [file, expected] of offered) {
    it(`offer ${expected.join(', ') || 'none'} in ${file}`, async () => {
      const { emulator } = bench;
      const { value, apiKey } = await signIn(emulator);
      const calls = emulator.calls.length;
      const document = await open(file, 'TIR');
      const items = await complete(document);
      assert.deepEqual(items.map(prefixOf).sort(), expected.map((kind) => `tir-${kind}`).sort());
      for (const kind of expected) {
        const item = items.find((candidate) => prefixOf(candidate) === `tir-${kind}`)!;
        const code = await inserted(item);
        assert.equal(code, expectedSnippets(root, emulator.apiUrl).get(kind)?.trimEnd());
        assert.ok(!JSON.stringify(item).includes(value) && !JSON.stringify(item).includes(apiKey));
        assert.equal(item.keepWhitespace ?? false, kind === 'curl');
      }
      assert.equal(emulator.calls.length, calls, 'a completion called the API');
    });
  }

  it('appear only if the current word begins like "tir-"', async () => {
    await signIn(bench.emulator);
    const count = async (text: string) => (await complete(await open('a.py', text))).length;
    assert.deepEqual(await Promise.all(['t', 'tir', 'x = tir', 'Tir-open'].map(count)), [3, 3, 3, 3]);
    assert.deepEqual(await Promise.all(['', 'tar', 'stir', 'x = '].map(count)), [0, 0, 0, 0]);
  });

  it('insert the project in use, else the only project, else a placeholder', async () => {
    const { emulator } = bench;
    const address = async () => (await inserted((await complete(await open('a.sh', 'tir')))[0]!)).split('\n')[2];
    assert.match((await address()) ?? '', /\?project_id=<project id>&location=<location>\$/);
    const { id } = await signIn(emulator);
    assert.match((await address()) ?? '', /\?project_id=4711&location=Delhi\$/);
    const {
      value: token,
      apiKey,
      projectId,
      location,
    } = emulator.seed('two', { projectId: 4712, location: 'Chennai' });
    await run('signIn', { token, apiKey, projectId, location, activate: false });
    assert.match((await address()) ?? '', /<project id>/);
    await run('useToken', { id, connectionId });
    assert.match((await address()) ?? '', /\?project_id=4711&location=Delhi\$/);
  });

  it('insert the model in the URL and in the call with one tab stop', async () => {
    await signIn(bench.emulator);
    for (const file of ['a.py', 'a.js']) {
      const items = await complete(await open(file, 'tir'));
      const { insertText } = items.find((item) => prefixOf(item).startsWith('tir-openai-'))!;
      assert.ok(insertText instanceof vscode.SnippetString);
      assert.deepEqual(insertText.value.match(/\$\{\d+:<model>\}/g), ['${1:<model>}', '${1:<model>}'], file);
    }
  });

  /** Opens a new document in the language of its file name. For a notebook, returns its only cell. */
  async function open(file: string, text: string): Promise<vscode.TextDocument> {
    const path = join(mkdtempSync(join(folder, 'open-')), file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.endsWith('.ipynb') ? notebookOf([text]) : text);
    const uri = vscode.Uri.file(path);
    if (!file.endsWith('.ipynb')) {
      return vscode.workspace.openTextDocument(uri);
    }
    const { document } = (await vscode.workspace.openNotebookDocument(uri)).cellAt(0);
    return document;
  }
});

const prefixOf = ({ label }: vscode.CompletionItem) => (typeof label === 'string' ? label : label.label);

/** Returns the extension's completions at the end of a document. */
async function complete(document: vscode.TextDocument): Promise<vscode.CompletionItem[]> {
  const end = document.lineAt(document.lineCount - 1).range.end;
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    end,
  );
  return list.items.filter((item) => prefixOf(item).startsWith('tir-'));
}

/** Returns the text that a completion inserts, with the default text of its tab stops. */
async function inserted({ insertText }: vscode.CompletionItem): Promise<string> {
  assert.ok(insertText instanceof vscode.SnippetString);
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: '' }));
  try {
    await editor.insertSnippet(insertText);
    return editor.document.getText();
  } finally {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
}
