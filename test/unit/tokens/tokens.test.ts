import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { runCommand } from '../../../src/commands/run';
import { Emulator } from '../../emulator/emulator';
import { holdCall } from '../../emulator/fault';
import { begin, type TestSetup } from '../../scenarios/support';
import { Keyring } from '../../support/keyring';
import { newWindow } from '../../support/testWindow';
import { until } from '../../support/until';

const connectionId = 'p-4711-delhi';

describe('a creation whose answer is lost', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
    await bench.signIn();
  });
  afterEach(() => bench.end());

  const named = (name: string) => bench.emulator.tokens.filter((token) => token.name === name);
  const posts = () => bench.emulator.calls.filter((call) => call.startsWith('POST')).length;
  const interactively = () => bench.runInteractively('createToken', { name: 'precious', connectionId });

  it('is not repeated, and fails with value-lost', async () => {
    bench.emulator.listWithValues = false;
    bench.emulator.fail('POST', { reset: 'after' });
    await assert.rejects(bench.run('createToken', { name: 'precious' }), {
      code: 'value-lost',
      message:
        /Can't use the token "precious": TIR now lists a token with this name, but someone else may have created it/,
    });
    assert.equal(posts(), 1);
    assert.equal(named('precious').length, 1, 'nothing is deleted without asking');
    assert.deepEqual(bench.person.read, []);
    await assert.rejects(bench.run('createToken', { name: 'precious' }), { code: 'conflict' });
    const [entry] = (await bench.window.services.activity.activityLog.read()).filter(
      ({ action }) => action === 'create',
    );
    assert.equal(entry?.outcome, 'value-lost');
  });

  it('lets a person delete the token and try again if the answer had its ID', async () => {
    const { emulator, person } = bench;
    person.clicks = 'Delete and Create';
    emulator.listWithValues = false;
    emulator.fail('POST', { data: (data) => ({ ...(data as object), auth_token: undefined }) });
    await interactively();
    const [asked] = person.read;
    assert.equal(asked?.modal, true);
    assert.match(asked.message, /"precious" was created, but its value didn't arrive/);
    assert.equal(posts(), 2);
    assert.deepEqual(
      emulator.calls.filter((call) => /^(POST|DELETE)/.test(call)).map((call) => call.split(' ')[0]),
      ['POST', 'DELETE', 'POST'],
    );
    const [token] = named('precious-2');
    assert.deepEqual([named('precious').length, named('precious-2').length], [0, 1]);
    assert.ok(bench.window.collection.inFolder(0).get('TIR_API_TOKEN') === token?.value);
  });

  it('leaves the token alone if the person declines', async () => {
    bench.emulator.listWithValues = false;
    bench.emulator.fail('POST', { data: (data) => ({ ...(data as object), auth_token: undefined }) });
    await interactively();
    assert.equal(bench.person.read.length, 1, 'shown once');
    assert.equal(named('precious').length, 1);
    assert.equal(posts(), 1);
  });

  it("doesn't offer to delete a token that another machine may have created", async () => {
    const { emulator, person } = bench;
    person.clicks = 'Delete and Create';
    emulator.listWithValues = false;
    await bench.run('refresh');
    emulator.seed('precious');
    emulator.fail('POST', { reset: 'before' });
    await interactively();
    assert.deepEqual(
      person.read.map(({ message, modal }) => [message.split(':')[0], modal]),
      [['Can\'t use the token "precious"', false]],
    );
    assert.equal(named('precious').length, 1);
  });

  it('succeeds if the list contains the value', async () => {
    const { emulator } = bench;
    emulator.fail('POST', { reset: 'after' });
    const { id } = await bench.run<{ id: number }>('createToken', { name: 'precious' });
    assert.equal(id, named('precious')[0]?.id);
    await bench.disconnect();
    await bench.run('copyToken', { id });
    assert.ok((await vscode.env.clipboard.readText()) === named('precious')[0]?.value);
  });

  it('fails with offline, and can be repeated, if TIR created nothing', async () => {
    bench.emulator.fail('POST', { reset: 'before' });
    await assert.rejects(bench.run('createToken', { name: 'precious' }), {
      code: 'offline',
      message: /^Couldn't create the token "precious": /,
    });
    await bench.run('createToken', { name: 'precious' });
    assert.equal(posts(), 2);
  });

  it('fails with offline if the request could not be sent', async () => {
    await bench.disconnect();
    await assert.rejects(bench.run('createToken', { name: 'precious' }), {
      code: 'offline',
      message: /^Couldn't create the token "precious": /,
    });
  });

  it("says that the token may exist if the list can't be loaded", async () => {
    bench.emulator.fail('POST', { reset: 'after' });
    bench.emulator.fail('GET', { status: 500 });
    await assert.rejects(bench.run('createToken', { name: 'precious' }), {
      code: 'offline',
      message:
        /^Can't tell whether TIR created the token "precious": .*\. Refresh the list to see whether it's there\.$/,
    });
    await assert.rejects(bench.run('createToken', { name: 'precious' }), { code: 'conflict' });
  });

  it('is not mistaken for an older token of the same name', async () => {
    bench.emulator.seed('precious', { createdAt: Date.now() - 60 * 60 * 1000 });
    bench.emulator.fail('POST', { reset: 'before' });
    // The loaded list is older than the seeded token.
    await assert.rejects(bench.run('createToken', { name: 'precious' }), { code: 'offline' });
  });

  it("doesn't take an older token of the same name for its own", async () => {
    const { id } = bench.emulator.seed('precious', { createdAt: Date.now() - 10 * 60 * 1000 });
    bench.emulator.fail('POST', { status: 500 });
    await assert.rejects(bench.run('createToken', { name: 'precious' }), { code: 'value-lost' });
    assert.equal(await bench.window.services.store.token({ connectionId, id }), undefined);
  });
});

