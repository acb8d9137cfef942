import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';

import * as vscode from 'vscode';

import { commands } from '../../../src/commands/run';
import type { Consumer } from '../../consumer/main';
import { begin, closingQuestions, run, signIn, type TestSetup } from '../support';

const id = 'tir-community.tir-tokens';

describe('a hostile extension', () => {
  let bench: TestSetup;
  let hostile: Consumer;
  let mine: { readonly id: number };
  beforeEach(async () => {
    bench = await begin();
    hostile = await vscode.extensions.getExtension<Consumer>('tir-tests.consumer')!.activate();
    await signIn(bench.emulator);
    mine = await run<{ id: number }>('createToken', { name: 'dev-laptop' });
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.env.clipboard.writeText('');
    // `saveToEnvFile` may have written these.
    for (const name of ['.env', '.gitignore']) {
      rmSync(join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, name), { force: true });
    }
    await bench.end();
  });

  /** Asserts that a result or error holds no token value or API key. */
  const checkHoldsNone = (what: string, got: unknown) => {
    const error = got instanceof Error ? `${got.stack} ${JSON.stringify(got)}` : '';
    const text = `${inspect(got, { depth: 20, showHidden: true })} ${error}`;
    const secrets = bench.emulator.made.flatMap(({ value, apiKey }) => [value, apiKey]);
    assert.ok(!secrets.some((secret) => text.includes(secret)), `${what} gave a value away`);
  };

  it('gets no token value or API key from any command, whatever it passes', async () => {
    const { emulator } = bench;
    // These come last: a rotation deletes the token, and a sign-out forgets the project.
    const last = ['rotateToken', 'signOut'];
    const calls = [...Object.keys(commands).filter((name) => !last.includes(name)), ...last];
    const given: unknown[] = [
      { id: mine.id, ids: [mine.id], folder: vscode.workspace.workspaceFolders![0]!.uri.toString(), format: 'env' },
      { id: mine.id, connectionId: '__proto__', name: '__proto__', text: '' },
      { __proto__: { id: mine.id }, constructor: 1 },
      [{ id: mine.id, kind: 'token', connectionId: 'p-4711-delhi' }],
      'selection',
      -1,
    ];
    for (const name of calls) {
      if (name === 'rotateToken') {
        assert.ok(
          emulator.tokens.some((token) => token.id === mine.id),
          'no command before the rotation deleted the token',
        );
      }
      for (const argument of given) {
        const got = await closingQuestions(() => hostile.run(`tir.${name}`, argument)).catch((error: unknown) => error);
        checkHoldsNone(name, got);
      }
    }
    for (const { message, detail, modal } of bench.person.read.filter(({ detail }) => detail !== '')) {
      checkHoldsNone(`the question "${message}", modal: ${modal}`, detail);
    }
  });

  it("can't delete a token without confirmation", async () => {
    const { emulator, person } = bench;
    const before = emulator.tokens.length;
    for (const argument of [{ ids: [mine.id] }, { kind: 'token', id: mine.id }]) {
      person.read.length = 0;
      const outcome = await hostile.run('tir.deleteToken', argument).catch((error: unknown) => error);
      assert.match(person.read[0]?.message ?? '', /Delete the token "dev-laptop"\?/);
      assert.equal(person.read[0]?.modal, true);
      checkHoldsNone('tir.deleteToken', outcome);
    }
    assert.ok(!emulator.calls.some((call) => call.startsWith('DELETE')));
    assert.equal(emulator.tokens.length, before);
  });

  it("can't run forgetEverything without confirmation", async () => {
    const outcome = await hostile.run('tir.forgetEverything', {}).catch((error: unknown) => error);
    assert.equal((outcome as { code?: unknown }).code, 'cancelled');
    assert.equal(bench.person.read[0]?.modal, true);
    assert.deepEqual(await run('useToken', { id: mine.id }), { id: mine.id, name: 'dev-laptop' });
  });

  it("can't read this extension's secrets, and gets no exports from it", async () => {
    const { secrets } = hostile;
    const keys = ['in-use', 'connection:p-4711-delhi', `value:p-4711-delhi:${mine.id}`];
    for (const key of [
      ...keys,
      ...keys.map((one) => `${id}:${one}`),
      JSON.stringify({ extensionId: id, key: keys[0] }),
    ]) {
      assert.equal(await secrets.get(key), undefined, key);
    }
    // Older VS Code versions have no `keys`.
    assert.deepEqual((await (secrets as { keys?: () => Thenable<string[]> }).keys?.()) ?? [], []);
    const us = vscode.extensions.getExtension(id)!;
    assert.equal(us.exports, undefined);
    checkHoldsNone('the extension', us);
  });
});
