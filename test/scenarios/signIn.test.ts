import assert from 'node:assert/strict';

import { runCommand } from '../../src/commands/run';
import type { PlatformToken } from '../emulator/emulator';
import { holdCall } from '../emulator/fault';
import { newWindow } from '../support/testWindow';
import { until } from '../support/until';
import { answerPicks } from '../support/widgets';
import { begin, type TestSetup } from './support';

interface Result {
  readonly connectionId: string;
  readonly active: boolean;
}

/** The text of the file that TIR offers beside a new token. */
const configOf = ({ value, apiKey, projectId }: PlatformToken, more: object = {}) =>
  JSON.stringify({ api_key: apiKey, auth_token: value, ...more, project_id: projectId }, undefined, 2);

describe('a sign-in', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => bench.end());

  const refused = (argument: object, code: string, message: RegExp) =>
    assert.rejects(bench.run('signIn', argument), { code, message });

  it('needs nothing but the text of config.json, and finds the location', async () => {
    const { emulator, window } = bench;
    for (const location of ['Delhi', 'Chennai']) {
      const token = emulator.seed(`in-${location}`, { location });
      const { connectionId } = await bench.run<Result>('signIn', { token: configOf(token, { team_id: 5 }) });
      assert.equal(connectionId, `p-4711-${location.toLowerCase()}`);
      assert.equal((await window.services.store.signedIn(connectionId)).connection.teamId, 5);
    }
    assert.deepEqual(emulator.calls, Array(4).fill('GET /auth-token/'), 'two calls each');
    assert.equal(await bench.status(), 200);
  });

  it('takes the project from an address, and a given location without trying the other', async () => {
    const { value: token, apiKey } = bench.emulator.seed('first');
    const projectId = 'https://tir.e2enetworks.com/projects/4711/tokens';
    const { active } = await bench.run<Result>('signIn', { token, apiKey, projectId, location: 'delhi' });
    assert.equal(active, true);
    assert.deepEqual(bench.emulator.calls, ['GET /auth-token/']);
  });

  it('takes the location in a text for a hint, and one that is given for certain', async () => {
    const token = bench.emulator.seed('first', { location: 'Chennai' });
    const text = configOf(token, { location: 'Delhi' });
    await refused({ token: text, location: 'Delhi' }, 'forbidden', /project 4711 in Delhi/);
    assert.equal((await bench.run<Result>('signIn', { token: text })).connectionId, 'p-4711-chennai');
  });

  it('sends nothing if a text has no token, or one that VS Code would change in a terminal', async () => {
    const project = { projectId: 4711, location: 'Delhi' };
    await refused({ ...project, token: '{"api_key": "x"}' }, 'invalid-input', /No token found/);
    await refused({ ...project, token: 'abcd${env:HOME}1234' }, 'invalid-input', /VS Code would change/);
    await refused({ ...project, token: 'abcdefghijkl', apiKey: 'a b' }, 'invalid-input', /only ASCII characters/);
    await refused({ token: 'abcdefghijkl', projectId: 'my project' }, 'invalid-input', /Enter a project ID/);
    assert.deepEqual(bench.emulator.calls, []);
  });

  it('tells a wrong project from wrong credentials by a call that needs no project', async () => {
    const { emulator } = bench;
    const good = emulator.seed('good');
    const { value: token, apiKey } = good;
    const words = /^Couldn't sign in to 9: The token works, but TIR doesn't list tokens of project 9 in any location\./;
    await refused({ token, apiKey, projectId: 9 }, 'forbidden', words);
    const there = /The token works, but TIR doesn't list tokens of project 9 in Delhi\. Check/;
    await refused({ token, apiKey, projectId: 9, location: 'Delhi' }, 'forbidden', there);
    assert.equal(emulator.calls.filter((call) => call === 'GET /users/iam-accounts/').length, 2);
    emulator.revoke(good.id);
    await refused({ token, apiKey, projectId: 4711 }, 'unauthorized', /TIR refused the token, which may be incomplete/);
  });

  it('says that the API key is missing, with no further call', async () => {
    const { value: token } = bench.emulator.seed('first');
    await refused(
      { token, apiKey: '', projectId: 4711, location: 'Delhi' },
      'unauthorized',
      /refused the token without its API key/,
    );
    assert.deepEqual(bench.emulator.calls, ['GET /auth-token/']);
  });

  it('reports the answer of the list if the other call tells nothing', async () => {
    const { emulator } = bench;
    const { value: token, apiKey } = emulator.seed('first');
    emulator.fail('GET', { status: 403 });
    emulator.fail('GET', { status: 404 });
    await refused({ token, apiKey, projectId: 4711, location: 'Delhi' }, 'forbidden', /Your role in the project/);
  });

  it('reports that TIR is not reached, whatever the other location answers', async () => {
    const { value: token, apiKey } = bench.emulator.seed('first', { projectId: 1 });
    bench.emulator.fail('GET', { status: 500 });
    await refused({ token, apiKey, projectId: 4711 }, 'server-error', /./);
    await bench.disconnect();
    await refused({ token, apiKey, projectId: 4711 }, 'offline', /Couldn't reach/);
  });

  it('takes the location whose list has the token, and neither if no list tells while one is out of reach', async () => {
    const { emulator } = bench;
    const { value: token, apiKey } = emulator.seed('first', { location: 'Chennai' });
    emulator.anyLocation = true;
    emulator.listWithValues = false;
    emulator.fail('GET', { status: 500 });
    await refused({ token, apiKey, projectId: 4711 }, 'server-error', /./);
    emulator.listWithValues = true;
    emulator.fail('GET', { status: 500 });
    await bench.run('signIn', { token, apiKey, projectId: 4711 });
    emulator.fail('GET', { data: () => [] });
    assert.match((await bench.run<Result>('signIn', { token, apiKey, projectId: 4711 })).connectionId, /^p-4711-/);
  });

  it('keeps what a text says of its project from another project', async () => {
    const first = bench.emulator.seed('first');
    const token = configOf({ ...first, projectId: 1 }, { team_id: 999 });
    const { connectionId } = await bench.run<Result>('signIn', { token, projectId: 4711, location: 'Delhi' });
    const { connection } = await bench.window.services.store.signedIn(connectionId);
    assert.deepEqual([connection.projectId, connection.teamId], [4711, undefined]);
  });

  it('keeps the known sign-in token if the list no longer tells it', async () => {
    const { emulator, window } = bench;
    const { id, value: token, apiKey } = emulator.seed('first');
    const argument = { token, apiKey, projectId: 4711, location: 'Delhi' };
    await bench.run('signIn', argument);
    emulator.listWithValues = false;
    assert.equal((await bench.run<Result>('signIn', argument)).active, true);
    assert.equal((await window.services.store.signedIn('p-4711-delhi')).connection.signInTokenId, id);
  });

  it('keeps the stored API key if the same token comes without one', async () => {
    const { emulator, window } = bench;
    bench.apiUrl = emulator.bearerOnlyUrl;
    emulator.listWithValues = false;
    const { id, value: token, apiKey } = emulator.seed('first');
    const { store } = window.services;
    const argument = { token, projectId: 4711, location: 'Delhi' };
    await bench.run('signIn', { ...argument, apiKey });
    await bench.run('addTokenValue', { id, token, apiKey });
    await bench.run('signIn', { ...argument, apiKey: '' });
    const connectionId = 'p-4711-delhi';
    assert.equal((await store.signedIn(connectionId)).credentials.apiKey?.reveal() === apiKey, true);
    assert.equal((await store.token({ connectionId, id }))?.credentials.apiKey?.reveal() === apiKey, true);
  });

  it('keeps its label if none is given the next time', async () => {
    const { value: token, apiKey } = bench.emulator.seed('first');
    const argument = { token, apiKey, projectId: 4711, location: 'Delhi' };
    await bench.run('signIn', { ...argument, label: 'Work' });
    assert.equal((await bench.run<{ label: string }>('signIn', argument)).label, 'Work');
    assert.equal((await bench.run<{ label: string }>('signIn', { ...argument, label: 'New' })).label, 'New');
  });

  it('keeps the extra variable names that another window sets while TIR is asked', async () => {
    const { emulator } = bench;
    const { value: token, apiKey } = await bench.signIn();
    const other = newWindow(emulator, bench.keyring);
    const { fault, letGo } = holdCall();
    emulator.fail('GET', fault);
    const before = emulator.calls.length;
    const signingIn = bench.run('signIn', { token, apiKey, projectId: 4711, location: 'Delhi' });
    await until('the call', () => emulator.calls.length > before);
    const names = { connectionId: 'p-4711-delhi', names: ['OPENAI_API_KEY'] };
    await runCommand(other.services, 'setVariableNames', names, []);
    letGo();
    await signingIn;
    other.end();
    const { connection } = await bench.window.services.store.signedIn('p-4711-delhi');
    assert.deepEqual(connection.variables, ['OPENAI_API_KEY']);
  });

  /** Signs in with a token that the list doesn't tell from the others, up to the question which one it is. */
  const signInUpToQuestion = async ({ name, value: token, apiKey }: PlatformToken) => {
    let offered: string[] = [];
    let answer: () => void = () => undefined;
    answerPicks((items) => {
      offered = items.map(({ label }) => label);
      return new Promise((resolve) => {
        answer = () => resolve(items.find(({ label }) => label === name));
      });
    });
    const signingIn = bench.runInteractively('signIn', { token, apiKey, projectId: 4711, location: 'Delhi' });
    await until('the question', () => offered.length > 0);
    const goOn = () => {
      answer();
      return signingIn;
    };
    return { offered, goOn };
  };

  it('is recorded before a question is answered', async () => {
    bench.emulator.listWithValues = false;
    const { goOn } = await signInUpToQuestion(bench.emulator.seed('first'));
    const actions = async () =>
      (await bench.window.services.activity.activityLog.read()).map(({ action }) => action).join();
    assert.equal(await actions(), 'sign-in');
    await goOn();
    assert.equal(await actions(), 'sign-in,add-value,use');
  });

  it("doesn't ask about tokens whose stored values are others", async () => {
    Object.assign(bench.emulator, { values: 'opaque', listWithValues: false });
    await bench.signIn();
    const { id } = await bench.run<{ id: number }>('createToken', { name: 'dev', activate: false });
    const other = bench.emulator.seed('other');
    const { offered, goOn } = await signInUpToQuestion(other);
    assert.deepEqual(offered, ['sign-in', 'other', "$(circle-slash) None of these, or I don't know"]);
    await goOn();
    const stored = await bench.window.services.store.storedTokens('p-4711-delhi');
    const valueOf = (wanted: number) => stored.find((one) => one.id === wanted)?.credentials.token.reveal();
    assert.ok(valueOf(other.id) === other.value);
    assert.ok(valueOf(id) === bench.emulator.made.find((one) => one.id === id)?.value);
  });

  it('leaves the value alone that another window stores while the question is open', async () => {
    Object.assign(bench.emulator, { values: 'opaque', listWithValues: false });
    const [a, b] = [bench.emulator.seed('a'), bench.emulator.seed('b')];
    const { goOn } = await signInUpToQuestion({ ...b, name: a.name });
    const other = newWindow(bench.emulator, bench.keyring);
    const { id, value: token, apiKey } = a;
    await runCommand(other.services, 'addTokenValue', { id, token, apiKey }, []);
    await goOn();
    other.end();
    const stored = await bench.window.services.store.token({ connectionId: 'p-4711-delhi', id });
    assert.ok(stored?.credentials.token.reveal() === token);
  });

  it('is recorded even if the value of its token cannot be stored', async () => {
    bench.keyring.failsOn = /^value:/;
    await assert.rejects(bench.signIn(), { code: 'storage-failed' });
    bench.keyring.failsOn = /^$/;
    const [entry] = await bench.window.services.activity.activityLog.read();
    assert.deepEqual([entry?.action, entry?.outcome], ['sign-in', 'ok']);
  });

  it('stores nothing if it fails, and records the failure', async () => {
    const { store, activity } = bench.window.services;
    await assert.rejects(bench.run('signIn', { token: 'some-text-for-a-token', projectId: 4711 }));
    assert.deepEqual(await store.connections(), []);
    const [entry] = await activity.activityLog.read();
    assert.deepEqual([entry?.action, entry?.outcome], ['sign-in', 'unauthorized']);
  });
});