describe('a deletion', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
    bench.person.clicks = 'Delete';
  });
  afterEach(() => bench.end());

  it('of the token that signs in succeeds if its answer is lost and another token is stored', async () => {
    const { emulator, person } = bench;
    const { id } = await bench.signIn();
    const { id: next } = await bench.run<{ id: number }>('createToken', { name: 'next', activate: false });
    emulator.fail('DELETE', { reset: 'after' });
    assert.deepEqual(await bench.run('deleteToken', { ids: [id] }), { deleted: [id], failed: [] });
    await bench.run('createToken', { name: 'last', activate: false });
    emulator.fail('DELETE', { reset: 'after' });
    await bench.runInteractively('deleteToken', { id: next, connectionId });
    assert.deepEqual(
      person.read.map(({ message }) => message),
      ['Delete the token "sign-in"?', 'Delete the token "next"?'],
    );
    assert.deepEqual(
      emulator.tokens.map(({ name }) => name),
      ['last'],
    );
  });

  it("is recorded for other windows even if the value can't be deleted here", async () => {
    await bench.signIn();
    const { id } = await bench.run<{ id: number }>('createToken', { name: 'dev' });
    const remove = bench.keyring.delete.bind(bench.keyring);
    bench.keyring.delete = (key) => (key.startsWith('value:') ? Promise.reject(new Error('locked')) : remove(key));
    const { failed } = await bench.run<{ failed: unknown }>('deleteToken', { ids: [id] });
    assert.deepEqual(failed, [{ id, code: 'storage-failed' }]);
    const entries = (await bench.window.services.activity.activityLog.read()).filter(
      ({ action }) => action === 'delete',
    );
    assert.deepEqual(
      entries.map(({ outcome, tokenId }) => [outcome, tokenId]),
      [['ok', id]],
    );
  });
});

/** Secret storage that can hold its answers until the test calls `answer`, to count round trips. */
class InRounds extends Keyring {
  isHeld = false;
  #waiting: (() => void)[] = [];

  override async get(key: string): Promise<string | undefined> {
    await this.#turn();
    return super.get(key);
  }
  override async store(key: string, value: string): Promise<void> {
    await this.#turn();
    return super.store(key, value);
  }

  get isAsked(): boolean {
    return this.#waiting.length > 0;
  }
  answer(): void {
    this.#waiting.splice(0).forEach((go) => go());
  }

  #turn(): Promise<void> {
    return this.isHeld ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }
}

describe('Tokens.use', () => {
  it("doesn't store a value again that another window has deleted", async () => {
    const bench = await begin();
    await bench.signIn();
    const { id } = await bench.run<{ id: number }>('createToken', { name: 'dev', activate: false });
    const { store, tokens } = bench.window.services;
    await store.forgetToken({ connectionId, id });
    await assert.rejects((await tokens()).use({ connectionId, id }, undefined), { code: 'value-not-stored' });
    assert.deepEqual(await store.uses(), []);
    await bench.end();
  });
});

describe('round trips to the secret storage', () => {
  it("are at most three in a row between a creation's answer and the token in terminals", async () => {
    const emulator = await Emulator.start();
    const storage = new InRounds();
    const window = newWindow(emulator, storage);
    const { services, collection } = window;
    const { value, apiKey, projectId, location } = emulator.seed('sign-in');
    await runCommand(services, 'signIn', { token: value, apiKey, projectId, location }, []);
    const { fault, letGo } = holdCall();
    emulator.fail('POST', fault);
    const created = runCommand(services, 'createToken', { name: 'dev-laptop' }, []);
    await until('the creation', () => emulator.calls.some((call) => call.startsWith('POST')));
    storage.isHeld = true;
    letGo();
    let trips = 0;
    while (collection.inFolder(0).get('TIR_API_TOKEN') === undefined) {
      await until('a question to the storage', () => storage.isAsked);
      storage.answer();
      trips++;
      // Lets everything run that follows at once from the answers.
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(trips <= 3, `${trips} trips`);
    assert.ok(collection.inFolder(0).get('TIR_API_TOKEN') === emulator.tokens.at(-1)?.value);
    storage.isHeld = false;
    storage.answer();
    await created;
    window.end();
    await emulator.stop();
  });
});
