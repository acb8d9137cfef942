import assert from 'node:assert/strict';

import fc from 'fast-check';
import * as vscode from 'vscode';

import { fromUi } from '../../src/base/arguments';
import { useInFolder } from '../../src/base/folders';
import { recoverRotations } from '../../src/commands/rotateToken';
import { type CommandName, runCommand } from '../../src/commands/run';
import { rotationKey, valueKey } from '../../src/secrets/keys';
import type { PlatformToken } from '../emulator/emulator';
import { holdCall } from '../emulator/fault';
import { faultCases } from '../emulator/faults';
import { say } from '../support/say';
import type { TestWindow } from '../support/testWindow';
import { inLane, type SimulatedPerson, standInForDialogs } from './simulatedPerson';
import {
  addOtherProject,
  connectionId,
  damaged,
  newWorld,
  oneIn,
  otherConnectionId,
  storedValues,
  tokensOf,
  treeOf,
  type World,
} from './world';

/*
 * Longer than other files: each action stands beside its expected outcome.
 */

/** What a person does in a window, or somebody does on the TIR website. `place` is a token's index in the project. */
type Action =
  | { readonly kind: 'create'; readonly name: string }
  | {
      readonly kind: 'rotate' | 'delete' | 'use' | 'useInFolder' | 'addValue' | 'deletedElsewhere' | 'damage';
      readonly place: number;
    }
  | { readonly kind: 'stopUsing' | 'stopInFolder' | 'useOther' | 'signOut' | 'signIn' | 'refresh' | 'reload' };

/** Two simultaneous actions, one in each window, while calls or the storage fail. Each window is on another machine. */
interface Round {
  /** Whether the person cancels what creates, rotates or deletes once that is sent. The work goes on. */
  readonly isCancelled: boolean;
  readonly actions: readonly [Action, Action];
  /** Prefix of the keys that the secret storage refuses. */
  readonly refused: string | null;
  readonly fault: { readonly method: 'GET' | 'POST' | 'DELETE'; readonly index: number; readonly times: number } | null;
}

const hour = 60 * 60 * 1000;
const lanes = 8;
const sequences = Number(process.env['TIR_TEST_SEQUENCES'] ?? 400 / oneIn);
const seed = Number(process.env['TIR_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

// `faultTable.test.ts` tries every fault, the slow ones too, with every command. One of several similar statuses is enough here.
const faults = faultCases.filter(
  ({ name, isSlow }) => !isSlow && !/50 MB|10,000/.test(name) && !/^status (?!401|403|404|409|500)\d+$/.test(name),
);
/** Each of these tells a person what became of a value that isn't stored. */
const reported = /value didn't arrive|Can't tell|couldn't store its value/;

const place = fc.nat(5);
const kinds = <const T extends Action['kind']>(...all: readonly T[]) => fc.constantFrom(...all);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: kinds('create'), name: fc.constantFrom('a', 'b', 'c') }) },
  { weight: 4, arbitrary: fc.record({ kind: kinds('rotate'), place }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: kinds('delete', 'use', 'useInFolder', 'addValue', 'deletedElsewhere', 'damage'),
      place,
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: kinds('stopUsing', 'stopInFolder', 'useOther', 'signOut', 'signIn', 'refresh', 'reload'),
    }),
  },
);
const round: fc.Arbitrary<Round> = fc.record({
  actions: fc.tuple(action, action),
  isCancelled: fc.nat(3).map((one) => one === 0),
  refused: fc.option(fc.constantFrom('connection:', 'value:', 'rotation:', 'in-use', 'probe:'), { freq: 1, nil: null }),
  fault: fc.option(
    fc.record({
      method: fc.constantFrom('GET', 'POST', 'DELETE'),
      index: fc.nat(faults.length - 1),
      times: fc.integer({ min: 1, max: 4 }),
    }),
    { freq: 3 },
  ),
});

