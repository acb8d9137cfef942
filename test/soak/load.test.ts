import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import * as vscode from 'vscode';

import { connectionId as idOf } from '../../src/secrets/records';
import { Store } from '../../src/secrets/store';
import type { Services } from '../../src/services';
import { Emulator, type PlatformToken } from '../emulator/emulator';
import { holdCall } from '../emulator/fault';
import { newLog } from '../support/fakeServices';
import { Keyring, machine } from '../support/keyring';
import { say } from '../support/say';
import { Collection, credentialsOf, newWindow } from '../support/testWindow';
import { until } from '../support/until';
import { oneIn, treeOf } from './world';

const [projects, tokensOfFirst, windows] = [50, 10_000, 20];

describe('load', () => {
  let emulator: Emulator;
  let keyring: Keyring;
  /** The sign-in token of each project. */
  let selves: PlatformToken[];
  /** Disposed after each test. */
  let open: { dispose(): unknown }[];

  beforeEach(async () => {
    emulator = await Emulator.start();
    keyring = new Keyring();
    open = [];
    selves = Array.from({ length: projects }, (_, index) => emulator.seed(`self-${index}`, { projectId: 1 + index }));
  });
  afterEach(async () => {
    vscode.Disposable.from(...open).dispose();
    await emulator.stop();
  });

  const connectionOf = ({ projectId, location }: PlatformToken) => idOf({ projectId, location });

  async function signInToAll({ store }: Pick<Services, 'store'>): Promise<void> {
    for (const { id, name, projectId, location, ...token } of selves) {
      const credentials = credentialsOf(token);
      const connection = { label: `Project ${projectId}`, projectId, location, signInTokenId: id };
      const connectionId = idOf(connection);
      await store.saveConnection({ connection: { id: connectionId, ...connection }, credentials });
      await store.saveToken({ connectionId, id }, { name, created: 1, expires: undefined, credentials });
    }
  }

  it('makes one call per project if 20 callers refresh 50 projects, and keeps the heap stable', async () => {
    emulator.fill(selves[0]!, tokensOfFirst - 1);
    const window = newWindow(emulator, keyring);
    const { services } = window;
    open.push({ dispose: () => window.end() });
    await signInToAll(services);
    const ids = selves.map(connectionOf);
    const [rounds, asking] = [Math.max(4, 20 / oneIn), 20];
    const heaps: number[] = [];
    for (let round = 0; round < rounds; round++) {
      emulator.calls.length = 0;
      const { fault, letGo } = holdCall();
      emulator.fail('GET', fault, projects);
      const answers = ids.flatMap((id) => Array.from({ length: asking }, () => services.lists.refresh(id)));
      await until('all calls', () => emulator.calls.length >= projects);
      letGo();
      await Promise.all(answers);
      assert.equal(emulator.calls.length, projects, 'one call per project, however many ask');
      const { children } = await treeOf(services);
      assert.equal(children[ids[0]!]?.length, tokensOfFirst);
      assert.ok(ids.slice(1).every((id) => children[id]?.length === 1));
      heaps.push(usedHeap());
    }
    // Once, 6 MB are added by the emulator, whose connections, kept open, hold the answer they wrote last.
    const largestStep = Math.max(...heaps.slice(1).map((heap, round) => heap - heaps[round]!));
    const growth = heaps.at(-1)! - heaps[0]! - largestStep;
    say(
      `${rounds * projects} refreshes, ${rounds * projects * asking} asked for: the heap is ${mb(heaps[0]!)} after the first ` +
        `${projects}, ${mb(heaps.at(-1)!)} after all; without the largest step of ${mb(largestStep)}, it grew by ${mb(growth)}`,
    );
    // Two leaked lists of 10,000 tokens would take more. The rest of this process makes the heap vary a little.
    assert.ok(growth < 5e6, `the heap grew by ${mb(growth)} over ${rounds * projects} refreshes`);
  });

  it('gives the terminals of 20 windows the last token in use if all write at once', async () => {
    const stores = Array.from({ length: windows }, () => new Store(keyring, machine, () => undefined));
    await signInToAll({ store: stores[0]! });
    const environments = stores.map((store) => {
      const collection = new Collection();
      open.push(store, collection.environment(store, newLog()));
      return () => collection.inFolder(0);
    });
    let events = 0;
    stores.forEach((store) => store.onDidChange(() => events++));
    const start = Date.now();
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        stores.map(async (store, window) => {
          const self = selves[(round * windows + window) % projects]!;
          await store.use({ connectionId: connectionOf(self), id: self.id, name: self.name });
        }),
      );
    }
    const [inUse] = await stores[0]!.uses();
    const value = selves.find(({ id }) => id === inUse?.id)?.value ?? assert.fail('none is in use');
    await until('all windows to follow', () =>
      environments.every((variables) => variables().get('TIR_API_TOKEN') === value),
    );
    const seconds = (Date.now() - start) / 1000;
    say(`${events} storage events in ${windows} windows, ${Math.round(events / seconds)} a second: none dropped`);
    for (const store of stores) {
      await store.stopUsing();
    }
    await until('no window to have a token', () => environments.every((variables) => variables().size === 0));
  });
});

/** Returns the used heap in bytes, after a garbage collection. */
function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
