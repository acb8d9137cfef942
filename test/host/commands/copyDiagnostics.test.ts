import assert from 'node:assert/strict';
import { homedir, hostname, userInfo } from 'node:os';

import * as vscode from 'vscode';

import { setting } from '../../support/person';
import { until } from '../../support/until';
import { begin, run, signIn, type TestSetup } from '../support';

const person = 'Asha Rao asha.rao@example.com';

describe('copyDiagnostics', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.env.clipboard.writeText('');
    await bench.end();
  });

  const copied = async () => {
    await run('copyDiagnostics');
    return vscode.env.clipboard.readText();
  };

  it('copies versions, counts and the states of lists, and resolves to the number of lines', async () => {
    await signIn(bench.emulator);
    await run('createToken', { name: 'dev-laptop', activate: true });
    const text = await copied();
    const { version } = vscode.extensions.getExtension('tir-community.tir-tokens')!.packageJSON as { version: string };
    for (const line of [
      `- Extension: ${version}`,
      /^- VS Code: [\d.]+, /,
      /^- App host: [\w-]+, UI: (?:web|desktop)$/,
      /^- Remote: (?:none|other|[a-z-]+)$/,
      /^- Shell: \w+$/,
      '- Workspace: trusted, folders: 1',
      /^- Secret storage: readable, /,
      "- Projects: 1, and 0 whose records can't be read",
      '- Tokens: 2 listed, 2 stored (2 of them listed)',
      '- Tokens in use: 1 in all terminals, 0 in folders',
      '- Tokens that expire soon or have expired: 0',
      /^- List of project 1: ok, loaded \d+ s ago, 2 tokens$/,
      '- `tir.apiUrl`: a loopback host, http',
    ]) {
      const isThere = text.split('\n').some((one) => (typeof line === 'string' ? one === line : line.test(one)));
      assert.ok(isThere, `${String(line)} is not in:\n${text}`);
    }
    assert.deepEqual(await run('copyDiagnostics'), { lines: text.trimEnd().split('\n').length });
  });

  it('says how lists and commands failed, by code', async () => {
    const first = await signIn(bench.emulator);
    bench.emulator.revoke(first.id);
    await assert.rejects(run('refresh'));
    const text = await copied();
    assert.match(text, /^- List of project 1: unauthorized/m);
    assert.match(text, /^- refused: unauthorized, 0 min ago$/m);
  });

  it('contains no value, name, path or address, wherever it comes from', async () => {
    const { emulator } = bench;
    const first = emulator.seed(`token of ${person}`);
    const { value: token, apiKey, projectId, location } = first;
    await run('signIn', { token, apiKey, projectId, location, label: `project of ${person}`, activate: true });
    await run('createToken', { name: 'secret-laptop' });
    emulator.fail('POST', { status: 403 });
    await assert.rejects(run('createToken', { name: 'refused-laptop' }));
    // Values of the wrong kind, as in a settings file that a person edited.
    await setting('requestTimeoutSeconds', person);
    await setting('terminal.scope', person);
    await setting('leaks.ignoredPatterns', [person]);
    await setting('clipboard.clearAfterSeconds', 30);
    const text = await copied();
    assert.match(text, /^- `tir\.clipboard\.clearAfterSeconds`: 30$/m);
    assert.match(text, /^- `tir\.requestTimeoutSeconds`: not a value of this setting$/m);
    assert.match(text, /^- `tir\.leaks\.ignoredPatterns`: entries: 1$/m);
    assert.match(text, /^- refused: forbidden, 0 min ago$/m);
    const folders = vscode.workspace.workspaceFolders ?? [];
    const { host } = new URL(emulator.apiUrl);
    const secrets = emulator.made.flatMap((made) => [made.value, made.apiKey]);
    const names = [
      ...emulator.made.map(({ name }) => name),
      ...['refused-laptop', person, ...person.split(' '), 'project of', `p-${projectId}`, String(projectId), location],
      ...folders.flatMap(({ name, uri }) => [name, uri.fsPath]),
      ...[userInfo().username, hostname(), homedir(), vscode.env.machineId, vscode.env.sessionId],
      ...[host, vscode.env.shell, vscode.workspace.name ?? host],
    ];
    assert.ok(secrets.every((secret) => !text.includes(secret)));
    assert.deepEqual(
      names.filter((name) => name !== '' && text.includes(name)),
      [],
      text,
    );
    // Whatever else it might be: no path and no address of a mailbox or a server.
    assert.doesNotMatch(text, /@|:\/\/|\d+\.\d+\.\d+\.\d+:|[\\]|\/(?:home|root|Users|tmp|usr|work)\b/);
  });

  it('offers a person to see what was copied', async () => {
    await signIn(bench.emulator);
    bench.person.clicks = 'Show';
    await vscode.commands.executeCommand('tir.copyDiagnostics');
    assert.equal(
      bench.person.read.at(-1)?.message,
      'Copied diagnostics to the clipboard. They contain no token, name or address.',
    );
    const shown = await until('the text', () => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.isUntitled && document.getText() !== '' ? document : undefined;
    });
    assert.equal(shown.languageId, 'markdown');
    assert.equal(shown.getText(), await vscode.env.clipboard.readText());
  });
});
