import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { fromUi } from '../../src/base/arguments';
import type { ErrorCode } from '../../src/base/errors';
import { commands, runCommand } from '../../src/commands/run';
import { Emulator } from '../emulator/emulator';
import { type FaultCase, faultCases, wrongLists } from '../emulator/faults';
import { newAuthority } from '../support/certificates';
import { say } from '../support/say';
import { StandInGh } from '../support/standInGh';
import { commandsUnderFault, commandsWithoutCalls, type CommandUnderFault } from './commandsUnderFault';
import { inLane, type Message, runConcurrently, type SimulatedPerson, standInForDialogs } from './simulatedPerson';
import { connectionId, idsOf, newWorld, oneIn, storedValues, treeOf, type World } from './world';

type Method = 'GET' | 'POST' | 'DELETE';

/** What a person reads for each error code, by method if that makes a difference. */
const sentences: Partial<Record<ErrorCode, RegExp | Record<Method, RegExp>>> = {
  'invalid-input': /TIR didn't accept the request\. TIR says: status \d+/,
  unauthorized: /TIR refused the token/,
  forbidden: /Your role in the project doesn't allow this.*TIR says: status 403/,
  'not-found': {
    GET: /TIR doesn't know this project/,
    POST: /TIR doesn't know this project/,
    DELETE: /TIR lists the token but says that it doesn't exist/,
  },
  conflict: {
    GET: /TIR can't do this right now/,
    POST: /The name "made" is already taken|TIR didn't accept any name/,
    DELETE: /TIR can't do this right now/,
  },
  'rate-limited': /TIR is getting too many requests\. Try again in (a minute|3[56]\d\d seconds)/,
  offline: /Couldn't reach 127\.0\.0\.1:\d+\. (Check the network|Rotate ".+" again to finish)/,
  timeout: /127\.0\.0\.1:\d+ didn't answer in time/,
  'server-error': /Something went wrong on TIR/,
  'bad-response':
    /127\.0\.0\.1:\d+ (answered with a web page|doesn't answer like the TIR API)|TIR answered with the status \d+|Your network's proxy requires authentication/,
};
const lost = /was created, but its value didn't arrive|new token's value didn't arrive/;
/** Without an answer, a listed token of the name may be another machine's. */
const lostOrUncertain = new RegExp(`${lost.source}|someone else may have created it|which may be the new token`);
const untrusted = /Nothing was sent to 127\.0\.0\.1:\d+, because this machine doesn't trust its certificate \(\w+\)/;

interface Cell {
  readonly command: CommandUnderFault;
  readonly method: Method;
  readonly faultCase: FaultCase;
  /** Whether TIR's list has values, as documented. Without them, the value of a lost answer is lost too. */
  readonly listsValues: boolean;
}

/** What a person read: errors and lost values as text, and all messages in the lane. */
interface Outcome {
  readonly errors: readonly string[];
  readonly lane: SimulatedPerson;
}

describe('every command under every API fault', () => {
  const untrustedHost: FaultCase = {
    name: 'TLS with an unknown certificate',
    fault: () => ({}),
    code: 'offline',
    doesWork: false,
  };
  let other: Emulator;
  let secure: Emulator;
  let gh: StandInGh;
  let dialogs: vscode.Disposable;
  const calls = new Map<string, Set<Method>>();
  const problems: string[] = [];

  before(async () => {
    other = await Emulator.start();
    secure = await Emulator.start((await newAuthority()).server);
    gh = new StandInGh();
    dialogs = standInForDialogs();
  });
  after(async () => {
    dialogs.dispose();
    gh.leave();
    rmSync(join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, '.env'), { force: true });
    await Promise.all([other.stop(), secure.stop()]);
  });

  it('is listed as calling the API or not', () => {
    const known = [...commandsUnderFault.map(({ name }) => name), ...commandsWithoutCalls];
    assert.deepEqual(known.sort(), Object.keys(commands).sort());
  });

  it('works without a fault', async () => {
    for (const command of commandsUnderFault) {
      const world = await newWorld();
      const { errors } = await perform(world, command, true);
      assert.deepEqual(errors, [], command.name);
      const methods = world.emulator.calls.map((call) => call.split(' ')[0] as Method);
      calls.set(command.name, new Set(methods));
      await world.end();
    }
    assert.ok([...calls.values()].every((methods) => methods.has('GET')));
  });

  it('shows one expected sentence, loses no value, and works once the fault is gone', async () => {
    const all = commandsUnderFault.flatMap((command) =>
      [...(calls.get(command.name) ?? [])].flatMap((method) =>
        [...faultCases, ...(method === 'GET' ? [...wrongLists, untrustedHost] : [])].flatMap((faultCase) =>
          (method === 'POST' && faultCase.doesWork ? [true, false] : [true]).map((listsValues) => ({
            ...{ command, method, faultCase, listsValues },
          })),
        ),
      ),
    );
    const cells = all.filter((_, index) => index % oneIn === 0);
    const results = new Map<string, Map<string, string>>();
    await runConcurrently(8, cells, async (cell) => {
      const row = `${cell.faultCase.name}, ${cell.method}${cell.listsValues ? '' : ', a list without values'}`;
      const result = await tryCell(cell).catch((error: unknown) => {
        const what = error instanceof Error ? error.message : String(error);
        problems.push(`${cell.command.name}, ${row}: ${what}`);
        return 'FAILED';
      });
      results.set(row, (results.get(row) ?? new Map<string, string>()).set(cell.command.name, result));
    });
    print(results, cells.length);
    assert.deepEqual(problems, []);
    assert.deepEqual([other.calls, secure.calls], [[], []], 'no call reached a redirect target or an untrusted host');
  });

  async function tryCell({ command, method, faultCase, listsValues }: Cell): Promise<string> {
    const world = await newWorld();
    try {
      const { emulator } = world;
      emulator.clockAhead = faultCase.clockAhead ?? 0;
      world.timeoutSeconds = faultCase.isSlow ? 1 : 60;
      // The command repeats a creation whose answer is lost. The second one must work.
      emulator.fail(method, faultCase.fault(other), method === 'POST' && faultCase.doesWork ? 1 : 999);
      if (faultCase === untrustedHost) {
        world.apiUrl = secure.apiUrl;
      }
      const expected = expectationOf(method, faultCase, listsValues);
      const first = await perform(world, command, listsValues);
      assert.equal(first.errors.length, expected ? 1 : 0, `told ${JSON.stringify(first.errors)}`);
      if (expected) {
        assert.match(first.errors[0] ?? '', expected);
      }
      checkNothingIsLost(world, first.lane);
      emulator.heal();
      Object.assign(world, { apiUrl: emulator.apiUrl, timeoutSeconds: 60 });
      const isDone = !expected || (command.name === 'createToken' && expected === lostOrUncertain);
      if (!isDone) {
        const again = await perform(world, command, listsValues);
        assert.deepEqual(again.errors, [], 'the retry');
        checkNothingIsLost(world, { messages: [...first.lane.messages, ...again.lane.messages], presses: [] });
      }
      await checkConsistent(world);
      return faultCase.code === undefined || !expected ? 'ok' : faultCase.doesWork ? 'value-lost' : faultCase.code;
    } finally {
      await world.end();
    }
  }

  /** Returns what the person has to read, or undefined if the command succeeds. */
  function expectationOf(method: Method, faultCase: FaultCase, listsValues: boolean): RegExp | undefined {
    if (faultCase.code === undefined) {
      return undefined;
    }
    if (faultCase === untrustedHost) {
      return untrusted;
    }
    if (faultCase.doesWork && method !== 'GET') {
      // The list shows that the deletion worked, and has the value of the new token.
      return method === 'POST' && !listsValues ? lostOrUncertain : undefined;
    }
    const known = sentences[faultCase.code] ?? assert.fail(faultCase.code);
    return known instanceof RegExp ? known : known[method];
  }

  async function perform(world: World, command: CommandUnderFault, listsValues: boolean): Promise<Outcome> {
    world.emulator.listWithValues = listsValues;
    const lane: SimulatedPerson = { messages: [], presses: command.presses ?? [] };
    // A new window has no list yet.
    await inLane(lane, () => runCommand(world.open().services, command.name, fromUi(command.argument(world)), []));
    const isTelling = ({ kind, isModal, text }: Message) => kind === 'error' || (isModal && lost.test(text));
    return { lane, errors: lane.messages.filter(isTelling).map(({ text, detail }) => `${text} ${detail}`.trim()) };
  }

  function checkNothingIsLost(world: World, { messages }: SimulatedPerson): void {
    const { emulator, keyring, unstoredToken } = world;
    const stored = storedValues(world);
    const made = new Map(emulator.made.map(({ id, value }) => [id, value]));
    for (const [id, value] of stored) {
      assert.ok(made.get(id) === value, `the value of ${id} is stored unchanged`);
    }
    for (const { id, name, value, apiKey } of emulator.tokens) {
      const isTold = messages.some(({ text }) => lostOrUncertain.test(text) && text.includes(`"${name}"`));
      assert.ok(stored.has(id) || id === unstoredToken.id || isTold, `the value of "${name}" is stored`);
      assert.ok(!messages.some(({ text, detail }) => [value, apiKey].some((it) => (text + detail).includes(it))));
    }
    assert.deepEqual(
      [...keyring.kept.keys()].filter((key) => !/^(connection|value|rotation|in-use)/.test(key)),
      [],
      'nothing else is stored',
    );
  }

  async function checkConsistent(world: World): Promise<void> {
    const { emulator, keyring } = world;
    const { services } = world.open();
    await services.lists.refresh(connectionId);
    const ids = emulator.tokens.map(({ id }) => id).sort((a, b) => a - b);
    assert.deepEqual(idsOf(await treeOf(services)), ids, 'the tree shows the tokens that exist');
    assert.deepEqual(
      [...storedValues(world).keys()].filter((id) => !ids.includes(id)),
      [],
      'no value of a deleted token is stored',
    );
    assert.deepEqual(
      [...keyring.kept.keys()].filter((key) => key.startsWith('rotation:')),
      [],
      'no rotation is left',
    );
    assert.deepEqual((await services.store.allConnections()).unreadable, []);
  }

  function print(results: ReadonlyMap<string, ReadonlyMap<string, string>>, count: number): void {
    for (const [row, byCommand] of results) {
      const outcomes = new Map<string, string[]>();
      for (const [command, outcome] of byCommand) {
        outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), command]);
      }
      say(`${row}: ${[...outcomes].map(([outcome, names]) => `${outcome} (${names.sort().join(', ')})`).join('; ')}`);
    }
    const faults = faultCases.length + wrongLists.length + 1;
    say(`${count} faults tried: ${faults} faults in ${commandsUnderFault.length} commands, ${problems.length} failed`);
  }
});
