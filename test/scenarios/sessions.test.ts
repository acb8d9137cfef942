import assert from 'node:assert/strict';

import { TirAuthentication } from '../../src/authentication/provider';
import { Store } from '../../src/secrets/store';
import { day } from '../../src/tir/times';
import { until } from '../support/until';
import { answerPicks } from '../support/widgets';
import { begin, type TestSetup } from './support';

const connectionId = 'p-4711-delhi';
const scopes = ['project:4711'];

describe('a session of another extension', () => {
  let bench: TestSetup;
  let provider: TirAuthentication;
  let now: number;
  beforeEach(async () => {
    now = Date.now();
    bench = await begin({ now: () => now });
    await bench.signIn();
    provider = new TirAuthentication(bench.window.services);
  });
  afterEach(async () => {
    provider.dispose();
    await bench.end();
  });

  /** Resolves to the name of the token that it gets. */
  const given = async () => {
    const [session] = await provider.getSessions(scopes, {});
    return bench.emulator.made.find(({ value }) => value === session?.accessToken)?.name;
  };
  const create = (name: string) => bench.run<{ id: number }>('createToken', { name, activate: false });

  it('counts as a use of its token each day, though its value is recorded once', async () => {
    const { id, value: token, apiKey } = bench.emulator.seed('old', { createdAt: now - 50 * day });
    await bench.run('addTokenValue', { id, token, apiKey });
    await bench.window.services.usage.note({ connectionId, id }, 'session');
    for (let asked = 0; asked < 2; asked++) {
      assert.equal(await given(), 'old');
      now += 50 * day;
    }
    await assert.rejects(bench.run('findUnusedTokens', { days: 90 }), { code: 'not-found' });
    const entries = await bench.window.services.activity.activityLog.read();
    assert.equal(entries.filter(({ action }) => action === 'session').length, 1);
  });

  it("doesn't get what a folder uses on another machine", async () => {
    const { id: dev } = await create('dev');
    const { id: prod } = await create('prod');
    await bench.window.services.usage.note({ connectionId, id: dev }, 'session');
    const elsewhere = new Store(bench.keyring, crypto.randomUUID(), () => undefined);
    const before = bench.window.services.store.changes();
    await elsewhere.use({ connectionId, id: prod, name: 'prod' }, 'file:///workspaces/app');
    elsewhere.dispose();
    await until('the change', () => bench.window.services.store.changes() > before);
    assert.equal(await given(), 'dev');
    assert.deepEqual(
      (await provider.update()).map(({ inUse }) => inUse),
      [false],
    );
  });

  it('asks for the project if it names an account that is not signed in', async () => {
    await bench.run('useToken', { id: bench.emulator.tokens[0]!.id });
    let asked: string[] = [];
    answerPicks((items) => {
      asked = items.map(({ label }) => label);
      return items[0];
    });
    const account = { id: `${connectionId}-iam9`, label: 'Project 4711 (Delhi), account 9' };
    const session = await provider.createSession(scopes, { account });
    assert.equal(session.account.id, connectionId);
    assert.deepEqual(asked, ['Project 4711 (Delhi)', '$(sign-in) Sign In…']);
  });
});
