import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import type { PlatformToken } from '../../emulator/emulator';
import { until } from '../../support/until';
import {
  answeringQuestions,
  begin,
  lengthInTerminal,
  run,
  runInTerminal,
  signIn,
  statusInTerminal,
  type TestSetup,
  withWindow,
} from '../support';

describe('signIn', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    await bench.end();
  });

  it('accepts pasted text, tests the token, and can be repeated', async () => {
    const { emulator } = bench;
    const { value, apiKey } = emulator.seed('first');
    const argument = { token: ` export TIR_API_TOKEN="${value}"\n`, apiKey, projectId: '4711', location: 'delhi' };
    const result = { connectionId: 'p-4711-delhi', label: 'Project 4711 (Delhi)', tokenCount: 1, active: true };
    assert.deepEqual(await run('signIn', argument), result);
    assert.deepEqual(await run('signIn', { ...argument, label: 'Research' }), { ...result, label: 'Research' });
    assert.deepEqual(await run('refresh'), { tokenCount: 1 });
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), value.length);
  });

  it('puts its token to use if none is in use, or as the argument says', async () => {
    const { emulator } = bench;
    const [a, b, c] = ['a', 'b', 'c'].map((name) => emulator.seed(name)) as [
      PlatformToken,
      PlatformToken,
      PlatformToken,
    ];
    const signInWith = async ({ value: token, apiKey }: PlatformToken, activate?: boolean) =>
      (await run<{ active: boolean }>('signIn', { token, apiKey, projectId: 4711, location: 'Delhi', activate }))
        .active;
    assert.equal(await signInWith(a, false), false);
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), 0);
    assert.equal(await signInWith(a), true);
    assert.equal(await signInWith(b), false, 'another one is in use');
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), a.value.length);
    assert.equal(await signInWith(c, true), true);
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), c.value.length);
  });

  /** Runs the command as a person does. */
  const answering = (...answers: string[]) =>
    answeringQuestions(answers, async () => vscode.commands.executeCommand('tir.signIn'));

  /** Runs the command as a person who presses the button of the first question and chooses this file. */
  const openingFile = (file: string) => {
    const { createInputBox } = vscode.window;
    const pressed = () => {
      const box = createInputBox();
      const listeners: ((button: vscode.QuickInputButton) => unknown)[] = [];
      const show = box.show.bind(box);
      return Object.assign(box, {
        onDidTriggerButton: (listener: (button: vscode.QuickInputButton) => unknown) => listeners.push(listener),
        show() {
          show();
          listeners.forEach((listener) => listener(box.buttons.find(({ tooltip }) => tooltip === 'Open a File…')!));
        },
      });
    };
    const services = { createInputBox: pressed, showOpenDialog: () => Promise.resolve([vscode.Uri.file(file)]) };
    return withWindow(services, async () => vscode.commands.executeCommand('tir.signIn'));
  };

  it('asks for the location if both answer', async () => {
    const { emulator } = bench;
    const { value, apiKey } = emulator.seed('first');
    emulator.anyLocation = true;
    await answering(JSON.stringify({ auth_token: value, api_key: apiKey, project_id: 4711 }), 'Chennai');
    assert.deepEqual(await run('signOut'), { connectionId: 'p-4711-chennai' });
  });

  it("asks which account of MyAccount's file to use if it has several, as files of e2ectl may", async () => {
    const { emulator } = bench;
    emulator.seed('first');
    const second = emulator.seed('second');
    const entry = ({ value, apiKey }: PlatformToken) => ({ api_key: apiKey, api_auth_token: value });
    const file = JSON.stringify({ home: entry(emulator.tokens[0]!), work: entry(second) });
    await answering(file, 'work', '4711');
    assert.equal(await statusInTerminal(emulator), '200');
    const sum = await runInTerminal(vscode.window.createTerminal(), 'printf %s "$TIR_API_TOKEN" | sha256sum');
    assert.ok(sum.startsWith(createHash('sha256').update(second.value).digest('hex')), 'of the account "work"');
  });

  it('offers to take the token out of a .env file that it was read from', async () => {
    const { value, apiKey } = bench.emulator.seed('first');
    const folder = await mkdtemp(join(tmpdir(), 'tir-sign-in-'));
    const file = join(folder, '.env');
    const text = `A=1\r\nTIR_API_TOKEN=${value}\r\nE2E_TIR_API_KEY=${apiKey}\r\nE2E_TIR_PROJECT_ID=4711\r\n`;
    await writeFile(file, Buffer.from(text));
    bench.person.clicks = 'Remove from .env';
    await openingFile(file);
    await until('the token to be taken out', async () => !(await readFile(file, 'utf8')).includes(value));
    await writeFile(file, Buffer.from(`\ufeff${text}`, 'utf16le'));
    await run('signOut');
    await openingFile(file);
    assert.deepEqual(await run('signOut'), { connectionId: 'p-4711-delhi' }, 'read as UTF-16');
    await rm(folder, { recursive: true });
  });

  it('keeps two projects apart', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    const other = emulator.seed('other', { projectId: 4712, location: 'Chennai' });
    const { value: token, apiKey, projectId, location } = other;
    const { connectionId } = await run<{ connectionId: string }>('signIn', { token, apiKey, projectId, location });
    assert.deepEqual(await run('refresh'), { tokenCount: 2 });
    const created = await run<{ id: number }>('createToken', { name: 'x', connectionId });
    assert.equal(emulator.tokens.find(({ id }) => id === created.id)?.projectId, 4712);
    assert.deepEqual(await run('signOut', { connectionId }), { connectionId });
    assert.deepEqual(await run('refresh'), { tokenCount: 1 });
    assert.equal(await lengthInTerminal('TIR_API_TOKEN'), 0, 'the sign-out stopped the use of its token');
    assert.ok(
      emulator.tokens.some(({ id }) => id === created.id),
      'the sign-out deleted no token',
    );
  });
});
