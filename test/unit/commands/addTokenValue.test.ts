import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { day } from '../../../src/tir/times';
import type { PlatformToken } from '../../emulator/emulator';
import { begin, type TestSetup } from '../../scenarios/support';

const connectionId = 'p-4711-delhi';

describe('addTokenValue', () => {
  let bench: TestSetup;
  let mine: PlatformToken;
  let other: PlatformToken;
  beforeEach(async () => {
    bench = await begin();
    await bench.signIn();
    const createdAt = Date.now() - 9 * day;
    [mine, other] = [bench.emulator.seed('mine'), bench.emulator.seed('other', { createdAt })];
  });
  afterEach(() => bench.end());

  const add = (token: string, apiKey?: string) => bench.run('addTokenValue', { id: mine.id, token, apiKey });
  const refused = async (work: Promise<unknown>, code: string, message: RegExp) => {
    await assert.rejects(work, { code, message });
    assert.equal(await bench.window.services.store.token({ connectionId, id: mine.id }), undefined);
  };
  const storedIsRight = async () => {
    const { credentials } = (await bench.window.services.store.token({ connectionId, id: mine.id }))!;
    return credentials.token.reveal() === mine.value && credentials.apiKey?.reveal() === mine.apiKey;
  };

  it('takes the API key from the list, whatever is given beside the value', async () => {
    for (const apiKey of [undefined, randomUUID(), mine.apiKey]) {
      await add(mine.value, apiKey);
      assert.equal(await storedIsRight(), true);
    }
  });

  it('takes both from pasted text', async () => {
    bench.emulator.listWithValues = false;
    await add(JSON.stringify({ auth_token: mine.value, api_key: mine.apiKey }));
    assert.equal(await storedIsRight(), true);
  });

  for (const listsValues of [true, false]) {
    const shape = listsValues ? 'with' : 'without';
    it(`refuses what isn't the value of the token, by a list ${shape} values`, async () => {
      bench.emulator.listWithValues = listsValues;
      const elsewhere = bench.emulator.seed('elsewhere', { projectId: 9 });
      await refused(add(other.value, other.apiKey), 'conflict', /pasted value belongs to (another token|"other")/);
      await refused(add(elsewhere.value, elsewhere.apiKey), 'forbidden', /Couldn't store/);
      await refused(add('a-mistyped-value', mine.apiKey), 'unauthorized', /TIR refused the value/);
      await refused(add(`${mine.value}\${HOME}`), 'invalid-input', /VS Code would change/);
      bench.emulator.revoke(other.id);
      await refused(add(other.value, other.apiKey), 'unauthorized', /TIR refused the value/);
    });
  }

  it('asks for the API key if the list has no values', async () => {
    bench.emulator.listWithValues = false;
    await refused(add(mine.value), 'unauthorized', /TIR also needs the API key/);
  });

  it('keeps the stored API key if the same value comes without one', async () => {
    bench.emulator.listWithValues = false;
    await add(mine.value, mine.apiKey);
    await add(mine.value);
    assert.equal(await storedIsRight(), true);
  });

  it('stores nothing while TIR is out of reach', async () => {
    await bench.run('refresh');
    await bench.disconnect();
    await refused(add(mine.value, mine.apiKey), 'offline', /Couldn't reach/);
  });

  it('asks a person before it replaces a value that works, and refuses a program', async () => {
    bench.emulator.listWithValues = false;
    const [a, b] = [bench.emulator.seed('a', { createdAt: Date.now() - 60_000 }), bench.emulator.seed('b')];
    const addTo = ({ id }: PlatformToken, { value: token, apiKey }: PlatformToken) =>
      bench.run('addTokenValue', { id, token, apiKey });
    await addTo(a, b);
    await assert.rejects(addTo(a, a), {
      code: 'conflict',
      message: /^Couldn't store the value of "a": A different value is/,
    });
    const answers = { id: a.id, connectionId, token: a.value, apiKey: a.apiKey };
    await bench.runInteractively('addTokenValue', answers);
    assert.deepEqual(bench.person.read.map(({ message, modal }) => [message, modal]).at(-1), [
      ...['Replace the value of "a"?', true],
    ]);
    assert.equal((await bench.window.services.store.token(answers))?.credentials.token.reveal() === b.value, true);
    bench.person.clicks = 'Replace';
    await bench.runInteractively('addTokenValue', answers);
    await addTo(b, b);
    for (const { id, value } of [a, b]) {
      const stored = await bench.window.services.store.token({ connectionId, id });
      assert.equal(stored?.credentials.token.reveal() === value, true);
    }
  });

  it('refuses a program that would replace a value which TIR refuses only because its API key is missing', async () => {
    bench.emulator.createWithout = ['api_key'];
    const { id } = await bench.run<{ id: number }>('createToken', { name: 'dev', activate: false });
    const { value } = bench.emulator.made.at(-1)!;
    const { value: token, apiKey } = bench.emulator.seed('its-twin');
    bench.emulator.listWithValues = false;
    await bench.run('refresh');
    await assert.rejects(bench.run('addTokenValue', { id, token, apiKey }), {
      code: 'conflict',
      message: /^Couldn't store the value of "dev": A different value is/,
    });
    const stored = await bench.window.services.store.token({ connectionId, id });
    assert.ok(stored?.credentials.token.reveal() === value);
  });

  it('tells tokens apart by their day alone', async () => {
    Object.assign(bench.emulator, { listWithValues: false, times: 'documented' });
    await bench.run('refresh');
    await add(mine.value, mine.apiKey);
    assert.equal(await storedIsRight(), true);
  });
});
