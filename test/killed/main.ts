import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type * as vscode from 'vscode';

import * as extension from '../../src/extension';

/*
 * Runs the real extension with a secret storage that kills the extension host after the n-th write. The test controls
 * it through files beside the bundle.
 */

/** Holds the extension host's process ID, so the test can kill it and wait for its end. */
const pidFile = join(__dirname, 'pid');
/** Exists from before the kill until the test reopens the window. Holds the number of the fatal write, or nothing. */
const armedFile = join(__dirname, 'armed');
/** Writes since then, one per line: `store` or `delete`, and the key's prefix. */
const writesFile = join(__dirname, 'writes');

/** The oldest supported VS Code has no `SecretStorage.keys()`. */
interface ListableStorage extends vscode.SecretStorage {
  keys?(): Thenable<string[]>;
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  if (existsSync(armedFile)) {
    // VS Code restarts a crashed extension host at some point. The test only wants its own restart.
    return;
  }
  writeFileSync(pidFile, String(process.pid));
  const secrets = killAfterWrite(context.secrets);
  // Not derived from the context, because its getters must run on the context itself.
  const wrapped = new Proxy({} as vscode.ExtensionContext, {
    get: (_, name) => (name === 'secrets' ? secrets : (Reflect.get(context, name) as unknown)),
  });
  await extension.activate(wrapped);
}

export const { deactivate } = extension;

function killAfterWrite(storage: ListableStorage): ListableStorage {
  return {
    get: (key) => storage.get(key),
    ...(storage.keys && { keys: () => storage.keys?.() ?? Promise.resolve([]) }),
    onDidChange: storage.onDidChange,
    store: async (key, value) => {
      await storage.store(key, value);
      if (!isSignOfLife(key, value)) {
        await countWrite('store', key);
      }
    },
    delete: async (key) => {
      await storage.delete(key);
      await countWrite('delete', key);
    },
  };
}

/** The last record of a rotation, without the time that each sign of life renews. */
let lastRotation = '';

/** Checks if a write only says that the window still works on a rotation. How many there are depends on the machine. */
function isSignOfLife(key: string, value: string): boolean {
  const before = lastRotation;
  lastRotation = key.startsWith('rotation:') ? value.replace(/"at":\d+/, '') : before;
  return key.startsWith('rotation:') && lastRotation === before;
}

async function countWrite(what: 'store' | 'delete', key: string): Promise<void> {
  // Writes of the key index, which replaces a missing `keys()`, vary: a key that an earlier run left isn't added again.
  if (!existsSync(armedFile) || key === 'index') {
    return;
  }
  appendFileSync(writesFile, `${what} ${key.split(':')[0] ?? ''}\n`);
  const count = readFileSync(writesFile, 'utf8').split('\n').length - 1;
  if (String(count) === readFileSync(armedFile, 'utf8')) {
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  }
}
