import assert from 'node:assert/strict';

import { begin, type TestSetup } from '../../scenarios/support';

interface Rotated {
  oldId: number;
  id: number;
  name: string;
}

const connectionId = 'p-4711-delhi';

describe('rotation', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => bench.end());

  const names = () => bench.emulator.tokens.map(({ name }) => name);
  const create = (name: string, more = {}) => bench.run<{ id: number }>('createToken', { name, ...more });
  /** Resolves to the API's status for the token that a new terminal gets. */
  const status = () => bench.status();
  const lastCalls = (count: number) => bench.emulator.calls.slice(-count).map((call) => call.split(' ')[0]);
  /** Gives each of the next calls of a method its fault. `{}` lets a call pass. */
  const inTurn = (method: 'GET' | 'DELETE', ...faults: Parameters<TestSetup['emulator']['fail']>[1][]) => {
    faults.forEach((fault) => bench.emulator.fail(method, fault));
  };

  it('creates a new token, tests it, and deletes the old one last', async () => {
    await bench.signIn();
    const { id: oldId } = await create('dev-laptop');
    const rotated = await bench.run<Rotated>('rotateToken', { id: oldId });
    assert.deepEqual(rotated, { oldId, id: bench.emulator.tokens.at(-1)?.id, name: 'dev-laptop-2' });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop-2']);
    assert.deepEqual(lastCalls(4), ['GET', 'POST', 'GET', 'DELETE']);
    assert.equal(await status(), 200);
    assert.equal((await bench.run<Rotated>('rotateToken', { id: rotated.id })).name, 'dev-laptop-3');
    assert.equal(await status(), 200);
    assert.deepEqual(await bench.run('refresh'), { tokenCount: 2 });
  });

  it('signs the project in with the new token if the old one signed in', async () => {
    const { id } = await bench.signIn();
    await bench.run('useToken', { id });
    await bench.run('rotateToken', { id });
    assert.deepEqual(names(), ['sign-in-2']);
    assert.deepEqual(await bench.run('refresh'), { tokenCount: 1 });
    assert.equal((await create('next', { activate: false })).id, bench.emulator.tokens.at(-1)?.id);
    assert.equal(await status(), 200);
  });

  it("works for a token that isn't stored or in use, without putting the new token in use", async () => {
    await bench.signIn();
    await create('in-use');
    const { id } = bench.emulator.seed('ci');
    await bench.run('rotateToken', { id });
    assert.deepEqual(names(), ['sign-in', 'in-use', 'ci-2']);
    const inUse = bench.emulator.made.find(({ name }) => name === 'in-use');
    assert.ok(bench.window.collection.inFolder(0).get('TIR_API_TOKEN') === inUse?.value);
  });

  it('asks a person first, and says what will break', async () => {
    const { person } = bench;
    await bench.signIn();
    const { id } = await create('dev-laptop');
    await bench.runInteractively('rotateToken', { id, connectionId });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop'], 'not confirmed');
    person.clicks = 'Rotate';
    await bench.runInteractively('rotateToken', { id, connectionId });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop-2']);
    const asked = person.read.find(({ modal }) => modal);
    assert.equal(asked?.message, 'Rotate the token "dev-laptop"?');
    assert.match(
      asked.detail,
      /This creates "dev-laptop-2",.* deletes "dev-laptop"[^]*Wherever else you use the old token, such as on other machines/,
    );
  });

  it('names the new token in the question, skipping names whose values are still stored', async () => {
    const { person, emulator } = bench;
    await bench.signIn();
    const { id } = await create('dev-laptop');
    await create('dev-laptop-2');
    emulator.tokens.pop();
    await bench.run('refresh');
    person.clicks = 'Rotate';
    await bench.runInteractively('rotateToken', { id, connectionId });
    assert.match(person.read.find(({ modal }) => modal)?.detail ?? '', /This creates "dev-laptop-3"/);
    assert.deepEqual(names(), ['sign-in', 'dev-laptop-3']);
  });

  it("is undone if the creation's answer is lost, and leaves a token that may be another machine's", async () => {
    await bench.signIn();
    const { id } = await create('dev-laptop');
    bench.emulator.listWithValues = false;
    bench.emulator.fail('POST', { reset: 'after' });
    await assert.rejects(bench.run('rotateToken', { id }), {
      code: 'value-lost',
      message: /Couldn't rotate the token "dev-laptop": TIR's answer was lost, but TIR now lists "dev-laptop-2"/,
    });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop', 'dev-laptop-2']);
    assert.equal(await status(), 200);
    assert.equal((await bench.run<Rotated>('rotateToken', { id })).name, 'dev-laptop-3');
  });

  it('is undone if the answer lacks the value, which leaves only the old token', async () => {
    await bench.signIn();
    const { id } = await create('dev-laptop');
    bench.emulator.listWithValues = false;
    bench.emulator.createWithout = ['auth_token'];
    await assert.rejects(bench.run('rotateToken', { id }), {
      code: 'value-lost',
      message:
        /Couldn't rotate the token "dev-laptop", which still works: The new token's value didn't arrive.*was deleted/,
    });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop']);
    bench.emulator.createWithout = [];
    assert.equal((await bench.run<Rotated>('rotateToken', { id })).name, 'dev-laptop-3', 'the name stays taken');
  });

  it('looks for the new token before it repeats a creation with an unknown outcome', async () => {
    const { emulator } = bench;
    await bench.signIn();
    const { id } = await create('dev-laptop');
    emulator.fail('POST', { reset: 'after' });
    inTurn('GET', {}, { status: 500 });
    await assert.rejects(bench.run('rotateToken', { id }), {
      message: /^Can't tell whether TIR created the new token for "dev-laptop"/,
    });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop', 'dev-laptop-2']);
    await bench.run('rotateToken', { id });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop-2']);
    assert.equal(await status(), 200);
    assert.equal(
      emulator.calls.filter((call) => call.startsWith('POST')).length,
      2,
      'one by the creation, one by the first rotation: the second finds its token',
    );
  });

  it('changes nothing if the creation never reaches TIR', async () => {
    await bench.signIn();
    const { id } = await create('dev-laptop');
    bench.emulator.fail('POST', { reset: 'before' });
    await assert.rejects(bench.run('rotateToken', { id }), { code: 'offline' });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop']);
    assert.equal((await bench.run<Rotated>('rotateToken', { id })).name, 'dev-laptop-2');
  });

  it('counts up if TIR refuses the name of a deleted token, which no list shows', async () => {
    await bench.signIn();
    const { id } = await create('held-turn');
    const { emulator } = bench;
    emulator.revoke(emulator.seed('held-turn-2').id);
    for (let turn = 3; turn < 10; turn++) {
      emulator.revoke(emulator.seed(`held-turn-${turn}`).id);
    }
    assert.equal((await bench.run<Rotated>('rotateToken', { id })).name, 'held-turn-10');
    assert.deepEqual(names(), ['sign-in', 'held-turn-10']);
    assert.equal(await status(), 200);
  });

  it('changes nothing if TIR refuses every name', async () => {
    await bench.signIn();
    const { id } = await create('dev-laptop');
    bench.emulator.fail('POST', { status: 409 }, Infinity);
    await assert.rejects(bench.run('rotateToken', { id }), {
      code: 'conflict',
      message: /^Couldn't rotate the token "dev-laptop", which still works: /,
    });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop']);
    assert.equal(
      bench.emulator.calls.filter((call) => call.startsWith('POST')).length,
      14,
      'one by the creation, thirteen by the rotation',
    );
    assert.deepEqual(await bench.window.services.store.rotations(), []);
  });

  it('is undone if TIR refuses the new token', async () => {
    await bench.signIn();
    const { id } = await create('dev-laptop');
    inTurn('GET', {}, { status: 401 });
    await assert.rejects(bench.run('rotateToken', { id }), {
      code: 'unauthorized',
      message:
        /Couldn't rotate the token "dev-laptop", which still works: TIR refused the new token, so it was deleted/,
    });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop']);
    assert.equal(await status(), 200);
    const entries = await bench.window.services.activity.activityLog.read();
    assert.deepEqual(
      entries.filter(({ action }) => action === 'rotate').map(({ outcome, tokenId }) => [outcome, tokenId]),
      [['unauthorized', id]],
    );
  });

  it("says that TIR doesn't allow deleting the old token, and leaves both tokens", async () => {
    await bench.signIn();
    const { id } = await create('dev-laptop');
    bench.emulator.fail('DELETE', { status: 403 });
    await assert.rejects(bench.run('rotateToken', { id }), {
      code: 'forbidden',
      message: /Replaced the token "dev-laptop", but couldn't delete it, so it still works: .*Ask a project owner/,
    });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop', 'dev-laptop-2']);
    assert.equal(await status(), 200);
    assert.equal((await bench.run<Rotated>('rotateToken', { id })).name, 'dev-laptop-3', 'this is another rotation');
  });

  it("resumes without a second new token if it couldn't delete the old one", async () => {
    await bench.signIn();
    const { id } = await create('dev-laptop');
    bench.emulator.fail('DELETE', { status: 500 });
    await assert.rejects(bench.run('rotateToken', { id }), {
      code: 'server-error',
      message: /The new token for "dev-laptop" is stored, but "dev-laptop" still works/,
    });
    assert.equal(await status(), 200);
    const newToken = bench.emulator.tokens.at(-1)?.id;
    assert.deepEqual(await bench.run('rotateToken', { id }), { oldId: id, id: newToken, name: 'dev-laptop-2' });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop-2']);
  });

  it('runs only once at a time for one token', async () => {
    await bench.signIn();
    const { id } = await create('dev-laptop');
    const both = await Promise.allSettled([bench.run('rotateToken', { id }), bench.run('rotateToken', { id })]);
    assert.deepEqual(both.map(({ status: outcome }) => outcome).sort(), ['fulfilled', 'rejected']);
    const refused = both.find((one) => one.status === 'rejected')?.reason as Error;
    assert.match(refused.message, /^The token "dev-laptop" is already being rotated/);
    assert.deepEqual(names(), ['sign-in', 'dev-laptop-2']);
  });

  it('says that it is unfinished if the new token cannot be used, and finishes later', async () => {
    await bench.signIn();
    const { id } = await create('dev-laptop');
    bench.keyring.failsOn = /^in-use/;
    await assert.rejects(bench.run('rotateToken', { id }), {
      code: 'storage-failed',
      message: /^The new token for "dev-laptop" is stored/,
    });
    bench.keyring.failsOn = /^$/;
    assert.equal((await bench.run<Rotated>('rotateToken', { id })).name, 'dev-laptop-2');
    assert.equal(await status(), 200);
  });

  it('says that the old token was deleted if only its value cannot be', async () => {
    await bench.signIn();
    const { id } = await create('dev-laptop');
    const { keyring } = bench;
    const remove = keyring.delete.bind(keyring);
    keyring.delete = (key) =>
      key === `value:${connectionId}:${id}` ? Promise.reject(new Error('locked')) : remove(key);
    await assert.rejects(bench.run('rotateToken', { id }), {
      code: 'storage-failed',
      message: /^Deleted the token "dev-laptop", but its value is still stored on this machine/,
    });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop-2']);
  });

  it('is refused for a token that does not exist', async () => {
    await bench.signIn();
    await assert.rejects(bench.run('rotateToken', { id: 1 }), { code: 'not-found' });
    assert.equal(bench.emulator.calls.filter((call) => call.startsWith('POST')).length, 0);
  });
});
