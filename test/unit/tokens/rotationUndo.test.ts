import assert from 'node:assert/strict';

import { recoverRotations } from '../../../src/commands/rotateToken';
import { type CommandName, runCommand } from '../../../src/commands/run';
import type { Rotation } from '../../../src/secrets/records';
import { holdCall } from '../../emulator/fault';
import { begin, type TestSetup } from '../../scenarios/support';
import { Keyring } from '../../support/keyring';
import { credentialsOf, newWindow, type TestWindow } from '../../support/testWindow';
import { until } from '../../support/until';

const connectionId = 'p-4711-delhi';

describe('a rotation that cannot simply go on', () => {
  let bench: TestSetup;
  let keyring: Keyring;
  let now: number;
  let timeoutSeconds: number;
  let windows: TestWindow[];
  /** The token that is rotated. */
  let oldId: number;
  const open = () => {
    const window = newWindow(bench.emulator, keyring, { now: () => now, timeoutSeconds: () => timeoutSeconds });
    windows.push(window);
    return window;
  };
  beforeEach(async () => {
    bench = await begin();
    keyring = new Keyring();
    now = Date.now();
    timeoutSeconds = 15;
    windows = [];
    const self = bench.emulator.seed('dev');
    oldId = self.id;
    const { store } = open().services;
    const connection = { id: connectionId, label: 'Test', projectId: 4711, location: 'Delhi', signInTokenId: oldId };
    await store.saveConnection({ connection, credentials: credentialsOf(self) });
    await save(self);
    await store.use({ connectionId, id: oldId, name: 'dev' });
  });
  afterEach(async () => {
    windows.forEach((window) => window.end());
    await bench.end();
  });

  const names = () => bench.emulator.tokens.map(({ name }) => name);
  const told = () => bench.person.read.map(({ message }) => message);
  const run = ({ services }: TestWindow, command: CommandName, argument: object) =>
    runCommand(services, command, argument, []);
  /** Resolves to the error's message. */
  const failing = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => assert.fail('it succeeded'),
      (error: unknown) => (error as Error).message,
    );
  /** Stores the value of a token on TIR. Resolves to the token. */
  const save = async (token: ReturnType<TestSetup['emulator']['seed']>) => {
    const { id, name, createdAt: created } = token;
    const stored = { name, created, expires: undefined, credentials: credentialsOf(token) };
    await windows[0]!.services.store.saveToken({ connectionId, id }, stored);
    return token;
  };
  const begun = (given: Partial<Rotation>): Rotation => ({
    ...{ connectionId, oldId, oldName: 'dev', newName: 'dev-2' },
    ...{ startedAt: now, at: now, window: 'a closed window' },
    ...given,
  });
  /** The state after VS Code was killed once TIR had deleted the old token: all but the last two steps are done. */
  const killAfterDeletion = async () => {
    const { store } = windows[0]!.services;
    const made = await save(bench.emulator.seed('dev-2'));
    await store.saveRotation(begun({ newId: made.id }));
    await store.use({ connectionId, id: made.id, name: 'dev-2' });
    await store.updateConnection(connectionId, ({ connection }) => ({
      connection: { ...connection, signInTokenId: made.id },
      credentials: credentialsOf(made),
    }));
    bench.emulator.revoke(oldId);
    return made;
  };
  /** Fails a rotation so that it's not known whether TIR has created the new token. It hasn't. */
  const loseCreation = async (window: TestWindow) => {
    bench.emulator.fail('POST', { reset: 'before' });
    // The lists of the command and of the rotation, then the one that looks for the new token.
    bench.emulator.fail('GET', {}, 2);
    bench.emulator.fail('GET', { status: 500 }, 1);
    await failing(run(window, 'rotateToken', { id: oldId }));
    bench.emulator.heal();
    assert.equal((await window.services.store.rotations()).length, 1);
  };
  const isKept = (id: number) => keyring.kept.has(`value:${connectionId}:${id}`);
  /** Returns the name of the token that terminals get. */
  const inUse = ({ collection }: TestWindow) =>
    bench.emulator.made.find((one) => one.value === collection.inFolder(0).get('TIR_API_TOKEN'))?.name;

  it('keeps the only value that works if TIR refuses it once at the next start', async () => {
    const made = await killAfterDeletion();
    bench.emulator.listWithValues = false;
    bench.emulator.fail('GET', { status: 401 });
    const window = open();
    await recoverRotations(window.services);
    await window.services.terminals.update();
    assert.deepEqual([isKept(made.id), inUse(window)], [true, 'dev-2']);
  });

  it('keeps the only value that works if TIR refuses it once when the person continues', async () => {
    const window = open();
    bench.emulator.fail('DELETE', { reset: 'after' }, 1);
    bench.emulator.fail('DELETE', { status: 500 }, 1);
    // The lists of the command, of the rotation and of the test of the new token; then TIR has a problem.
    bench.emulator.fail('GET', {}, 3);
    bench.emulator.fail('GET', { status: 500 }, 1);
    assert.match(await failing(run(window, 'rotateToken', { id: oldId })), /but "dev" may still exist/);
    assert.deepEqual(names(), ['dev-2']);
    bench.emulator.heal();
    bench.emulator.listWithValues = false;
    // The first call, which tests the new token.
    bench.emulator.fail('GET', { status: 401 }, 1);
    await run(window, 'rotateToken', { id: oldId }).catch(() => undefined);
    assert.deepEqual([isKept(bench.emulator.tokens[0]!.id), inUse(window)], [true, 'dev-2']);
  });

  it('can be neither finished nor undone once TIR has deleted both tokens, and says so', async () => {
    const made = await killAfterDeletion();
    await save(bench.emulator.seed('ci'));
    bench.emulator.revoke(made.id);
    const window = open();
    await recoverRotations(window.services);
    assert.equal(told().length, 1);
    assert.doesNotMatch(told()[0]!, /still works/);
    assert.match(
      await failing(run(window, 'rotateToken', { id: oldId })),
      /Can't finish or undo the rotation of .*The old token is deleted, and the new token can't be used\. Create another token, or rotate "dev" again later\.$/,
    );
  });

  it('does not take a token for the new one that the person created minutes later', async () => {
    const window = open();
    await loseCreation(window);
    now += 10 * 60_000;
    bench.emulator.clockAhead = 10 * 60_000;
    await run(window, 'createToken', { name: 'dev-2', activate: false });
    await recoverRotations(open().services);
    assert.deepEqual(names(), ['dev', 'dev-2']);
    assert.equal(inUse(window), 'dev');
    assert.ok(told().every((text) => !text.includes('replaces it')));
  });

  it('finds the new token later if TIR created it after the call had timed out', async () => {
    const window = open();
    timeoutSeconds = 1;
    const { fault, letGo } = holdCall();
    bench.emulator.fail('POST', fault);
    assert.match(
      await failing(run(window, 'rotateToken', { id: oldId })),
      /Can't tell whether TIR created the new token for "dev"/,
    );
    letGo();
    await until('the creation', () => names().includes('dev-2'));
    await recoverRotations(open().services);
    assert.deepEqual(names(), ['dev-2']);
    assert.match(told().join(), /Finished the interrupted rotation of "dev": "dev-2" replaces it/);
  });

  it('leaves a refused new token that each window can use if the person does in one of them', async () => {
    const made = await save(bench.emulator.seed('dev-2'));
    await windows[0]!.services.store.saveRotation(begun({ newId: made.id }));
    const [first, second] = [open(), open()];
    bench.emulator.fail('GET', { status: 401 });
    await recoverRotations(first.services);
    assert.deepEqual(names(), ['dev', 'dev-2']);
    await run(second, 'useToken', { id: made.id });
    await until('the other window to use it', () => inUse(first) === 'dev-2');
    const third = open();
    await third.services.terminals.update();
    assert.deepEqual([inUse(second), inUse(third)], ['dev-2', 'dev-2']);
    assert.ok((await first.services.store.storedIds(connectionId)).has(made.id));
  });

  it('does not say that the new token was deleted again if TIR refuses to', async () => {
    bench.emulator.listWithValues = false;
    bench.emulator.createWithout = ['auth_token'];
    bench.emulator.fail('DELETE', { status: 403 });
    const message = await failing(run(open(), 'rotateToken', { id: oldId }));
    assert.deepEqual(names(), ['dev', 'dev-2']);
    assert.doesNotMatch(message, /so (the new token|it) was deleted/);
  });

  it('does not say that a token works as before which the person deleted meanwhile', async () => {
    const window = open();
    await loseCreation(window);
    const { id, value: token, apiKey } = bench.emulator.seed('other');
    await run(window, 'addTokenValue', { id, token, apiKey });
    bench.person.clicks = 'Delete';
    await run(window, 'deleteToken', { ids: [oldId] });
    assert.deepEqual(names(), ['other']);
    bench.person.read.length = 0;
    await recoverRotations(open().services);
    assert.doesNotMatch(told().join(), /still works/);
  });
});
