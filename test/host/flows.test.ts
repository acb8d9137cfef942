import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { fromUi } from '../../src/base/arguments';
import { findUnusedTokens } from '../../src/commands/findUnusedTokens';
import { held } from '../emulator/fault';
import { setting } from '../support/person';
import { Keyring, Memory } from '../support/storage';
import { statusOf } from '../support/whoami';
import { credentialsOf, newWindow } from '../support/testWindow';
import { acceptingQuestions, begin, closingQuestions, inTerminal, run, signIn, type Bench } from './support';

const connectionId = 'p-4711-delhi';
const day = 24 * 60 * 60 * 1000;

/*
 * What the logic suite proves of rotations, lost creations, projects and refusals, from a command of the editor to a
 * terminal: a few flows of each.
 */
describe('from a command to a terminal', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => bench.end());

  const names = () => bench.emulator.tokens.map(({ name }) => name);
  const create = (name: string) => run<{ id: number }>('createToken', { name });
  const menu = (name: string, argument = {}) => vscode.commands.executeCommand(`tir.${name}`, fromUi(argument));
  /** What the API says to the token of a new terminal. */
  const status = () => inTerminal(vscode.window.createTerminal(), statusOf(bench.emulator.origin));
  const sizeInTerminal = () => inTerminal(vscode.window.createTerminal(), 'printf %s "$TIR_API_TOKEN" | wc -c');

  it('a rotation leaves new terminals with a token that is valid, twice in a row', async () => {
    await signIn(bench.emulator);
    const { id: oldId } = await create('dev-laptop');
    const rotated = await run<{ id: number }>('rotateToken', { id: oldId });
    assert.deepEqual(rotated, { oldId, id: bench.emulator.tokens.at(-1)?.id, name: 'dev-laptop-2' });
    assert.deepEqual(names(), ['sign-in', 'dev-laptop-2']);
    assert.equal(await status(), '200');
    await run('rotateToken', { id: rotated.id });
    assert.equal(await status(), '200');
  });

  it("a rotation of a token that isn't in use leaves terminals what they have", async () => {
    await signIn(bench.emulator);
    await create('in-use');
    const { id } = bench.emulator.seed('ci');
    bench.person.clicks = 'Rotate';
    await menu('rotateToken', { id, connectionId });
    assert.deepEqual(names(), ['sign-in', 'in-use', 'ci-2']);
    assert.equal(
      await sizeInTerminal(),
      String(bench.emulator.made.find(({ name }) => name === 'in-use')?.value.length),
    );
  });

  it('a creation whose answer is lost is deleted and done once more, and its token is in use', async () => {
    const { emulator, person } = bench;
    await signIn(emulator);
    person.clicks = 'Delete and Try Again';
    emulator.fail('POST', { reset: 'after' });
    await menu('createToken', { name: 'precious', connectionId });
    assert.deepEqual(names(), ['sign-in', 'precious']);
    assert.equal(await status(), '200');
    assert.equal(await sizeInTerminal(), String(emulator.tokens[1]?.value.length));
  });

  it('a creation whose answer is lost is completed by a list that carries its value', async () => {
    const { emulator } = bench;
    await signIn(emulator);
    emulator.listWithValues = true;
    emulator.fail('POST', { reset: 'after' });
    await create('precious');
    assert.equal(await status(), '200');
  });

  it('a project moves on to another stored token when the one that signed in is deleted elsewhere', async () => {
    const { emulator } = bench;
    const { id } = await signIn(emulator);
    await create('dev-laptop');
    emulator.revoke(id);
    await create('next');
    assert.deepEqual(names(), ['dev-laptop', 'next']);
    assert.equal(await status(), '200');
  });

  it('a command that is called by its user resolves, and shows one sentence with what failed', async () => {
    const { person } = bench;
    await menu('refresh');
    assert.deepEqual(
      person.read.map(({ message }) => message),
      ['You are not signed in to TIR. Sign in first.'],
    );
  });

  it('a request that takes longer than the setting allows ends with a timeout', async () => {
    await signIn(bench.emulator);
    await setting('requestTimeoutSeconds', 1);
    bench.emulator.fail('GET', held().fault);
    await assert.rejects(run('refresh'), {
      code: 'timeout',
      message: /did not answer in time.*tir\.requestTimeoutSeconds/,
    });
  });

  it('a question and a dialog that are closed cancel their command, and nothing is done', async () => {
    const { emulator, person } = bench;
    const { id } = await signIn(emulator);
    await assert.rejects(
      closingQuestions(() => run('createToken')),
      { code: 'cancelled' },
    );
    await assert.rejects(run('deleteToken', { ids: [id] }), { code: 'cancelled' });
    assert.deepEqual(
      person.read.map(({ modal }) => modal),
      [true],
    );
    assert.equal(emulator.tokens.length, 1);
  });

  it('unused tokens are proposed by what this machine knows, and deleted once that is confirmed', async () => {
    const { emulator, person } = bench;
    const now = Date.now();
    const state = new Memory();
    const window = newWindow(emulator, new Keyring(), { now: () => now, state });
    const { services } = window;
    const seeded = (name: string, age: number) => emulator.seed(name, { createdAt: now - age * day });
    const self = seeded('sign-in', 300);
    const [never, longAgo, lately, young, inUse] = [
      seeded('never', 100),
      seeded('long-ago', 200),
      seeded('lately', 200),
      seeded('young', 89),
      seeded('in-use', 300),
    ] as const;
    const credentials = credentialsOf(self);
    const project = { id: connectionId, label: 'Test', projectId: 4711, location: 'Delhi' };
    await services.store.saveConnection({ connection: { ...project, signInTokenId: self.id }, credentials });
    await state.update('usage', {
      [`${connectionId}/${longAgo.id}`]: { use: now - 150 * day, terminal: now - 91 * day },
      [`${connectionId}/${lately.id}`]: { use: now - 150 * day, copy: now - 89 * day },
    });
    await services.store.use({ connectionId, id: inUse.id, name: 'in-use' });
    person.clicks = 'Delete';
    const { deleted } = (await acceptingQuestions(() =>
      findUnusedTokens(services, { argument: { days: 90 }, selection: [], interactive: true }),
    )) as { deleted: number[] };
    assert.deepEqual(deleted, [never.id, longAgo.id]);
    assert.match(person.read[0]?.detail ?? '', /• never\n• long-ago/);
    assert.deepEqual(
      names(),
      [self, lately, young, inUse].map(({ name }) => name),
    );
    window.end();
  });
});
