import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type * as vscode from 'vscode';

import * as extension from '../../src/extension';

/*
 * The extension as it is, with a secret storage that ends the process of the extension host once the n-th write
 * is done. The test that runs it talks to it by files beside the bundle.
 */

/** The process, for a test that ends it by itself. */
const pidFile = join(__dirname, 'pid');
/** There from when a test is about to end the process until it wants it back; holds after which write, or nothing. */
const armedFile = join(__dirname, 'armed');
/** The writes since then, one a line: what was done, and the kind of the key. */
const writesFile = join(__dirname, 'writes');

/** `SecretStorage.keys()` came after the oldest editor that is supported. */
interface ListableStorage extends vscode.SecretStorage {
  keys?(): Thenable<string[]>;
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  if (existsSync(armedFile)) {
    // The editor starts an extension host anew that has crashed, at some moment. The test's own start is the one to look at.
    return;
  }
  writeFileSync(pidFile, String(process.pid));
  const secrets = deadly(context.secrets);
  // Not an heir of the context: what it computes is computed on the context itself.
  const wrapped = new Proxy({} as vscode.ExtensionContext, {
    get: (_, name) => (name === 'secrets' ? secrets : (Reflect.get(context, name) as unknown)),
  });
  await extension.activate(wrapped);
}

export const { deactivate } = extension;

function deadly(storage: ListableStorage): ListableStorage {
  return {
    get: (key) => storage.get(key),
    ...(storage.keys && { keys: () => storage.keys?.() ?? Promise.resolve([]) }),
    onDidChange: storage.onDidChange,
    store: async (key, value) => {
      await storage.store(key, value);
      await written('store', key);
    },
    delete: async (key) => {
      await storage.delete(key);
      await written('delete', key);
    },
  };
}

async function written(what: 'store' | 'delete', key: string): Promise<void> {
  // The list of the keys, where the editor has none, is not counted: a name that the run before has left too many is not added again.
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
