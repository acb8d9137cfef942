import * as vscode from 'vscode';

import type { Parts } from '../../src/parts';
import { readValue } from '../../src/secrets/records';
import { takeSnapshot, type Snapshot } from '../../src/view/snapshot';
import { Emulator, type PlatformToken } from '../emulator/emulator';
import { credentialsOf, newWindow, type TestWindow } from '../host/parts';
import { Keyring } from '../host/support';
import { noteSecrets } from '../support/noteSecrets';

export const connectionId = 'p-4711-delhi';

// The editor closes all channels of a name when one of them is disposed.
const log = vscode.window.createOutputChannel('TIR Tokens (soak)', { log: true });

/** A project with tokens, a keyring, and the windows that share it; terminals, the clipboard and the view are none of the editor's. */
export interface World {
  readonly emulator: Emulator;
  readonly keyring: Keyring;
  /** The one that it is signed in with. */
  readonly self: PlatformToken;
  /** One whose value is stored. */
  readonly other: PlatformToken;
  /** One whose value is not. */
  readonly bare: PlatformToken;
  /** Where the windows look for the API. */
  apiUrl: string;
  timeoutSeconds: number;
  /** By how many milliseconds the clock of the windows is ahead. */
  ahead: number;
  open(): Parts;
  /** Ends it, and leaves the values that were made to the search for them. */
  end(): Promise<void>;
}

/** Signed in, with two values stored. */
export async function newWorld(): Promise<World> {
  const emulator = await Emulator.start();
  const [self, other, bare] = ['self', 'other', 'bare'].map((name) => emulator.seed(name)) as [
    PlatformToken,
    PlatformToken,
    PlatformToken,
  ];
  const keyring = new Keyring();
  const windows: TestWindow[] = [];
  const world: World = {
    ...{ emulator, keyring, self, other, bare },
    apiUrl: emulator.apiUrl,
    timeoutSeconds: 60,
    ahead: 0,
    open() {
      const window = newWindow(emulator, keyring, {
        log,
        apiUrl: () => world.apiUrl,
        timeoutSeconds: () => world.timeoutSeconds,
        now: () => Date.now() + world.ahead,
      });
      windows.push(window);
      return { ...window.parts, ...withoutEditor() };
    },
    async end() {
      for (const window of windows) {
        window.end();
      }
      await emulator.stop();
      noteSecrets(emulator.made);
    },
  };
  const { store } = world.open();
  const connection = {
    id: connectionId,
    label: 'Project',
    projectId: 4711,
    location: 'Delhi',
    signInTokenId: self.id,
  };
  await store.saveConnection({ connection, credentials: credentialsOf(self) });
  for (const { id, name, createdAt, ...token } of [self, other]) {
    const stored = { name, created: createdAt, expires: undefined, credentials: credentialsOf(token) };
    await store.saveToken({ connectionId, id }, stored);
  }
  return world;
}

/** What many of at once would fight for. */
function withoutEditor() {
  const nothing = () => undefined;
  return {
    terminals: { update: () => Promise.resolve() },
    openTerminals: {
      withOldToken: () => [],
      open: ({ name }: vscode.TerminalOptions) => ({ name: name ?? '', show: nothing }),
    },
    clipboard: { copy: () => Promise.resolve(60), clear: () => Promise.resolve() },
    view: { redraw: nothing, selection: [], filter: '', sorting: 'name' },
  } as unknown as Pick<Parts, 'terminals' | 'openTerminals' | 'clipboard' | 'view'>;
}

/** What the tree of a window shows. */
export function treeOf({ store, lists, usage, now }: Parts): Promise<Snapshot> {
  const sources = { store, lists, usage, host: () => 'host', now };
  return takeSnapshot(sources, { sorting: 'name', filter: '', warnBeforeDays: 30 });
}

/** The ids of the rows of a tree of one project. */
export function idsOf({ roots }: Snapshot): number[] {
  return roots.flatMap((row) => (row.kind === 'token' ? [row.id] : [])).sort((a, b) => a - b);
}

/** The values in the keyring, by the id of their token. @throws TirError where a record cannot be read */
export function storedValues({ keyring }: World): Map<number, string> {
  const prefix = `value:${connectionId}:`;
  const values = [...keyring.kept].filter(([key]) => key.startsWith(prefix));
  return new Map(
    values.map(([key, text]) => [Number(key.slice(prefix.length)), readValue(text).credentials.token.reveal()]),
  );
}
