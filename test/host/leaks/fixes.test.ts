import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import * as vscode from 'vscode';

import { setting } from '../../support/person';
import { until } from '../../support/until';
import { begin, type TestSetup, run, signIn } from '../support';
import { leaksIn, fakeCredentials, open, openNotebook, typeInto, waitForLeaks } from './support';

const execute = promisify(execFile);

describe('quick fixes for leaked tokens', () => {
  let bench: TestSetup;
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tir-fixes-'));
    bench = await begin();
  });
  afterEach(async () => {
    await vscode.workspace
      .getConfiguration('tir')
      .update('leaks.ignoredPatterns', undefined, vscode.ConfigurationTarget.Workspace);
    await setting('terminal.sdkVariables', undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await bench.end();
    rmSync(folder, { recursive: true });
  });

  async function actionsOf(document: vscode.TextDocument, leak = 0): Promise<vscode.CodeAction[]> {
    const [...leaks] = await until('leaks', () => {
      const found = leaksIn(document.uri);
      return found.length > leak ? found : undefined;
    });
    const range = leaks[leak]!.range;
    // VS Code passes the markers that it shows, which appear a moment after the diagnostics.
    return until('fixes', async () => {
      const given = [document.uri, range, vscode.CodeActionKind.QuickFix.value];
      const actions = await Promise.resolve(
        vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', ...given),
      ).catch((error: unknown) => {
        // VS Code cancels it if markers change meanwhile.
        assert.equal((error as Error).name, 'Canceled');
        return [];
      });
      // VS Code offers other actions there, too.
      const ours = actions.filter(({ title }) => /^(?:Replace with|Rotate|Delete|Find out|Not a token)/.test(title));
      return ours.length > 0 ? ours : undefined;
    });
  }

  /** Applies the fix whose title starts with `title`, and saves the file. */
  async function apply(document: vscode.TextDocument, title: string): Promise<void> {
    const action = (await actionsOf(document)).find((candidate) => candidate.title.startsWith(title));
    assert.ok(action?.edit, `no fix "${title}"`);
    assert.ok(await vscode.workspace.applyEdit(action.edit));
    await document.save();
  }

  it('produce a Python file that runs, reads the variable, and keeps the text around the value', async () => {
    const token = fakeCredentials.platformToken();
    const source = [
      '#!/usr/bin/env python3',
      '"""Calls TIR."""',
      'from __future__ import annotations',
      'import json',
      `headers = {"Authorization": "Bearer ${token}", "x": "{y}"}`,
      'print(json.dumps(headers))',
      '',
    ].join('\n');
    const document = await open(folder, 'app.py', source);
    await apply(document, 'Replace with os.environ["TIR_API_TOKEN"]');
    await waitForLeaks(document.uri, 0);
    assert.equal(document.lineAt(3).text, 'import os');
    const { stdout } = await execute('python3', [document.fileName], {
      env: { ...process.env, TIR_API_TOKEN: 'read' },
    });
    assert.deepEqual(JSON.parse(stdout), { Authorization: 'Bearer read', x: '{y}' });
  });

  it('produce a JavaScript file that runs and reads the variable', async () => {
    const source = [
      `const token = '${fakeCredentials.platformToken()}';`,
      `const header = 'Bearer \`x\` ${fakeCredentials.platformToken()}';`,
      'console.log(JSON.stringify([token, header]));',
      '',
    ].join('\n');
    const document = await open(folder, 'app.mjs', source);
    await apply(document, 'Replace with process.env.TIR_API_TOKEN');
    await waitForLeaks(document.uri, 1);
    await apply(document, 'Replace with process.env.TIR_API_TOKEN');
    await waitForLeaks(document.uri, 0);
    const env = { ...process.env, TIR_API_TOKEN: 'read', ELECTRON_RUN_AS_NODE: '1' };
    const { stdout } = await execute(process.execPath, [document.fileName], { env });
    assert.deepEqual(JSON.parse(stdout), ['read', 'Bearer `x` read']);
  });

  it('produce a shell script that runs and reads the variable', async () => {
    const token = fakeCredentials.platformToken();
    const source = [
      `printf '%s|' 'Bearer ${token}'`,
      `printf '%s|' "a ${token}"`,
      `printf '%s|' '{"token": "${token}"}'`,
      `printf '%s' ${token}`,
      '',
    ].join('\n');
    const document = await open(folder, 'app.sh', source);
    for (let left = 4; left > 0; left--) {
      await waitForLeaks(document.uri, left);
      await apply(document, 'Replace with $TIR_API_TOKEN');
    }
    await waitForLeaks(document.uri, 0);
    const { stdout } = await execute('sh', [document.fileName], { env: { ...process.env, TIR_API_TOKEN: 'read' } });
    assert.equal(stdout, 'Bearer read|a read|{"token": "read"}|read');
  });

  it('add no import to a notebook cell if an earlier cell has it', async () => {
    const line = `token = "${fakeCredentials.platformToken()}"`;
    const notebook = await openNotebook(folder, [line, 'import os', line]);
    await vscode.window.showNotebookDocument(notebook);
    for (const index of [0, 2]) {
      const [replace] = await actionsOf(notebook.cellAt(index).document);
      assert.ok(replace?.edit && (await vscode.workspace.applyEdit(replace.edit)));
    }
    const read = 'token = os.environ["TIR_API_TOKEN"]';
    assert.equal(notebook.cellAt(0).document.getText(), `import os\n${read}`);
    assert.equal(notebook.cellAt(2).document.getText(), read);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it("rotate a token whose value is stored, and don't offer to ignore it", async () => {
    const { emulator, person } = bench;
    await signIn(emulator);
    await run('createToken', { name: 'dev-laptop' });
    const { id, value } = emulator.tokens.at(-1)!;
    const document = await open(folder, 'notes.md', `${value}\n`);
    const actions = await actionsOf(document);
    assert.deepEqual(
      actions.map(({ title }) => title),
      [
        'Replace with YOUR_TIR_API_TOKEN',
        'Rotate the leaked token "dev-laptop"…',
        'Delete the leaked token "dev-laptop" on TIR…',
      ],
    );
    assert.ok(!JSON.stringify([actions, leaksIn(document.uri)]).includes(value));
    const { command } = actions[1]!;
    person.clicks = 'Rotate';
    await vscode.commands.executeCommand(command!.command, ...(command!.arguments as unknown[]));
    assert.ok(emulator.tokens.every((token) => token.id !== id));
    assert.ok(emulator.tokens.some(({ name }) => name === 'dev-laptop-2'));
  });

  it('name a token whose value only the list has, and delete it', async () => {
    const { emulator, person } = bench;
    await signIn(emulator);
    const { id, value } = emulator.seed('ci-pipeline');
    const document = await open(folder, 'notes.md', `TIR_API_TOKEN=${value}\n`);
    await waitForLeaks(document.uri, 1);
    await run('refresh');
    const [named] = await until('the name', () => {
      const leaks = leaksIn(document.uri);
      return leaks[0]?.message.includes('ci-pipeline') === true ? leaks : undefined;
    });
    assert.match(
      named!.message,
      /^This is your token "ci-pipeline" in Project 4711 \(Delhi\), created \w+ \d+, \d{4}\./,
    );
    const remove = (await actionsOf(document)).find(
      ({ title }) => title === 'Delete the leaked token "ci-pipeline" on TIR…',
    );
    person.clicks = 'Delete';
    await vscode.commands.executeCommand(remove!.command!.command, ...(remove!.command!.arguments as unknown[]));
    assert.ok(emulator.tokens.every((token) => token.id !== id));
    assert.ok(!JSON.stringify([named, remove]).includes(value));
  });

  it('offer to end the token in the hover, with links to these commands alone', async () => {
    await signIn(bench.emulator);
    const { value } = bench.emulator.seed('[x](command:y)');
    await run('refresh');
    const document = await open(folder, 'notes.md', `see ${value}\n`);
    await waitForLeaks(document.uri, 1);
    const at = new vscode.Position(0, 10);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      at,
    );
    const texts = hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
    const [links] = texts.filter(({ value: text }) => text.includes('tir.'));
    assert.match(
      links!.value,
      /^\[Rotate…\]\(command:tir\.rotateToken\?\S+\) · \[Delete…\]\(command:tir\.deleteToken\?\S+\)$/,
    );
    assert.ok(!JSON.stringify(texts).includes(value));
  });

  it('are not offered for a text that has moved or changed since it was found', async () => {
    const { uri } = await open(folder, 'app.py', `token = "${fakeCredentials.platformToken()}"\n`);
    await setting('leaks.enabled', false);
    const workspace = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
    const inside = mkdtempSync(join(workspace, 'fixes-'));
    try {
      const document = await open(inside, 'app.py', `token = "${fakeCredentials.platformToken()}"\n`);
      await run('scanWorkspace');
      const [leak] = await waitForLeaks(document.uri, 1);
      await typeInto(document, 'x');
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        leak!.range,
      );
      assert.deepEqual(
        actions.filter(({ title }) => title.startsWith('Replace with')),
        [],
      );
      assert.deepEqual(leaksIn(uri), []);
      await document.save();
    } finally {
      rmSync(inside, { recursive: true });
      await setting('leaks.enabled', undefined);
    }
  });

  it('ignore a match with a comment above its command, or its pattern in the workspace settings', async () => {
    const token = fakeCredentials.opaque();
    const source = `curl --silent \\\n  -H "Authorization: Bearer ${token}" \\\n  "$URL"\n`;
    const document = await open(folder, 'app.sh', source);
    const other = await open(folder, 'other.sh', source);
    await apply(document, 'Not a token: ignore this line');
    await waitForLeaks(document.uri, 0);
    assert.equal(document.getText(), `# tir-ignore bearer-token\n${source}`);
    const setting = (await actionsOf(other)).find(({ title }) => title.includes('in this workspace'));
    await vscode.commands.executeCommand(setting!.command!.command, ...(setting!.command!.arguments as unknown[]));
    await waitForLeaks(other.uri, 0);
    const configuration = vscode.workspace.getConfiguration('tir').inspect<string[]>('leaks.ignoredPatterns');
    assert.deepEqual(configuration?.workspaceValue, ['bearer-token']);
  });

  it('offer to turn on tir.terminal.sdkVariables after replacing an API key', async () => {
    const { person } = bench;
    const source = `url = "https://api.e2enetworks.com/?apikey=${crypto.randomUUID()}"\n`;
    const document = await open(folder, 'app.py', source);
    const [replace] = await actionsOf(document);
    assert.equal(replace?.title, 'Replace with os.environ["E2E_TIR_API_KEY"]');
    person.clicks = 'Turn On';
    await vscode.commands.executeCommand(replace.command!.command);
    assert.match(person.read.at(-1)!.message, /tir\.terminal\.sdkVariables/);
    assert.equal(vscode.workspace.getConfiguration('tir').get('terminal.sdkVariables'), true);
  });
});
