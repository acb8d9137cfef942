import assert from 'node:assert/strict';

import { findUnusedTokens } from '../../../src/commands/findUnusedTokens';
import { Keyring, Memory } from '../../support/keyring';
import { credentialsOf, newWindow } from '../../support/testWindow';
import { acceptingQuestions, begin, type TestSetup } from '../support';

const connectionId = 'p-4711-delhi';
const day = 24 * 60 * 60 * 1000;

describe('findUnusedTokens', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => bench.end());

  const names = () => bench.emulator.tokens.map(({ name }) => name);

  it('proposes the tokens that this machine has not used lately, and deletes them once confirmed', async () => {
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
