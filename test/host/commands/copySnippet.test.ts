import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { kinds } from '../../../src/snippets/snippets';
import { expectedSnippets } from '../../support/expectedSnippets';
import { acceptingQuestions, begin, type TestSetup, run, signIn } from '../support';

const connectionId = 'p-4711-delhi';
const { extensionPath: root } = vscode.extensions.getExtension('tir-community.tir-tokens')!;

describe('copySnippet', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    await vscode.env.clipboard.writeText('');
    await bench.end();
  });

  for (const kind of kinds) {
    it(`copies ${kind} for a token's project, without the token's value`, async () => {
      const { emulator } = bench;
      const { id, value, apiKey } = await signIn(emulator);
      assert.deepEqual(await run('copySnippet', { id, kind }), { kind });
      const copied = await vscode.env.clipboard.readText();
      assert.equal(copied, expectedSnippets(root, emulator.apiUrl).get(kind));
      assert.ok(!copied.includes(value) && !copied.includes(apiKey));
    });
  }

  it('rejects an unknown kind without quoting it, and lists the known ones', async () => {
    const { value } = await signIn(bench.emulator);
    for (const kind of ['', 'constructor', value]) {
      await assert.rejects(run('copySnippet', { connectionId, kind }), {
        code: 'invalid-input',
        message: `There is no snippet of this kind. Choose one of: ${kinds.join(', ')}.`,
      });
    }
  });

  it('asks for the kind when it is called from a row', async () => {
    const { id } = await signIn(bench.emulator);
    await acceptingQuestions(() => run('copySnippet', { kind: 'token', id, connectionId }));
    assert.match(await vscode.env.clipboard.readText(), /^curl --config -/);
    assert.deepEqual(bench.person.read, []);
  });

  it('fails with not-signed-in without a project', async () => {
    await assert.rejects(run('copySnippet', { kind: 'curl' }), { code: 'not-signed-in' });
  });
});