describe('random sequences in two windows', () => {
  let dialogs: vscode.Disposable;
  before(() => (dialogs = standInForDialogs()));
  after(() => {
    dialogs.dispose();
  });

  it('end with the tree equal to the server, at most one token in use, and no value lost or left behind', async () => {
    let [ran, rounds, cancelled, made] = [0, 0, 0, 0];
    const property = fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 8 }), async (sequence) => {
      const world = await newWorld();
      const model = new Model(world, await addOtherProject(world));
      try {
        for (const one of sequence) {
          cancelled += Number(await model.play(one));
        }
        await model.settle();
        [ran, rounds, made] = [ran + 1, rounds + sequence.length, made + world.emulator.made.length];
      } catch (error) {
        throw new Error(`${String(error)}\n${model.history.join('\n')}`);
      } finally {
        await world.end();
      }
    });
    say(`the seed is ${seed} (TIR_TEST_SEED)`);
    const numRuns = Math.ceil(sequences / lanes);
    const results = await Promise.all(
      Array.from({ length: lanes }, (_, lane) =>
        fc.check(property, { seed: seed + lane, numRuns, endOnFailure: true }),
      ),
    );
    for (const { failed, errorInstance, seed: failedSeed, counterexamplePath } of results) {
      assert.ok(!failed, `seed ${failedSeed}, path ${counterexamplePath}: ${String(errorInstance)}`);
    }
    say(
      `${ran} sequences run, of ${rounds} rounds in two windows, ${cancelled} cancelled; ${made} tokens made in them`,
    );
  });
});

