import * as vscode from 'vscode';

import { TirError } from '../base/errors';
import { connectionPrefix, isUseKey, rotationPrefix, useKey, valueKey, valuePrefix } from './keys';
import { type ListableStorage } from './listableSecrets';
import { readInUse, sameToken, type NamedToken, type TokenRef, writeInUse } from './records';

/** The fields of another window's activity log entry that matter for stored records. */
export interface OtherWindowEntry {
  readonly action: string;
  readonly connectionId?: string;
  readonly tokenId?: number;
  readonly token?: string;
  readonly folder?: string;
  /** ID of the storage that the entry is about; undefined if that was empty. */
  readonly storage?: string;
}

/** Actions that store what this window hasn't read. */
const storingActions: readonly string[] = ['sign-in', 'create', 'add-value', 'set-variables', 'rotate'];

/** Key of the storage's random ID. Browsers that share an activity log on a server have a storage each. */
const idKey = 'storage-id';

/**
 * SecretStorage for VS Code in a browser. There, each window reads all secrets once, isn't notified of changes in other
 * windows, and writes all secrets back with each of its own changes: what another window stored meanwhile would be
 * lost. So this class overlays what this window has read with what the activity log says other windows did. The log
 * contains no values: once another window has stored one, this window refuses to change anything until it's reloaded.
 */
export class WebSecrets implements ListableStorage {
  readonly #overlay = new Map<string, string | undefined>();
  readonly #changed = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
  #needsReload = false;
  #id: string | undefined;
  #listen: () => Promise<unknown> = () => Promise.resolve();

  readonly onDidChange: vscode.Event<vscode.SecretStorageChangeEvent> = (listener, thisArgument, disposables) => {
    const both = [this.storage.onDidChange(listener, thisArgument), this.#changed.event(listener, thisArgument)];
    const subscription = vscode.Disposable.from(...both);
    disposables?.push(subscription);
    return subscription;
  };

  constructor(
    private readonly storage: ListableStorage,
    /** ID of this machine. */
    private readonly machine: string,
  ) {}

  /** Leaves out the ID, which stays when everything else is forgotten: other windows go by it. */
  async keys(): Promise<string[]> {
    const keys = new Set(await this.storage.keys());
    keys.delete(idKey);
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
    if ((await this.id()) === undefined) {
      this.#id = crypto.randomUUID();
      await this.storage.store(idKey, this.#id);
    }
    await this.storage.store(key, value);
  }

  async delete(key: string): Promise<void> {
    await this.#catchUp();
    await this.storage.delete(key);
  }

  /** Returns the ID of this browser's storage; undefined while it's empty. */
  async id(): Promise<string | undefined> {
    return (this.#id ??= await this.storage.get(idKey));
  }

  /** Sets how to apply what other windows did by now, which happens before each change: their events can be late. */
  listenWith(listen: () => Promise<unknown>): void {
    this.#listen = listen;
  }

  /** Applies what another window did. If that fails, this window must not change anything. */
  async apply(entry: OtherWindowEntry): Promise<void> {
    try {
      const [id, { action, storage }] = [await this.id(), entry];
      if (action === 'delete' || (id !== undefined && id === storage)) {
        // A token that was deleted on TIR is deleted for every storage.
        await this.#apply(entry);
      } else if (id === undefined && (storingActions.includes(action) || (await this.keys()).length > 0)) {
        // It may be this storage, which had no ID when this window read it.
        this.#needsReload ||= [...storingActions, 'use', 'stop', 'sign-out', 'forget'].includes(action);
      }
    } catch {
      this.#needsReload = true;
    }
  }

  async #apply({ action, connectionId = '', tokenId = 0, token = '', folder }: OtherWindowEntry): Promise<void> {
    const ref = { connectionId, id: tokenId };
    switch (action) {
      case 'use':
        this.#needsReload ||= (await this.get(valueKey(connectionId, tokenId))) === undefined;
        this.#overlayWith(useKey(folder, this.machine), writeInUse({ ...ref, name: token }));
        break;
      case 'stop':
        this.#overlayWith(useKey(folder, this.machine), undefined);
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
      default:
        this.#needsReload ||= storingActions.includes(action);
    }
  }

  async #stopUses(ref: Partial<TokenRef> & { connectionId: string }): Promise<void> {
    for (const key of await this.keys()) {
      const text = isUseKey(key) ? await this.get(key) : undefined;
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

  /** Stores other windows' changes first, because each write by this window writes back all of its secrets. */
  async #catchUp(): Promise<void> {
    await this.#listen();
    if (this.#needsReload) {
      throw new TirError('storage-failed', 'another window has stored values', { behind: true });
    }
    for (const [key, text] of this.#overlay) {
      await (text === undefined ? this.storage.delete(key) : this.storage.store(key, text));
      // What was heard meanwhile stays for the next write.
      if (this.#overlay.get(key) === text) {
        this.#overlay.delete(key);
      }
    }
  }
}

/** Reads a token in use; undefined if the record can't be read, for example because another version wrote it. */
function readUse(text: string): NamedToken | undefined {
  try {
    return readInUse(text);
  } catch {
    return undefined;
  }
}
