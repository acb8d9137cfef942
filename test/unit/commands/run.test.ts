import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { ErrorCode } from '../../../src/base/errors';
import { runCommand } from '../../../src/commands/run';
import { holdCall } from '../../emulator/fault';
import { begin, type TestSetup } from '../../scenarios/support';

/** Asserts that `work` rejects with this code and message, and that the error holds no credential. */
async function refused(bench: TestSetup, work: Promise<unknown>, code: ErrorCode, words: RegExp): Promise<void> {
  const error = await work.then(
    (result) => assert.fail(`expected ${code}, got ${JSON.stringify(result)}`),
    (thrown: unknown) => thrown as Error & { code?: string },
  );
  assert.equal(error.code, code, error.message);
  assert.match(error.message, words);
  const printed = JSON.stringify(error) + String(error.stack);
  for (const { value, apiKey } of bench.emulator.made) {
    assert.ok(!printed.includes(value) && !printed.includes(apiKey), 'the error holds a credential');
  }
}

/*
 * Longer than other files: it has a test for each error code.
 */
describe('command errors', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(async () => {
    await bench.end();
  });

  it('report not-signed-in from every command that needs a project', async () => {
    for (const [command, argument] of [
      ['refresh', undefined],
      ['signOut', undefined],
      ['signOut', { connectionId: 'p-1-delhi' }],
      ['createToken', { name: 'x' }],
      ['deleteToken', { ids: [1] }],
      ['useToken', { id: 1 }],
      ['addTokenValue', { id: 1, token: 'some-token-text' }],
      ['copyToken', { id: 1 }],
      ['openTerminal', { id: 1 }],
    ] as const) {
      await refused(bench, bench.run(command, argument), 'not-signed-in', /aren't signed in to TIR. Sign in first/);
    }
  });

  it("are shown, not thrown, for a button beside a document's tab, which VS Code calls with a URI", async () => {
    const page = vscode.Uri.parse('tir-activity:/page');
    assert.equal(await runCommand(bench.window.services, 'refresh', page, []), undefined);
    assert.match(bench.person.read[0]?.message ?? '', /aren't signed in to TIR/);
  });

  it("are shown, not thrown, for a notebook's toolbar", async () => {
    const editor = { notebookEditor: { notebookUri: vscode.Uri.parse('file:///a.ipynb') } };
    assert.equal(await runCommand(bench.window.services, 'refresh', editor, []), undefined);
    assert.match(bench.person.read[0]?.message ?? '', /aren't signed in to TIR/);
  });

  it('report invalid-input for names, tokens, projects, locations and arguments', async () => {
    const { value: token, apiKey } = await bench.signIn();
    const project = { projectId: 4711, location: 'Delhi' };
    await refused(
      bench,
      bench.run('createToken', { name: 'two words' }),
      'invalid-input',
      /letters, digits, "-", "_" and "\."/,
    );
    await refused(bench, bench.run('createToken', { name: 'x'.repeat(65) }), 'invalid-input', /at most 64 .* has 65/);
    await refused(bench, bench.run('createToken', { name: '' }), 'invalid-input', /Enter a name/);
    await refused(bench, bench.run('createToken', { name: 5 }), 'invalid-input', /"name" is invalid/);
    await refused(
      bench,
      bench.run('signIn', { ...project, token: 'a b', apiKey }),
      'invalid-input',
      /only ASCII characters/,
    );
    await refused(
      bench,
      bench.run('signIn', { ...project, token, apiKey: 'short' }),
      'invalid-input',
      /has 8 to 8192 characters/,
    );
    await refused(
      bench,
      bench.run('signIn', { token, apiKey, location: 'Delhi', projectId: 'x' }),
      'invalid-input',
      /Enter a project ID/,
    );
    await refused(
      bench,
      bench.run('signIn', { token, apiKey, projectId: 1, location: '/..' }),
      'invalid-input',
      /"location"/,
    );
    await refused(bench, bench.run('deleteToken', { ids: [] }), 'invalid-input', /"ids"/);
    await refused(bench, bench.run('useToken', { id: 1.5 }), 'invalid-input', /"id"/);
    await refused(
      bench,
      bench.run('useToken', { id: 1, folder: 'x' }),
      'invalid-input',
      /^This window has no such folder/,
    );
    assert.deepEqual(bench.emulator.calls, ['GET /auth-token/'], 'only the sign-in called the API');
  });

  it('report invalid-input for an API URL that would send tokens unencrypted', async () => {
    await bench.signIn();
    bench.apiUrl = 'http://api.example.com/';
    await refused(bench, bench.run('refresh'), 'invalid-input', /tir.apiUrl must be an https: URL/);
  });

  it('report unauthorized at sign-in, and when the sign-in token stops working', async () => {
    const { emulator } = bench;
    const project = { projectId: 4711, location: 'Delhi' };
    const { value: token } = emulator.seed('x');
    const words = /Couldn't sign in to Project 4711 \(Delhi\): TIR refused the token without its API key/;
    await refused(bench, bench.run('signIn', { ...project, token, apiKey: '' }), 'unauthorized', words);
    await refused(bench, bench.run('refresh'), 'not-signed-in', /./);
    const first = await bench.signIn();
    emulator.revoke(first.id);
    await refused(bench, bench.run('refresh'), 'unauthorized', /signed in with, because it's expired, deleted/);
  });

  it('report forbidden with what TIR says', async () => {
    await bench.signIn();
    bench.emulator.fail('POST', { status: 403 });
    const words = /Couldn't create the token "x": Your role .* TIR says: status 403/;
    await refused(bench, bench.run('createToken', { name: 'x' }), 'forbidden', words);
  });

  it('report not-found for a token that does not exist', async () => {
    const { person } = bench;
    await bench.signIn();
    for (const command of ['useToken', 'copyToken', 'openTerminal'] as const) {
      await refused(
        bench,
        bench.run(command, { id: 1 }),
        'not-found',
        /find the token with the ID 1: It no longer exists on TIR/,
      );
    }
    await refused(
      bench,
      bench.run('addTokenValue', { id: 1, token: 'some-token-text' }),
      'not-found',
      /find the token with the ID 1/,
    );
    assert.deepEqual(await bench.run('deleteToken', { ids: [1] }), {
      deleted: [],
      failed: [{ id: 1, code: 'not-found' }],
    });
    assert.deepEqual(person.read, [], 'there was nothing to confirm');
  });

  it('report conflict for a name that is taken in the loaded list or only on TIR', async () => {
    const { emulator } = bench;
    await bench.signIn();
    await refused(bench, bench.run('createToken', { name: 'sign-in' }), 'conflict', /already has a token "sign-in"/);
    emulator.seed('made-elsewhere');
    await refused(
      bench,
      bench.run('createToken', { name: 'made-elsewhere' }),
      'conflict',
      /The name "made-elsewhere" is already taken, .*Try "made-elsewhere-2"/,
    );
  });

  it('report rate-limited with the time to wait', async () => {
    await bench.signIn();
    bench.emulator.fail('GET', { status: 429, retryAfter: '3600' });
    await refused(bench, bench.run('refresh'), 'rate-limited', /Try again in 3600 seconds/);
  });

  it('report offline with the address and what to check', async () => {
    await bench.signIn();
    await bench.disconnect();
    await refused(
      bench,
      bench.run('refresh'),
      'offline',
      /Couldn't reach 127\.0\.0\.1:\d+\. Check the network, the proxy/,
    );
  });

  it('report timeout with the setting that helps', async () => {
    await bench.signIn();
    bench.timeoutSeconds = 1;
    bench.emulator.fail('GET', holdCall().fault);
    await refused(bench, bench.run('refresh'), 'timeout', /didn't answer in time.*tir\.requestTimeoutSeconds/);
  });

  it('report server-error and bad-response with what to do next', async () => {
    await bench.signIn();
    bench.emulator.fail('GET', { status: 500 });
    await refused(
      bench,
      bench.run('refresh'),
      'server-error',
      /went wrong on TIR. Try again later. TIR says: status 500/,
    );
    bench.emulator.fail('GET', { status: 503, retryAfter: '3600' });
    await refused(
      bench,
      bench.run('refresh'),
      'server-error',
      /went wrong on TIR. Try again in 3600 seconds. TIR says/,
    );
    bench.emulator.fail('GET', { body: 'html' });
    await refused(
      bench,
      bench.run('refresh'),
      'bad-response',
      /answered with a web page .*log in first.*setting tir\.apiUrl/,
    );
    bench.emulator.fail('GET', { json: '[]' });
    await refused(
      bench,
      bench.run('refresh'),
      'bad-response',
      /doesn't answer like the TIR API .*Check the setting tir\.apiUrl/,
    );
    bench.emulator.fail('GET', { status: 404 });
    await refused(bench, bench.run('refresh'), 'not-found', /doesn't know this project/);
  });

  it("report value-not-stored with the token's name and two ways out", async () => {
    const { emulator } = bench;
    await bench.signIn();
    const { id } = emulator.seed('ci');
    emulator.listWithValues = false;
    for (const command of ['useToken', 'copyToken', 'openTerminal'] as const) {
      const words = /Can't use the token "ci": .*isn't stored on this machine.*Add the value, or create another/;
      await refused(bench, bench.run(command, { id }), 'value-not-stored', words);
    }
  });

  it('report value-lost for a creation whose answer has no value', async () => {
    await bench.signIn();
    bench.emulator.createWithout = ['auth_token'];
    bench.emulator.listWithValues = false;
    const words = /Can't use the token "x": TIR created it, but its value didn't arrive.*Delete it and create another/;
    await refused(bench, bench.run('createToken', { name: 'x' }), 'value-lost', words);
  });

  it('report cancelled for a closed dialog', async () => {
    const { emulator, person } = bench;
    const { id } = await bench.signIn();
    await refused(bench, bench.run('deleteToken', { ids: [id] }), 'cancelled', /Canceled/);
    await refused(bench, bench.run('forgetEverything'), 'cancelled', /Canceled/);
    assert.deepEqual(
      person.read.map(({ modal }) => modal),
      [true, true],
    );
    assert.equal(emulator.tokens.length, 1);
    assert.deepEqual(await bench.run('refresh'), { tokenCount: 1 });
  });

  it("aren't raised if TIR deleted the sign-in token but its answer was lost", async () => {
    const { emulator, person } = bench;
    const { id } = await bench.signIn();
    emulator.fail('DELETE', { reset: 'after' });
    person.clicks = 'Delete';
    assert.deepEqual(await bench.run('deleteToken', { ids: [id] }), { deleted: [id], failed: [] });
    assert.deepEqual(emulator.tokens, []);
  });

  it("are shown once, and don't reject, if a person called the command; a cancellation isn't shown", async () => {
    const { person } = bench;
    await bench.runInteractively('refresh');
    assert.deepEqual(
      person.read.map(({ message }) => message),
      ["You aren't signed in to TIR. Sign in first."],
    );
    await bench.runInteractively('forgetEverything');
    assert.equal(person.read.length, 2);
    assert.equal(person.read[1]?.modal, true);
  });
});
