import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import * as vscode from 'vscode';

import { statusOf } from '../../support/whoami';
import { begin, run, runInTerminal, signIn, type TestSetup } from '../support';

const hash = `node -e "console.log(require('crypto').createHash('sha256').update(process.env.TIR_API_TOKEN ?? '').digest('hex'))"`;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the main job', () => {
  let bench: TestSetup;
  before(async () => {
    bench = await begin();
  });
  after(() => bench.end());

  it('creates a token, uses it in a real shell, and deletes it', async () => {
    const { emulator, person } = bench;
    await signIn(emulator);
    const status = statusOf(emulator.origin);

    const created = await run<{ id: number; active: boolean }>('createToken', { name: 'dev-laptop' });
    const onPlatform = emulator.tokens.find(({ name }) => name === 'dev-laptop');
    assert.equal(created.id, onPlatform?.id);
    assert.equal(created.active, true);

    const terminal = vscode.window.createTerminal();
    assert.equal(await runInTerminal(terminal, hash), sha256(onPlatform?.value ?? 'missing'));
    assert.equal(await runInTerminal(terminal, status), '200');

    person.clicks = 'Delete';
    assert.deepEqual(await run('deleteToken', { ids: [created.id] }), { deleted: [created.id], failed: [] });
    assert.equal(person.read.at(-1)?.modal, true);
    assert.equal(await runInTerminal(terminal, status), '401');

    const next = vscode.window.createTerminal();
    assert.equal(await runInTerminal(next, 'echo "${TIR_API_TOKEN-unset}"'), 'unset');
  });
});