/** Two windows of a world, and the checks of what must hold. */
class Model {
  /** Actions and messages, for the report of a failure. */
  readonly history: string[] = [];
  readonly #windows: TestWindow[];
  /** Tokens that existed before the test: only the person has their values. */
  readonly #seeded: Set<number>;
  /** Stored values. None may go before its token does. */
  readonly #kept = new Map<number, string>();
  /** Every message that was shown. */
  readonly #lane: SimulatedPerson = {
    messages: [],
    presses: ['Delete', 'Rotate', 'Sign Out', 'Delete and Create'],
    cancels: false,
  };

  readonly #machines = [crypto.randomUUID(), crypto.randomUUID()];
  /** The folder of every window. On each machine it's another one. */
  readonly #folder = vscode.workspace.workspaceFolders![0]!;

  constructor(
    private readonly world: World,
    private readonly otherToken: PlatformToken,
  ) {
    this.#windows = this.#machines.map((machine) => world.open(machine));
    this.#seeded = new Set(world.emulator.tokens.map(({ id }) => id));
    this.#remember();
  }

  /** @returns whether the person cancelled something */
  async play({ actions, fault, refused, ...round }: Round): Promise<boolean> {
    const { emulator, keyring } = this.world;
    const isLong = ({ kind }: Action) => kind === 'create' || kind === 'rotate' || kind === 'delete';
    // A reload recovers rotations, which can't be cancelled.
    const isCancelled = round.isCancelled && actions.some(isLong) && !actions.some(({ kind }) => kind === 'reload');
    const { fault: held, letGo } = holdCall();
    keyring.failsOn = new RegExp(`^${refused ?? '$'}`);
    const planned = fault && faults[fault.index];
    if (isCancelled) {
      emulator.fail('POST', held, 2);
      emulator.fail('DELETE', held, 2);
      this.#lane.cancels = true;
    } else if (fault && planned) {
      emulator.clockAhead = planned.clockAhead ?? 0;
      // An address where nothing listens.
      emulator.fail(fault.method, planned.fault({ apiUrl: 'https://127.0.0.1:9' }), fault.times);
    }
    this.history.push(
      `${JSON.stringify(actions)}, ${isCancelled ? 'cancelled, ' : ''}${fault?.times ?? 0} × ${fault?.method ?? ''} ${planned?.name ?? ''}, the keyring refuses ${refused ?? 'nothing'}`,
    );
    const read = this.#lane.messages.length;
    const before = new Set(emulator.made.map(({ id }) => id));
    // Before anything happens, so each place is a token of the state before.
    const work = actions.map((one, index) => this.#prepare(one, index));
    await inLane(this.#lane, () => Promise.all(work.map((one) => one())));
    letGo();
    this.#lane.cancels = false;
    await this.world.idle();
    this.history.push(...this.#lane.messages.slice(read).map(({ kind, text }) => `  ${kind}: ${text}`));
    emulator.heal();
    emulator.clockAhead = 0;
    keyring.failsOn = /^$/;
    if (actions.some(({ kind }) => kind === 'signOut')) {
      this.#kept.clear();
    } else {
      this.#check(emulator.made.filter(({ id }) => !before.has(id)));
    }
    this.#remember();
    return isCancelled;
  }

  /** Ends all faults, lets each window catch up, and checks the final state. */
  async settle(): Promise<void> {
    const { world } = this;
    const { keyring } = world;
    await inLane(this.#lane, async () => {
      if (keyring.kept.size > 0) {
        await this.#signIn(0)();
      }
      for (const window of this.#windows) {
        await recoverRotations(window.services);
      }
    });
    this.#check([]);
    const connections = await this.#windows[0]!.services.store.connections();
    if (!connections.some(({ id }) => id === connectionId)) {
      const left = [...keyring.kept].filter(([key, text]) => key.includes(connectionId) || text.includes(connectionId));
      assert.deepEqual(left, [], 'nothing is left of a project that was signed out of');
      await this.#checkTerminals();
      return;
    }
    const there = tokensOf(world)
      .map(({ id }) => id)
      .sort((a, b) => a - b);
    world.clockAhead = 72 * hour;
    for (const { services } of this.#windows) {
      await services.lists.refresh(connectionId);
      await services.revokedValues.forgetRevoked(connectionId);
      const rows = (await treeOf(services)).children[connectionId] ?? [];
      assert.deepEqual(
        rows.map(({ id }) => id).sort((a, b) => a - b),
        there,
        'the tree equals the server',
      );
    }
    const { store } = this.#windows[0]!.services;
    const uses = await store.uses();
    assert.equal(new Set(uses.map(({ folder }) => folder)).size, uses.length, 'one token is in use in each scope');
    const stored = storedValues(world);
    const wasTold = (name: string) =>
      this.#lane.messages.some(({ text }) => text.includes(`Couldn't finish the interrupted rotation of "${name}"`));
    // A rotation stays unfinished once TIR has deleted its old token, and its new one is deleted, or that one's stored
    // value can't be read. The person was told, and its record and values stay.
    const unfinished = (await store.rotations()).filter(
      ({ oldId, oldName, newId }) =>
        newId !== undefined &&
        !there.includes(oldId) &&
        !(there.includes(newId) && stored.has(newId)) &&
        wasTold(oldName),
    );
    const mayStay = [
      ...there,
      ...uses.map(({ id }) => id),
      ...unfinished.flatMap(({ oldId, newId }) => [oldId, newId]),
    ];
    assert.deepEqual(
      [...stored.keys()].filter((id) => !mayStay.includes(id)),
      [],
      'no orphan value',
    );
    const records = unfinished.map(rotationKey);
    assert.deepEqual(
      [...keyring.kept.keys()].filter(
        (key) => !/^(connection:|value:|in-use$|in-use:[0-9a-f-]{36}:)/.test(key) && !records.includes(key),
      ),
      [],
      'no orphan journal, and nothing else',
    );
    await this.#checkTerminals();
    this.#check([]);
  }

  /** Each window's terminals get the token of its own folder, or else the one in use everywhere, or nothing. */
  async #checkTerminals(): Promise<void> {
    for (const { services, collection } of this.#windows) {
      await services.terminals.update();
      const use = useInFolder(await services.store.uses(), this.#folder.uri.toString());
      const value = use && (await services.store.tokenIfReadable(use))?.credentials.token.reveal();
      const names = use?.connectionId === otherConnectionId ? ['TIR_API_TOKEN', 'MY_TOKEN'] : ['TIR_API_TOKEN'];
      const variables = collection.inFolder(this.#folder.index);
      const expected = value === undefined ? [] : names;
      assert.deepEqual([...variables.keys()].sort(), expected.sort(), 'the variables of one token, or none');
      assert.ok(
        [...variables.values()].every((one) => one === value),
        'the value in use',
      );
    }
  }

  #remember(): void {
    for (const [id, value] of storedValues(this.world)) {
      this.#kept.set(id, value);
    }
  }

  /** @param made tokens that were created in the round */
  #check(made: readonly PlatformToken[]): void {
    const stored = storedValues(this.world);
    const there = new Set(this.world.emulator.tokens.map(({ id }) => id));
    for (const { id, name, value } of made) {
      const isKnown = stored.get(id) === value || this.#read(name, value) || this.#seeded.has(id);
      assert.ok(isKnown || !there.has(id), `the value of "${name}" is stored, was shown, or is reported lost`);
    }
    for (const [id, value] of this.#kept) {
      assert.ok(stored.get(id) === value || !there.has(id), `the value of ${id} is still stored`);
    }
  }

  /** Whether the person was shown the value, or read that it was lost. */
  #read(name: string, value: string): boolean {
    // If it's unknown whether a rotation created its new token, the message names the old one.
    const unknown = `Can't tell whether TIR created the new token for "${name.replace(/-\d+$/, '')}"`;
    return this.#lane.messages.some(
      ({ text, detail }) =>
        detail.includes(value) || (text.includes(`"${name}"`) && reported.test(text)) || text.includes(unknown),
    );
  }

  #prepare(one: Action, index: number): () => Promise<unknown> {
    const { emulator, keyring } = this.world;
    const tokens = tokensOf(this.world);
    const token = 'place' in one ? tokens[one.place % Math.max(tokens.length, 1)] : undefined;
    const id = token?.id ?? 1;
    const folder = this.#folder.uri.toString();
    const ref = { id, connectionId };
    const run = (name: CommandName, argument: object) => () =>
      runCommand(this.#windows[index]!.services, name, fromUi(argument), []);
    switch (one.kind) {
      case 'create':
        return run('createToken', { name: one.name, connectionId });
      case 'rotate':
        return run('rotateToken', ref);
      case 'delete':
        return run('deleteToken', { ids: [id], connectionId });
      case 'use':
        return run('useToken', ref);
      case 'addValue':
        return run('addTokenValue', { ...ref, token: token?.value ?? 'x', apiKey: token?.apiKey });
      case 'useInFolder':
        return run('useToken', { ...ref, folder });
      case 'useOther':
        return run('useToken', { id: this.otherToken.id, connectionId: otherConnectionId });
      case 'damage':
        return () => {
          this.#kept.delete(id);
          this.#seeded.add(id);
          return keyring.kept.has(valueKey(connectionId, id))
            ? keyring.store(valueKey(connectionId, id), damaged)
            : Promise.resolve();
        };
      case 'stopInFolder':
        return run('stopUsingToken', { folder });
      case 'stopUsing':
        return run('stopUsingToken', {});
      case 'signOut':
        return run('signOut', { connectionId });
      case 'signIn':
        return this.#signIn(index);
      case 'refresh':
        return run('refresh', {});
      case 'deletedElsewhere':
        return () => {
          emulator.revoke(id);
          return Promise.resolve();
        };
      case 'reload':
        return () => {
          const window = (this.#windows[index] = this.world.open(this.#machines[index]));
          return recoverRotations(window.services);
        };
    }
  }

  /** With a token that was made for it on the web page. */
  #signIn(index: number): () => Promise<unknown> {
    const { emulator } = this.world;
    const { id, value: token, apiKey, projectId, location } = emulator.seed(`sign-in-${emulator.made.length}`);
    this.#seeded.add(id);
    return () =>
      runCommand(this.#windows[index]!.services, 'signIn', fromUi({ token, apiKey, projectId, location }), []);
  }
}
