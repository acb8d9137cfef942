import type * as vscode from 'vscode';

import { Queue } from '../base/async';

/** SecretStorage that can list its keys, in every supported version of VS Code. */
export interface ListableStorage extends vscode.SecretStorage {
  keys(): Promise<string[]>;
}

/** `SecretStorage.keys()` isn't in VS Code 1.96, the oldest supported version. */
interface EditorStorage extends vscode.SecretStorage {
  keys?(): Thenable<string[]>;
}

const indexKey = 'index';

/**
 * Adds a list of keys to VS Code's SecretStorage. If VS Code can't list them (it's too old, or runs in a browser whose
 * storage can't), the keys are stored in a record, the index. A key is added before its secret is stored and removed
 * after its secret is deleted: a crash in between leaves a key without a secret, but never a secret that can't be
 * found. Two windows that write the index at once can lose an entry, so each puts the keys back that it stored.
 */
export class ListableSecrets implements ListableStorage {
  readonly #writes = new Queue();
  /** Keys that this window stored and hasn't deleted, and whether their secrets are there by now. */
  readonly #own = new Map<string, boolean>();
  /** Set once the storage has listed its keys. It always can then, so later writes skip that check. */
  #canListKeys = false;
  readonly onDidChange: vscode.SecretStorage['onDidChange'];

  constructor(private readonly storage: EditorStorage) {
    this.onDidChange = storage.onDidChange.bind(storage);
    storage.onDidChange(({ key }) => {
      if (key === indexKey) {
        // The next change tries again.
        this.#repairIndex().catch(() => undefined);
      }
    });
  }

  async keys(): Promise<string[]> {
    return (await this.#listed()) ?? this.#index();
  }

  async get(key: string): Promise<string | undefined> {
    return this.storage.get(key);
  }

  async store(key: string, text: string): Promise<void> {
    this.#own.set(key, false);
    await this.#updateIndex((keys) => keys.add(key));
    await this.storage.store(key, text);
    this.#own.set(key, true);
  }

  async delete(key: string): Promise<void> {
    this.#own.delete(key);
    await this.storage.delete(key);
    await this.#updateIndex((keys) => keys.delete(key));
  }

  /** Lists the storage's keys; undefined if the storage can't. Throws if it fails for another reason. */
  async #listed(): Promise<string[] | undefined> {
    try {
      const keys = await this.storage.keys?.();
      this.#canListKeys ||= keys !== undefined;
      return keys;
    } catch (error) {
      if (error instanceof Error && error.message.includes('does not support keys')) {
        return undefined;
      }
      throw error;
    }
  }

  async #index(): Promise<string[]> {
    const text = await this.storage.get(indexKey);
    return text === undefined ? [] : text.split('\n');
  }

  /** Adds the keys of this window's secrets that another window's write has left out. */
  async #repairIndex(): Promise<void> {
    const index = new Set(await this.#index());
    const missing = [...this.#own].filter(([key]) => !index.has(key));
    // Another window may have deleted it.
    const isGone = async (key: string) => (await this.storage.get(key)) === undefined;
    const gone = await Promise.all(missing.map(async ([key, isThere]) => isThere && (await isGone(key))));
    const kept = missing.flatMap(([key], at) => (gone[at] ? [] : [key]));
    if (kept.length > 0) {
      await this.#updateIndex((keys) => kept.forEach((key) => keys.add(key)));
    }
  }

  async #updateIndex(change: (keys: Set<string>) => unknown): Promise<void> {
    if (this.#canListKeys || (await this.#listed()) !== undefined) {
      return;
    }
    return this.#writes.run(async () => {
      const before = await this.#index();
      const keys = new Set(before);
      change(keys);
      if (keys.size !== before.length) {
        await (keys.size === 0 ? this.storage.delete(indexKey) : this.storage.store(indexKey, [...keys].join('\n')));
      }
    });
  }
}
