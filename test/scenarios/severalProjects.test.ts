import assert from 'node:assert/strict';

import type { PlatformToken } from '../emulator/emulator';
import { begin, type TestSetup } from './support';

const connectionId = 'p-4711-delhi';

describe('projects', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => bench.end());

  const signInWith = ({ value: token, apiKey, projectId, location, activeIam }: PlatformToken) =>
    bench.run<{ connectionId: string; label: string }>('signIn', { token, apiKey, projectId, location, activeIam });

  it('recognize the sign-in token by its value in the list, and can use it at once', async () => {
    const { emulator } = bench;
    emulator.seed('another');
    const { id } = await bench.signIn();
    emulator.listWithValues = false;
    assert.deepEqual(await bench.run('useToken', { id }), { id, name: 'sign-in' });
  });

  it("don't guess which token signed in by the person's name in its value", async () => {
    bench.emulator.listWithValues = false;
    bench.emulator.seed('Asha Rao');
    const { id } = await bench.signIn();
    await assert.rejects(bench.run('useToken', { id }), { code: 'value-not-stored' });
  });

  it('switch to another stored token when the sign-in token is deleted', async () => {
    const { person } = bench;
    const { id } = await bench.signIn();
    await bench.run('createToken', { name: 'dev-laptop' });
    person.clicks = 'Delete';
    await bench.run('deleteToken', { ids: [id] });
    assert.match(
      person.read[0]?.detail ?? '',
      /You signed in with "sign-in"\. Another token stored on this machine will replace it/,
    );
    assert.deepEqual(await bench.run('refresh'), { tokenCount: 1 });
    assert.equal((await bench.run<{ active: boolean }>('createToken', { name: 'next' })).active, false);
  });

  it('delete the sign-in token last, so the others can be deleted with it', async () => {
    const { emulator, person } = bench;
    const { id } = await bench.signIn();
    const [a, b] = [emulator.seed('a'), emulator.seed('b')];
    person.clicks = 'Delete';
    const { deleted } = await bench.run<{ deleted: number[] }>('deleteToken', { ids: [id, a.id, b.id] });
    assert.deepEqual(deleted, [a.id, b.id, id]);
    assert.deepEqual(emulator.tokens, []);
  });

  it('switch to another stored token during a command if the sign-in token was deleted elsewhere', async () => {
    const { emulator } = bench;
    const { id } = await bench.signIn();
    await bench.run('createToken', { name: 'dev-laptop' });
    emulator.revoke(id);
    await bench.run('createToken', { name: 'next' });
    assert.deepEqual(
      emulator.tokens.map(({ name }) => name),
      ['dev-laptop', 'next'],
    );
    assert.deepEqual(await bench.run('refresh'), { tokenCount: 2 });
  });

  it('fail with unauthorized if the sign-in token is deleted and no other token is stored', async () => {
    const { id } = await bench.signIn();
    bench.emulator.revoke(id);
    await assert.rejects(bench.run('refresh'), { code: 'unauthorized' });
  });

  it('keep the accounts of contact persons apart in the same project', async () => {
    const { emulator } = bench;
    const own = await signInWith(emulator.seed('own'));
    const other = await signInWith(emulator.seed('theirs', { activeIam: 77 }));
    assert.deepEqual([own.connectionId, other.connectionId], [connectionId, `${connectionId}-iam77`]);
    assert.equal(other.label, 'Project 4711 (Delhi), account 77');
    const { id } = await bench.run<{ id: number }>('createToken', { name: 'x', connectionId: other.connectionId });
    assert.equal(emulator.tokens.find((token) => token.id === id)?.activeIam, 77);
    assert.deepEqual(await bench.run('refresh'), { tokenCount: 3 });
    assert.deepEqual(
      await bench.run('useToken', { id }),
      { id, name: 'x' },
      'found without the project in the argument',
    );
  });
});
