import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { Consumer } from '../../consumer/main';
import { setting } from '../../support/person';
import { until } from '../../support/until';
import { begin, type TestSetup, run, signIn } from '../support';

describe('the authentication provider', () => {
  let bench: TestSetup;
  let consumer: Consumer;
  beforeEach(async () => {
    bench = await begin();
    const extension = vscode.extensions.getExtension<Consumer>('tir-tests.consumer');
    assert.ok(extension, 'the consumer extension is installed');
    consumer = await extension.activate();
  });
  afterEach(async () => {
    await bench.end();
  });

  /** Runs `work`, and waits until the consumer hears that sessions changed. */
  const hears = async (what: string, work: () => Promise<unknown>) => {
    const before = consumer.heard;
    await work();
    await until(`the consumer to hear of ${what}`, () => consumer.heard > before);
  };
  const accounts = async () => (await vscode.authentication.getAccounts('tir')).map(({ label }) => label);

  it('tells another extension of each change, lists the account, and gives no token without consent', async () => {
    const { emulator, person } = bench;
    assert.deepEqual(await accounts(), []);
    await hears('a sign-in', () => signIn(emulator));
    const { id: first } = emulator.made[0]!;
    assert.deepEqual(await accounts(), ['Project 4711 (Delhi)']);
    assert.equal(await consumer.ask(['project:4711'], { silent: true }), undefined, 'the consumer is not allowed yet');
    const { id: laptop } = await run<{ id: number }>('createToken', { name: 'dev-laptop', activate: false });
    await hears('a use', () => run('useToken', { id: laptop }));
    let newToken: number | undefined;
    await hears('a rotation', async () => {
      ({ id: newToken } = await run<{ id: number }>('rotateToken', { id: laptop }));
    });
    person.clicks = 'Delete';
    await hears('a deletion', () => run('deleteToken', { ids: [newToken] }));
    await hears('the last deletion', () => run('deleteToken', { ids: [first] }));
    assert.deepEqual(await accounts(), []);

    await hears('another sign-in', () => signIn(emulator));
    await hears('the setting', () => setting('authentication.enabled', false));
    assert.deepEqual(await accounts(), []);
    await hears('the setting', () => setting('authentication.enabled', undefined));
    await hears('a sign-out', () => run('signOut'));
    assert.deepEqual(await accounts(), []);

    // Otherwise two tokens have the same name, and the sign-in can't tell them apart.
    emulator.tokens.length = 0;
    await hears('one more sign-in', () => signIn(emulator));
    person.clicks = 'Forget Everything';
    await hears('that all was forgotten', () => run('forgetEverything'));
    assert.deepEqual(await accounts(), []);
  });
});
