import assert from 'node:assert/strict';

import { begin, type TestSetup } from '../../scenarios/support';
import { until } from '../../support/until';
import { commandsRun } from '../../support/widgets';

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
    const ran = commandsRun();
    bench.keyring.failsOn = /^in-use$/;
    bench.person.clicks = 'Use in Terminals';
    await bench.runInteractively('createToken', { name: 'x' });
    bench.keyring.failsOn = /^$/;
    // The message isn't awaited.
    await new Promise((resolve) => setImmediate(resolve));
    assert.match(bench.person.read[0]?.message ?? '', /^Created and stored the token "x", but couldn't use it: /);
    const { id } = bench.emulator.tokens.at(-1)!;
    assert.deepEqual(ran, [['tir.useToken', { kind: 'button', connectionId, id }]]);
  });

  it('offers to refresh the list, not to create another token, if one was created and cannot be stored', async () => {
    const ran = commandsRun();
    bench.keyring.failsOn = /^value:/;
    bench.person.clicks = 'Refresh';
    await bench.runInteractively('createToken', { name: 'x' });
    bench.keyring.failsOn = /^$/;
    const { message } = await until('the error', () => bench.person.read.find(({ modal }) => !modal));
    assert.match(message, /^Created the token "x", but couldn't store its value: /);
    // What its button does isn't awaited.
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(ran, [['tir.refresh']]);
    assert.equal(bench.emulator.tokens.filter(({ name }) => name === 'x').length, 1);
  });

  it('offers to refresh the list if the token may have been created', async () => {
    const ran = commandsRun();
    bench.emulator.fail('POST', { reset: 'after' });
    bench.emulator.fail('GET', { status: 500 });
    bench.person.clicks = 'Refresh';
    await bench.runInteractively('createToken', { name: 'x' });
    await until('the button', () => ran.length > 0);
    assert.deepEqual(ran, [['tir.refresh']]);
  });
});
