import { Queue } from '../base/async';
import type * as vscode from 'vscode';

import type { Rotation } from './records';

/* The keys under which records are kept in SecretStorage. */

export const connectionPrefix = 'connection:';
export const valuePrefix = 'value:';
export const rotationPrefix = 'rotation:';
export const inUsePrefix = 'in-use:';
/** The token in use in all terminals that have none of their own folder. */
export const inUseKey = 'in-use';
/** Stored and deleted again, to see whether that works. */
export const probePrefix = 'probe:';

export function valueKey(connectionId: string, tokenId: number | ''): string {
  return `${valuePrefix}${connectionId}:${tokenId}`;
}

/** @param folder URI of a workspace folder */
export function useKey(folder: string | undefined): string {
  return folder === undefined ? inUseKey : inUsePrefix + folder;
}

export function rotationKey({ connectionId, oldId }: Pick<Rotation, 'connectionId' | 'oldId'>): string {
  return `${rotationPrefix}${connectionId}:${oldId}`;
}

/** What the record of a key is of; undefined where that concerns nobody. */
export function changeOf(key: string): StoreChange | undefined {
  if (key.startsWith(connectionPrefix)) {
    return { kind: 'connection', connectionId: key.slice(connectionPrefix.length) };
  }
  const kind = key === inUseKey ? 'in-use' : key.slice(0, key.indexOf(':'));
  return kind === 'in-use' || kind === 'value' || kind === 'rotation' ? { kind } : undefined;
}

/** What changed, in this window or another one. */
export type StoreChange =
  { readonly kind: 'connection'; readonly connectionId: string } | { readonly kind: 'value' | 'in-use' | 'rotation' };

/** SecretStorage that can say which keys it has. */
export interface ListableStorage extends vscode.SecretStorage {
  keys(): Promise<string[]>;
}

/** `SecretStorage.keys()` came after VS Code 1.96, the oldest that is supported. */
interface EditorStorage extends vscode.SecretStorage {
  keys?(): Thenable<string[]>;
}

const indexKey = 'index';

/**
 * The editor's SecretStorage, with its keys. Where the editor cannot list them (it is too old, or runs in a page
 * whose own storage cannot), they are kept under a key of their own: added before a secret is stored and taken out
 * after it is deleted, so that a crash in between leaves a name too many and never a secret that is not found any more.
 */
export class ListableSecrets implements ListableStorage {
  readonly #writes = new Queue();
  /** Once it has listed its keys it always does, and is not asked for them before each write. */
  #lists = false;
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
    await this.#note((keys) => keys.add(key));
    await this.storage.store(key, text);
  }

  async delete(key: string): Promise<void> {
    await this.storage.delete(key);
    await this.#note((keys) => keys.delete(key));
  }

  /** Undefined where the storage has no such call. Any other failure is one, and is thrown. */
  async #listed(): Promise<string[] | undefined> {
    try {
      const keys = await this.storage.keys?.();
      this.#lists ||= keys !== undefined;
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

  async #note(change: (keys: Set<string>) => unknown): Promise<void> {
    if (this.#lists || (await this.#listed()) !== undefined) {
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
