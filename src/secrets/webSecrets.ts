import * as vscode from 'vscode';

import { TirError } from '../base/errors';
import {
  connectionPrefix,
  inUseKey,
  inUsePrefix,
  type ListableStorage,
  rotationPrefix,
  useKey,
  valueKey,
  valuePrefix,
} from './listableSecrets';
import { readInUse, sameToken, type NamedToken, type TokenRef, writeInUse } from './records';

/** What another window did, as far as it concerns what is kept. */
export interface OtherWindowEntry {
  readonly action: string;
  readonly connectionId?: string;
  readonly tokenId?: number;
  readonly token?: string;
  readonly folder?: string;
}

/**
 * SecretStorage of an editor in a browser. There each window reads all secrets once, hears nothing of the
 * others' changes, and writes all of them back at each change of its own: what another window stored meanwhile
 * would be lost. So what is heard of other windows is laid over what this one has read; and once one of them has
 * stored a value, which cannot be handed over, this window stores nothing more until it is loaded anew.
 */
export class WebSecrets implements ListableStorage {
  readonly #overlay = new Map<string, string | undefined>();
  readonly #changed = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
  #isBehind = false;

  readonly onDidChange: vscode.Event<vscode.SecretStorageChangeEvent> = (listener, thisArgument, disposables) => {
    const both = [this.storage.onDidChange(listener, thisArgument), this.#changed.event(listener, thisArgument)];
    const subscription = vscode.Disposable.from(...both);
    disposables?.push(subscription);
    return subscription;
  };

  constructor(private readonly storage: ListableStorage) {}

  async keys(): Promise<string[]> {
    const keys = new Set(await this.storage.keys());
    for (const [key, text] of this.#overlay) {
      if (text === undefined) {
        keys.delete(key);
      } else {
        keys.add(key);
      }
    }
    return [...keys];
  }

  async get(key: string): Promise<string | undefined> {
    return this.#overlay.has(key) ? this.#overlay.get(key) : this.storage.get(key);
  }

  async store(key: string, value: string): Promise<void> {
    await this.#catchUp();
    await this.storage.store(key, value);
  }

  async delete(key: string): Promise<void> {
    await this.#catchUp();
    await this.storage.delete(key);
  }

  /** Takes in what another window did. */
  async apply({ action, connectionId = '', tokenId = 0, token = '', folder }: OtherWindowEntry): Promise<void> {
    const ref = { connectionId, id: tokenId };
    switch (action) {
      case 'use':
        this.#isBehind ||= (await this.get(valueKey(connectionId, tokenId))) === undefined;
        this.#overlayWith(useKey(folder), writeInUse({ ...ref, name: token }));
        break;
      case 'stop':
        this.#overlayWith(useKey(folder), undefined);
        break;
      case 'delete':
        await this.#stopUses(ref);
        this.#overlayWith(valueKey(connectionId, tokenId), undefined);
        break;
      case 'sign-out':
        await this.#stopUses({ connectionId });
        await this.#forget((key) =>
          [`${valuePrefix}${connectionId}:`, `${rotationPrefix}${connectionId}:`].some((prefix) =>
            key.startsWith(prefix),
          ),
        );
        this.#overlayWith(connectionPrefix + connectionId, undefined);
        break;
      case 'forget':
        await this.#forget(() => true);
        break;
      case 'sign-in':
      case 'create':
      case 'add-value':
      case 'rotate':
        this.#isBehind = true;
        break;
    }
  }

  async #stopUses(ref: Partial<TokenRef> & { connectionId: string }): Promise<void> {
    for (const key of await this.keys()) {
      const text = key === inUseKey || key.startsWith(inUsePrefix) ? await this.get(key) : undefined;
      const use = text === undefined ? undefined : readUse(text);
      if (use && sameToken(use, { id: use.id, ...ref })) {
        this.#overlayWith(key, undefined);
      }
    }
  }

  async #forget(which: (key: string) => boolean): Promise<void> {
    for (const key of (await this.keys()).filter(which)) {
      this.#overlayWith(key, undefined);
    }
  }

  #overlayWith(key: string, text: string | undefined): void {
    this.#overlay.set(key, text);
    this.#changed.fire({ key });
  }

  /** Before this window writes all that it has, it has what the others did. */
  async #catchUp(): Promise<void> {
    if (this.#isBehind) {
      throw new TirError('storage-failed', 'another window has stored values', { behind: true });
    }
    for (const [key, text] of this.#overlay) {
      await (text === undefined ? this.storage.delete(key) : this.storage.store(key, text));
      this.#overlay.delete(key);
    }
  }
}

/** What another version wrote is of no token that is known here. */
function readUse(text: string): NamedToken | undefined {
  try {
    return readInUse(text);
  } catch {
    return undefined;
  }
}
