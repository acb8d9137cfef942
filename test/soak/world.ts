import { readValue } from '../../src/secrets/records';
import type { Services } from '../../src/services';
import type { Tokens } from '../../src/tokens/tokens';
import { type Snapshot, takeSnapshot } from '../../src/view/snapshot';
import { Emulator, type PlatformToken } from '../emulator/emulator';
import { standIn } from '../support/fakeServices';
import { Keyring } from '../support/keyring';
import { credentialsOf, newWindow, type TestWindow } from '../support/testWindow';

/** Runs one in this many generated cases. */
export const oneIn = Number(process.env['TIR_TEST_ONE_IN'] ?? 1);

export const connectionId = 'p-4711-delhi';
const projectId = 4711;
/** A second project, for tests that add it. */
export const otherConnectionId = 'p-52-delhi';

/** A project with tokens, a keyring, and windows that share it. Terminals, clipboard and view are stand-ins. */
export interface World {
  readonly emulator: Emulator;
  readonly keyring: Keyring;
  /** The token that signed in. Its value is stored. */
  readonly signInToken: PlatformToken;
  /** Another token whose value is stored. */
  readonly storedToken: PlatformToken;
  /** A token whose value isn't stored. */
  readonly unstoredToken: PlatformToken;
  /** API URL that the windows use. */
  apiUrl: string;
  timeoutSeconds: number;
  /** Milliseconds by which the clock of the windows is ahead. */
  clockAhead: number;
  /** Waits for what goes on although its command was cancelled. */
  idle(): Promise<void>;
  /** @param machine ID of the machine that the window's terminals are on */
  open(machine?: string): TestWindow;
  end(): Promise<void>;
}

/** Creates a world whose project is signed in, with two stored values. */
export async function newWorld(): Promise<World> {
  const emulator = await Emulator.start();
  const [signInToken, storedToken, unstoredToken] = ['self', 'other', 'bare'].map((name) => emulator.seed(name)) as [
    PlatformToken,
    PlatformToken,
    PlatformToken,
  ];
  const keyring = new Keyring();
  const windows: TestWindow[] = [];
  const running = new Set<Promise<unknown>>();
  /** Notes the work of each method until it ends. */
  const noted = (tokens: Tokens): Tokens =>
    new Proxy(tokens, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') {
          return method;
        }
        return (...given: unknown[]) => {
          const work = Reflect.apply(method, target, given) as Promise<unknown>;
          running.add(work);
          work.catch(() => undefined).finally(() => running.delete(work));
          return work;
        };
      },
    });
  const world: World = {
    ...{ emulator, keyring, signInToken, storedToken, unstoredToken },
    apiUrl: emulator.apiUrl,
    timeoutSeconds: 60,
    clockAhead: 0,
    open(machine) {
      const window = newWindow(emulator, keyring, {
        ...(machine !== undefined && { machine }),
        apiUrl: () => world.apiUrl,
        timeoutSeconds: () => world.timeoutSeconds,
        now: () => Date.now() + world.clockAhead,
      });
      windows.push(window);
      const tokens = window.services.tokens().then(noted);
      return { ...window, services: { ...window.services, clipboard, tokens: () => tokens } };
    },
    async idle() {
      await Promise.allSettled(running);
      // Its result is told next.
      await new Promise(setImmediate);
    },
    async end() {
      for (const window of windows) {
        window.end();
      }
      await emulator.stop();
    },
  };
  const { store } = world.open().services;
  const connection = {
    id: connectionId,
    label: 'Project',
    projectId,
    location: 'Delhi',
    signInTokenId: signInToken.id,
  };
  await store.saveConnection({ connection, credentials: credentialsOf(signInToken) });
  for (const { id, name, createdAt, ...token } of [signInToken, storedToken]) {
    const stored = { name, created: createdAt, expires: undefined, credentials: credentialsOf(token) };
    await store.saveToken({ connectionId, id }, stored);
  }
  return world;
}

/** Signs in to a second project, and stores the value of its token, which terminals get under another name, too. */
export async function addOtherProject(world: World): Promise<PlatformToken> {
  const token = world.emulator.seed('elsewhere', { projectId: 52 });
  const { store } = world.open().services;
  const connection = {
    id: otherConnectionId,
    label: 'Other',
    projectId: 52,
    location: 'Delhi',
    variables: ['MY_TOKEN'],
  };
  await store.saveConnection({ connection, credentials: credentialsOf(token) });
  const stored = { name: token.name, created: token.createdAt, expires: undefined, credentials: credentialsOf(token) };
  await store.saveToken({ connectionId: otherConnectionId, id: token.id }, stored);
  return token;
}

/** Returns the tokens of the first project. */
export function tokensOf({ emulator }: World): PlatformToken[] {
  return emulator.tokens.filter((token) => token.projectId === projectId);
}

/** Parallel tests would share the real clipboard. */
const clipboard = standIn<Services['clipboard']>('the clipboard', {
  copy: () => Promise.resolve(60),
  clear: () => Promise.resolve(),
});

/** Takes a snapshot of a window's tree. */
export function treeOf(services: Services): Promise<Snapshot> {
  return takeSnapshot(services, { sorting: 'name', filter: '', warnBeforeDays: 30 });
}

/** Returns the sorted IDs of the tokens in a tree that has one project. */
export function idsOf({ roots }: Snapshot): number[] {
  return roots.flatMap((row) => (row.kind === 'token' ? [row.id] : [])).sort((a, b) => a - b);
}

/** What the model writes over a record to damage it. */
export const damaged = '{"half":';

/** Returns the values in the keyring by token ID, but those that are damaged. @throws TirError if one can't be read */
export function storedValues({ keyring }: World): Map<number, string> {
  const prefix = `value:${connectionId}:`;
  const values = [...keyring.kept].filter(([key, text]) => key.startsWith(prefix) && text !== damaged);
  return new Map(
    values.map(([key, text]) => [Number(key.slice(prefix.length)), readValue(text).credentials.token.reveal()]),
  );
}
