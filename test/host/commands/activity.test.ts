import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import * as vscode from 'vscode';

import type { ActivityLog } from '../../../src/activity/log';
import { ActivityPage } from '../../../src/activity/page';
import { until } from '../../support/until';
import { begin, type TestSetup, runInTerminal, run, signIn } from '../support';

const connectionId = 'p-4711-delhi';

describe('the activity log', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    await run('filterActivity', { text: '' });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await bench.end();
  });

  /** Opens the activity log. Resolves to its text once `passes` accepts it. */
  const page = async (passes: (text: string) => boolean) => {
    await run('showActivity');
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.scheme, 'tir-activity');
    return until('the expected text in the activity log', () =>
      passes(editor.document.getText()) ? editor.document.getText() : undefined,
    );
  };
  /** Returns the mark of a failure, action, project and token of each line, oldest first. */
  const told = (text: string) =>
    text
      .split('\n')
      .filter((line) => /^ {2}\d/.test(line))
      .map((line) => line.slice(7).trim().split(/ {2,}/).join(' | '))
      .reverse();

  it('shows each action with its token and failure, and no values', async () => {
    const { emulator, person } = bench;
    person.clicks = 'Forget Everything';
    await run('forgetEverything');
    const first = await signIn(emulator);
    const { id } = await run<{ id: number }>('createToken', { name: 'dev-laptop' });
    await run('copyToken', { id });
    const terminal = vscode.window.createTerminal();
    await runInTerminal(terminal, 'true');
    await run('stopUsingToken');
    await run('useToken', { id });
    await run('useToken', { id, folder: vscode.workspace.workspaceFolders![0]!.uri.toString() });
    const { id: newToken } = await run<{ id: number }>('rotateToken', { id });
    await run('addTokenValue', { id: first.id, token: first.value });
    emulator.fail('DELETE', { status: 403 });
    person.clicks = 'Delete';
    await run('deleteToken', { ids: [newToken] });
    emulator.fail('POST', { status: 403 });
    await assert.rejects(run('createToken', { name: 'x' }), { code: 'forbidden' });
    await run('signOut');
    const text = await page((now) => now.includes('Signed out'));
    const folder = vscode.workspace.workspaceFolders![0]!.name;
    // The folder's name is too long for the column.
    const place = `in ${folder.slice(0, 9)}…${folder.slice(-9)}`;
    assert.deepEqual(told(text).slice(1), [
      'Signed in | sign-in',
      'Created | dev-laptop',
      'Used in terminals | dev-laptop',
      'Copied | dev-laptop',
      'Terminal opened | dev-laptop',
      'Stopped using | dev-laptop',
      'Used in terminals | dev-laptop',
      `Used in terminals | dev-laptop | ${place}`,
      'Created | dev-laptop-2',
      'Rotated | dev-laptop-2',
      'Used in terminals | dev-laptop-2',
      `Used in terminals | dev-laptop-2 | ${place}`,
      'Deleted | dev-laptop',
      'Value added | sign-in',
      '× Refused by TIR | No permission',
      '× Tried to delete | dev-laptop-2 | No permission',
      '× Refused by TIR | No permission',
      'Signed out',
    ]);
    assert.ok(emulator.made.every(({ value, apiKey }) => !text.includes(value) && !text.includes(apiKey)));
  });

  it('filters by words, and follows new actions', async () => {
    await signIn(bench.emulator);
    await run('createToken', { name: 'alpha' });
    await run('createToken', { name: 'beta' });
    await run('filterActivity', { text: 'CREATE alpha' });
    const text = await page((now) => now.startsWith('Filtered by: CREATE alpha. Entries: 1 of '));
    assert.deepEqual(told(text).length, 1);
    await run('filterActivity', { text: 'gamma' });
    const editor = vscode.window.activeTextEditor;
    await run('createToken', { name: 'gamma', connectionId });
    await until(
      'the activity log to show the new action',
      () => told(editor?.document.getText() ?? '').join() === 'Created | gamma',
    );
    assert.deepEqual(await run('clearActivityFilter'), {});
    await page((now) => now.startsWith('Today, ') && told(now).length > 3);
  });

  it('has a separate language, for which VS Code shows no minimap, line numbers or wrapped lines', async () => {
    await page((now) => now !== '');
    const languageId = 'tir-activity';
    const isSet = () => vscode.window.activeTextEditor?.document.languageId === languageId || undefined;
    await until('the language of the activity log', isSet);
    const editor = vscode.workspace.getConfiguration('editor', { languageId });
    const { minimap, wordWrap } = { minimap: editor.get('minimap.enabled'), wordWrap: editor.get('wordWrap') };
    assert.deepEqual(
      { minimap, wordWrap, lineNumbers: editor.get('lineNumbers') },
      {
        minimap: false,
        wordWrap: 'off',
        lineNumbers: 'off',
      },
    );
  });

  it('exports every entry as CSV', async () => {
    await signIn(bench.emulator);
    await run('createToken', { name: 'alpha' });
    const folder = mkdtempSync(join(tmpdir(), 'tir-export-'));
    const file = join(folder, 'activity.csv');
    const { entries } = await run<{ entries: number }>('exportActivity', { file: vscode.Uri.file(file).toString() });
    const lines = readFileSync(file, 'utf8').trim().split('\r\n');
    assert.equal(lines.length, entries + 1);
    assert.match(lines[0] ?? '', /^time,action,outcome/);
    assert.match(lines.at(-1) ?? '', /,use,ok,.*alpha/);
    rmSync(folder, { recursive: true });
  });

  it('is exported to a path or a URI, and refuses invalid and unwritable paths', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tir-activity-')), 'activity.csv');
    for (const named of [file, vscode.Uri.file(file).toString()]) {
      await run('exportActivity', { file: named });
      assert.match(readFileSync(file, 'utf8'), /^time,action/);
      rmSync(file);
    }
    writeFileSync(file, '');
    // VS Code creates missing folders, but not below a file.
    for (const unusable of ['activity.csv', '', join(file, 'there'), dirname(file), 'nothing:/x']) {
      await assert.rejects(run('exportActivity', { file: unusable }), { code: 'invalid-input' }, unusable);
    }
    rmSync(dirname(file), { recursive: true });
  });

  it('is cleared by forgetEverything, except for the entry of that command', async () => {
    await signIn(bench.emulator);
    bench.person.clicks = 'Forget Everything';
    await run('forgetEverything');
    const text = await page((now) => told(now).length === 1);
    assert.match(told(text)[0] ?? '', /^Everything forgotten$/);
  });

  it('is read once for any number of entries that arrive while it is read', async () => {
    let answer = () => {};
    let reads = 0;
    const read = async () => {
      reads++;
      await new Promise<void>((resolve) => (answer = resolve));
      return [];
    };
    // VS Code asks the latest provider of a scheme.
    const activityPage = new ActivityPage({ read } as Partial<ActivityLog> as ActivityLog);
    try {
      const shown = activityPage.show();
      for (const count of [1, 2, 3]) {
        await until(`read ${count} of the log`, () => reads === count);
        for (let entry = 0; entry < 5; entry++) {
          activityPage.refresh();
        }
        answer();
      }
      await shown;
      await until('the last read of the log', () => reads === 4);
      answer();
    } finally {
      activityPage.dispose();
    }
  });
});
