import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import * as vscode from 'vscode';

import { Emulator, type PlatformToken } from '../emulator/emulator';
import { runInTerminal } from '../host/support';
import { until } from '../support/until';
import { waitUntilIdle, keptByNaive, keptByOurs, peerOf, useApi } from './kept';
import { beginProfile, hashOf, writeOutcome, naive, now, ours, timeOf, type Row } from './measure';

const rounds = 10;
const many = 10_000;

/*
 * Longer than other files: each row of the table is a method, and all methods share one window.
 */

/** What differs between the two extensions that are compared. */
interface Subject {
  readonly name: 'ours' | 'naive';
  readonly view: string;
  readonly refresh: string;
  readonly variable: string;
  readonly create: (name: string) => Thenable<unknown>;
  /** Returns how many requests VS Code has made to its trees so far. */
  readonly asked: () => number;
  /** Calls `listener` whenever the extension sets a terminal variable. */
  readonly onVariable: (listener: () => void) => void;
}

/** Entry point in the extension host: measures creations, lists, scrolling, memory and refreshes. */
export function run(): Promise<void> {
  return writeOutcome(async () => {
    const emulator = await Emulator.start();
    await useApi(emulator, emulator);
    const self = emulator.seed('self', { listed: false });
    const [peer, naivePeer] = [await peerOf(ours), await peerOf(naive)];
    await peer.store(keptByOurs([self]));
    await peer.start();
    await naivePeer.store(keptByNaive(self));
    await naivePeer.start();
    const { executeCommand } = vscode.commands;
    const subjects: readonly Subject[] = [
      {
        name: 'ours',
        view: 'tir.tokens',
        refresh: 'tir.refresh',
        variable: 'TIR_API_TOKEN',
        create: (name) => executeCommand('tir.createToken', { name, activate: true }),
        asked: peer.asked,
        onVariable: peer.onVariable,
      },
      {
        name: 'naive',
        view: 'naive.tokens',
        refresh: 'naive.refresh',
        variable: 'NAIVE_TOKEN',
        create: (name) => executeCommand('naive.createToken', name),
        asked: naivePeer.asked,
        onVariable: naivePeer.onVariable,
      },
    ];
    const bench = new TokensBench(emulator, self);
    const rows = [
      await bench.creations(subjects),
      await bench.lists(subjects),
      await bench.scrolling(subjects),
      await bench.memory(subjects),
      await bench.refreshes(subjects),
    ];
    await emulator.stop();
    return rows;
  });
}

class TokensBench {
  readonly #tokens: readonly PlatformToken[];

  constructor(
    private readonly emulator: Emulator,
    private readonly self: PlatformToken,
  ) {
    this.#tokens = Array.from({ length: many }, (_, index) => emulator.seed(`token-${index}`));
  }

