import assert from 'node:assert/strict';

import type { PlatformToken } from '../emulator/emulator';
import { begin, run, signIn, type Bench } from './support';

const connectionId = 'p-4711-delhi';

describe('connections', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => bench.end());

  const signInWith = ({ value: token, apiKey, projectId, location, activeIam }: PlatformToken) =>
    run<{ connectionId: string; label: string }>('signIn', { token, apiKey, projectId, location, activeIam });

  for (const [how, prepare] of [
    ['by its value, where the list carries it', (it: Bench) => (it.emulator.listWithValues = true)],
    ['by its own claims', (it: Bench) => (it.emulator.namedValues = true)],
  ] as const) {
    it(`know which token signed in ${how}, and can use it at once`, async () => {
      const { emulator } = bench;
      emulator.namedValues = false;
      prepare(bench);
      emulator.seed('another');
      const { id } = await signIn(emulator);
      emulator.listWithValues = false;
      assert.deepEqual(await run('useToken', { id }), { id, name: 'sign-in' });
    });
  }

  it('do not guess which token signed in', async () => {
    bench.emulator.namedValues = false;
    const { id } = await signIn(bench.emulator);
    await assert.rejects(run('useToken', { id }), { code: 'value-not-stored' });
  });

  it('move on to another stored token when the one that signed in is deleted', async () => {
    const { emulator, person } = bench;
    const { id } = await signIn(emulator);
    await run('createToken', { name: 'dev-laptop' });
    person.clicks = 'Delete';
    await run('deleteToken', { ids: [id] });
    assert.match(person.read[0]?.detail ?? '', /You signed in with "sign-in": another token that is stored here takes/);
    assert.deepEqual(await run('refresh'), { tokenCount: 1 });
    assert.equal((await run<{ active: boolean }>('createToken', { name: 'next' })).active, false);
  });

  it('delete the token that signed in last, so that the others are deleted with it', async () => {
    const { emulator, person } = bench;
    const { id } = await signIn(emulator);
    const [a, b] = [emulator.seed('a'), emulator.seed('b')];
    person.clicks = 'Delete';
    const { deleted } = await run<{ deleted: number[] }>('deleteToken', { ids: [id, a.id, b.id] });
    assert.deepEqual(deleted, [a.id, b.id, id]);
    assert.deepEqual(emulator.tokens, []);
  });

  it('move on when the token that signed in was deleted elsewhere, in the middle of whatever one does', async () => {
    const { emulator } = bench;
    const { id } = await signIn(emulator);
    await run('createToken', { name: 'dev-laptop' });
    emulator.revoke(id);
    await run('createToken', { name: 'next' });
    assert.deepEqual(
      emulator.tokens.map(({ name }) => name),
      ['dev-laptop', 'next'],
    );
    assert.deepEqual(await run('refresh'), { tokenCount: 2 });
  });

  it('ask to sign in again where no other token is stored', async () => {
    const { id } = await signIn(bench.emulator);
    bench.emulator.revoke(id);
    await assert.rejects(run('refresh'), { code: 'unauthorized' });
  });

  it('keep the accounts of contact persons apart, in the same project', async () => {
    const { emulator } = bench;
    const own = await signInWith(emulator.seed('own'));
    const other = await signInWith(emulator.seed('theirs', { activeIam: 77 }));
    assert.deepEqual([own.connectionId, other.connectionId], [connectionId, `${connectionId}-iam77`]);
    assert.equal(other.label, 'Project 4711 (Delhi), account 77');
    const { id } = await run<{ id: number }>('createToken', { name: 'x', connectionId: other.connectionId });
    assert.equal(emulator.tokens.find((token) => token.id === id)?.activeIam, 77);
    assert.deepEqual(await run('refresh'), { tokenCount: 3 });
    assert.deepEqual(await run('useToken', { id }), { id, name: 'x' }, 'found without its connection');
  });
});
