import assert from 'node:assert/strict';

import { type Credentials, Secret } from '../../../src/base/secret';
import { runCommand } from '../../../src/commands/run';
import { Store } from '../../../src/secrets/store';
import type { Services } from '../../../src/services';
import { begin } from '../../scenarios/support';
import { fakeServices, newLog, standIn } from '../../support/fakeServices';
import { Keyring, machine, Memory } from '../../support/keyring';
import { restoreSettings, setting } from '../../support/person';
import { Collection, newWindow as windowOf } from '../../support/testWindow';
import { until } from '../../support/until';

const connectionId = 'p-4711-delhi';
const connection = { id: connectionId, label: 'One', projectId: 4711, location: 'Delhi' };
const lastKey = 'lastInUse';

describe('the terminal environment', () => {
  const log = newLog();
  let keyring: Keyring;
  let store: Store;
  let state: Memory;
  const open: { dispose(): unknown }[] = [];
  const values = new Map<number, string>();
  beforeEach(async () => {
    [keyring, state] = [new Keyring(), new Memory()];
    store = new Store(keyring, machine, () => undefined);
    open.push(store);
    const credentials = (): Credentials => ({ token: new Secret(crypto.randomUUID()) });
    await store.saveConnection({ connection, credentials: credentials() });
    for (const id of [1, 2]) {
      const made = credentials();
      values.set(id, made.token.reveal());
      await store.saveToken(
        { connectionId, id },
        { name: `token-${id}`, created: undefined, expires: undefined, credentials: made },
      );
    }
    await store.use({ connectionId, id: 1, name: 'token-1' });
  });
  afterEach(async () => {
    open.splice(0).forEach((one) => one.dispose());
    await restoreSettings();
  });

  const newWindow = () => {
    const collection = new Collection();
    const environment = collection.environment(store, log, state);
    open.push(environment);
    return { environment, token: () => collection.inFolder(0).get('TIR_API_TOKEN') };
  };

  /** Returns the second token with its value, to use it in all terminals. */
  const second = () => ({
    use: { connectionId, id: 2, name: 'token-2', folder: undefined },
    connection,
    credentials: { token: new Secret(values.get(2)!) },
  });

  /** Records the keys that are read from the keyring from now on. @param before runs before each answer */
  const noteAsked = (before: (key: string) => Promise<void> = () => Promise.resolve()) => {
    const asked: string[] = [];
    const get = keyring.get.bind(keyring);
    keyring.get = async (key) => {
      asked.push(key);
      await before(key);
      return get(key);
    };
    return asked;
  };

  it('reads the keyring at once when it starts', async () => {
    await newWindow().environment.update();
    const asked = noteAsked();
    const { environment, token } = newWindow();
    const value = `value:${connectionId}:1`;
    assert.deepEqual(
      asked.slice(0, 3),
      [value, `connection:${connectionId}`, 'in-use'],
      'asked during the call, not after it',
    );
    await environment.update();
    assert.equal(token(), values.get(1));
  });

  it('is up to date before a command ends', async () => {
    let letGo: () => void = () => undefined;
    const updated = new Promise<void>((resolve) => (letGo = resolve));
    const bench = await begin();
    const window = windowOf(bench.emulator, keyring);
    const terminals = standIn<Services['terminals']>('the terminal environment', { update: () => updated });
    const services = fakeServices({ ...window.services, terminals });
    let hasEnded = false;
    const running = runCommand(services, 'stopUsingToken', {}, []).then(() => (hasEnded = true));
    await until('the command to do its work', async () => (await store.uses()).length === 0);
    await services.activity.record('stop');
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(!hasEnded);
    letGo();
    await running;
    window.end();
    await bench.end();
  });

  it('gives terminals the token that stays in use if the use of another one cannot be stored', async () => {
    const { environment, token } = newWindow();
    await environment.update();
    let early: string | undefined;
    await assert.rejects(
      environment.useEarly(second(), () => {
        early = token();
        return Promise.reject(new Error('full'));
      }),
      /full/,
    );
    assert.ok(early === values.get(2), 'terminals had it while its use was being stored');
    assert.ok(token() === values.get(1));
    assert.equal(environment.tokenIn(undefined)?.token.id, 1);
  });

  it('reads nothing again if nothing changed', async () => {
    const { environment, token } = newWindow();
    await environment.update();
    const asked = noteAsked();
    await environment.update();
    assert.deepEqual(asked, []);
    await store.use({ connectionId, id: 2, name: 'token-2' });
    await environment.update();
    assert.equal(token(), values.get(2));
  });

  it('reads the value of the token last in use while it asks which one is in use now', async () => {
    await newWindow().environment.update();
    assert.deepEqual(state.get(lastKey), [{ connectionId, id: 1 }], 'the state holds no value');
    const asked = noteAsked(async (key) => {
      if (key === 'in-use') {
        await until('the value to be asked for', () => asked.includes(`value:${connectionId}:1`));
      }
    });
    const { environment, token } = newWindow();
    await environment.update();
    assert.equal(token(), values.get(1));
  });

  it('asks again if the keyring fails at the start', async () => {
    // No event of what was stored before makes it ask.
    await new Promise((resolve) => setImmediate(resolve));
    keyring.failsOn = /^in-use/;
    const { environment, token } = newWindow();
    await assert.rejects(environment.update(), { code: 'storage-failed' });
    assert.equal(token(), undefined);
    keyring.failsOn = /^$/;
    await until('the token', () => token() !== undefined);
    assert.ok(token() === values.get(1));
  });

  it('asks again if the keyring fails just once, at the end of a command', async () => {
    const { environment, token } = newWindow();
    await environment.update();
    await environment.useEarly(second(), async () => {
      await store.use(second().use);
      // The window hears of it while it's being stored.
      await new Promise((resolve) => setImmediate(resolve));
      await environment.update();
      keyring.failsOn = /^in-use/;
    });
    await assert.rejects(environment.update(), { code: 'storage-failed' });
    assert.equal(token(), undefined);
    keyring.failsOn = /^$/;
    await until('the token', () => token() !== undefined);
    assert.ok(token() === values.get(2));
  });

  it('follows another window that uses a token while the use of one here is being stored', async () => {
    const other = new Store(keyring, machine, () => undefined);
    open.push(other);
    const { environment, token } = newWindow();
    await environment.update();
    await environment.useEarly(second(), async () => {
      await store.use(second().use);
      await other.use({ connectionId, id: 1, name: 'token-1' });
      await new Promise((resolve) => setImmediate(resolve));
      await environment.update();
      assert.ok(token() === values.get(2), 'put off');
    });
    await until("the other window's token", () => token() === values.get(1));
  });

  it('drops the token last in use if another one or none is in use now', async () => {
    await newWindow().environment.update();
    const { environment, token } = newWindow();
    await store.use({ connectionId, id: 2, name: 'token-2' });
    await environment.update();
    assert.equal(token(), values.get(2));
    await store.stopUsing();
    await environment.update();
    assert.equal(token(), undefined);
    assert.equal(state.get(lastKey), undefined);
  });

  it('forgets the token last in use while tir.terminal.enabled is off', async () => {
    const { environment } = newWindow();
    await environment.update();
    await setting('terminal.enabled', false);
    await environment.update();
    assert.equal(state.get(lastKey), undefined);
  });
});
