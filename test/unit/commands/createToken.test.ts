import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { begin, type TestSetup } from '../../scenarios/support';
import { replace } from '../../support/widgets';

const connectionId = 'p-4711-delhi';

describe('createToken', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
    await bench.signIn();
  });
  afterEach(() => bench.end());

  it("shows a name in TIR's answer without its markup", async () => {
    const name = '[sign in again](https://evil.example)';
    bench.emulator.fail('POST', { data: (data) => ({ ...(data as object), token_name: name }) });
    await bench.runInteractively('createToken', { name: 'x' });
    assert.deepEqual(
      bench.person.read.map(({ message }) => message),
      ['The token "[sign in again] (https://evil.example)" was created. New terminals have it.'],
    );
  });

  it('offers to use a token that was created, not to create another one, if only its use failed', async () => {
    const ran: unknown[] = [];
    const executeCommand = (...all: unknown[]) => Promise.resolve(void ran.push(all));
    replace(vscode.commands, { executeCommand });
    bench.keyring.failsOn = /^in-use$/;
    bench.person.clicks = 'Use in Terminals';
    await bench.runInteractively('createToken', { name: 'x' });
    bench.keyring.failsOn = /^$/;
    // The message isn't awaited.
    await new Promise((resolve) => setImmediate(resolve));
    assert.match(
      bench.person.read[0]?.message ?? '',
      /^The token "x" was created and is stored, but it is not in use\./,
    );
    const { id } = bench.emulator.tokens.at(-1)!;
    assert.deepEqual(ran, [['tir.useToken', { kind: 'button', connectionId, id }]]);
  });
});