  /**
   * Measures from the API's answer until new terminals get the token, and until the command ends; and how long a shell
   * takes to print the token's hash.
   */
  async creations(subjects: readonly Subject[]): Promise<Row> {
    this.#fill('few', 10);
    const times = none();
    const ends: number[] = [];
    const shells: number[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const { name, variable, create, onVariable } of subjects) {
        const made = `${name}-${round}`;
        let taken = 0;
        await waitUntilIdle();
        onVariable(() => (taken = now() - this.emulator.answeredAt));
        await create(made);
        if (name === 'ours') {
          ends.push(now() - this.emulator.answeredAt);
        }
        times[name].push(taken);
        let says = '';
        shells.push(
          await timeOf(async () => {
            const terminal = vscode.window.createTerminal();
            says = await runInTerminal(terminal, `printf %s "$${variable}" | sha256sum`);
            terminal.dispose();
          }),
        );
        const { value } = this.emulator.tokens.find((token) => token.name === made)!;
        assert.ok(says.startsWith(hashOf(value)), `${made} is not in the terminal`);
      }
    }
    return {
      what: 'tir.createToken answered by the API, until a new terminal gets the token',
      ours: times.ours,
      atMost: 50,
      beside: [
        { what: 'the naive variant', values: times.naive },
        { what: 'until our command has ended', values: ends },
        { what: 'the shell, until it can say what it got', values: shells },
      ],
    };
  }

  /** Measures from the API's answer until the first row is painted. */
  async lists(subjects: readonly Subject[]): Promise<Row> {
    const [few, all] = [none(), none()];
    for (let round = 0; round <= rounds; round++) {
      for (const subject of subjects) {
        const { name, view } = subject;
        await vscode.commands.executeCommand(`${view}.focus`);
        for (const [count, times] of [
          [many / 10, few],
          [many, all],
        ] as const) {
          await waitUntilIdle();
          const endProfile = await beginProfile(`list-${name}-${count}`);
          const { at } = await this.#list(subject, `${count}-${round}`, count);
          await endProfile();
          // The first round fills caches and doesn't count.
          if (round > 0) {
            times[name].push(at - this.emulator.answeredAt);
          }
        }
      }
    }
    return {
      what: 'a list of 10,000 tokens answered by the API, until its rows are shown',
      ours: all.ours,
      atMost: 300,
      beside: [
        { what: 'the naive variant', values: all.naive },
        { what: 'a list of 1,000', values: few.ours, must: { times: 12 } },
      ],
    };
  }

  /** Counts requests to the tree and the API while all rows are scrolled through. */
  async scrolling(subjects: readonly Subject[]): Promise<Row> {
    const asked = none();
    for (const subject of subjects) {
      const { name, view } = subject;
      const askedSoFar = () => subject.asked() + this.emulator.calls.length;
      await vscode.commands.executeCommand(`${view}.focus`);
      const { first } = await this.#list(subject, 'scrolled', many);
      for (let round = 0; round < rounds; round++) {
        const before = askedSoFar();
        await vscode.commands.executeCommand('list.focusFirst');
        for (let page = 0; page < 20; page++) {
          await vscode.commands.executeCommand('list.focusPageDown');
        }
        await vscode.commands.executeCommand('list.focusLast');
        await until('the last row to be shown', () => shownAt(first.replace(/0+$/, String(many - 1))));
        asked[name].push(askedSoFar() - before);
      }
    }
    return {
      what: 'scrolling through 10,000 rows',
      unit: 'calls',
      ours: asked.ours,
      atMost: 0,
      beside: [{ what: 'the naive variant', values: asked.naive }],
    };
  }

  /** Measures how much more heap the extension host uses with 10,000 tokens shown than with one. */
  async memory(subjects: readonly Subject[]): Promise<Row> {
    const growth = none();
    for (const subject of subjects) {
      const { name, view } = subject;
      await vscode.commands.executeCommand(`${view}.focus`);
      const heapWith = async (count: number, round: number) => {
        await this.#list(subject, `heap-${count}-${round}`, count);
        return heap();
      };
      for (let round = 0; round < rounds; round++) {
        const without = await heapWith(1, round);
        growth[name].push(((await heapWith(many, round)) - without) / 1e6);
      }
    }
    return {
      what: 'heap of the extension host with 10,000 tokens, minus without',
      unit: 'MB',
      ours: growth.ours,
      atMost: 15,
      beside: [{ what: 'the naive variant', values: growth.naive }],
    };
  }

  async refreshes(subjects: readonly Subject[]): Promise<Row> {
    const calls = none();
    this.#fill('few', 1);
    for (let round = 0; round < rounds; round++) {
      for (const { name, refresh } of subjects) {
        const before = this.emulator.calls.length;
        await Promise.all(Array.from({ length: 1000 }, () => vscode.commands.executeCommand(refresh)));
        calls[name].push(this.emulator.calls.length - before);
      }
    }
    return {
      what: '1,000 refreshes at once',
      unit: 'calls',
      ours: calls.ours,
      atMost: 1,
      beside: [{ what: 'the naive variant', values: calls.naive }],
    };
  }

  /** Lists `count` new tokens in the focused view. Resolves to the first row's name and when it was painted. */
  async #list({ name, refresh }: Subject, mark: string, count: number): Promise<{ first: string; at: number }> {
    const first = this.#fill(`bench-${name}-${mark}`, count);
    await vscode.commands.executeCommand(refresh);
    return { first, at: await until(`${first} to be shown`, () => shownAt(first)) };
  }

  /** Makes the API list `count` tokens with this prefix. Returns the first one's name. */
  #fill(prefix: string, count: number): string {
    // Reuses the tokens seeded at the start. New ones would take most of the memory and the time.
    const name = (index: number) => `${prefix}-${String(index).padStart(4, '0')}`;
    const tokens = this.#tokens.slice(0, count).map((token, index) => ({ ...token, name: name(index) }));
    this.emulator.tokens.splice(0, Infinity, this.self, ...tokens);
    return name(0);
  }
}

function none(): Record<Subject['name'], number[]> {
  return { ours: [], naive: [] };
}

/** Returns when a row was painted, in milliseconds since 1970; undefined if it wasn't. */
function shownAt(name: string): number | undefined {
  const lines = readFileSync(process.env['TIR_BENCH_SHOWN'] ?? '', 'utf8').split('\n');
  const line = lines.find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length));
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Collects garbage and returns the bytes still in use. */
async function heap(): Promise<number> {
  // VS Code refers to the rows for a moment after drawing them. This round trip waits for that to end.
  await vscode.commands.executeCommand('setContext', 'bench', 'heap');
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
