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
 * found.
 */
export class ListableSecrets implements ListableStorage {
  readonly #writes = new Queue();
  /** Set once the storage has listed its keys. It always can then, so later writes skip that check. */
  #canListKeys = false;
  readonly onDidChange: vscode.SecretStorage['onDidChange'];

  constructor(private readonly storage: EditorStorage) {
    this.onDidChange = storage.onDidChange.bind(storage);
  }

  async keys(): Promise<string[]> {
    return (await this.#listed()) ?? this.#index();
  }

  async get(key: string): Promise<string | undefined> {
    return this.storage.get(key);
  }

  async store(key: string, text: string): Promise<void> {
    await this.#updateIndex((keys) => keys.add(key));
    await this.storage.store(key, text);
  }

  async delete(key: string): Promise<void> {
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
