import * as vscode from 'vscode';

import { Queue } from '../base/async';
import { TirError } from '../base/errors';
import { NumberFile } from '../platform/numberFile';
import type { Storage } from '../platform/files';
import { connectionPrefix, isUseKey, probePrefix, rotationPrefix, useKey, valueKey, valuePrefix } from './keys';
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
  /** Number of the storage's last change when the entry was recorded. */
  readonly change?: number;
}

/** Actions that store what this window hasn't read. */
const storingActions: readonly string[] = ['sign-in', 'create', 'add-value', 'set-variables', 'rotate'];

/**
 * Key of the storage's random ID, and of the number of its last change. Browsers that share an activity log on a server
 * have a storage each.
 */
const idKey = 'storage-id';

/**
 * SecretStorage for VS Code in a browser. There, each window reads all secrets once, isn't notified of changes in other
 * windows, and writes all secrets back with each of its own changes: what another window stored meanwhile would be
 * lost. So this class overlays what this window has read with what the activity log says other windows did. The log
 * contains no values: once another window has stored one, this window refuses to change anything until it's reloaded.
 *
 * The log can miss something: entries from before this window listened, and those that couldn't be written. So changes
 * are numbered, in the storage and in a file. A window that finds a higher number than it has read or heard of is behind.
 */
export class WebSecrets implements ListableStorage {
  readonly #overlay = new Map<string, string | undefined>();
  readonly #changed = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
  #needsReload = false;
  #id: string | undefined;
  /** Number of the last change that this window has read, heard of or made. */
  #known = 0;
  readonly #counting = new Queue();
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
    /** Folder that all windows of this server share. */
    private readonly shared: Storage,
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
    const file = await this.#catchUp();
    // Signs of life of a rotation change its record all the time.
    const isSign = key.startsWith(rotationPrefix) && (await this.storage.get(key)) !== undefined;
    await this.storage.store(key, value);
    if (!isSign) {
      await this.#announce(file, key);
    }
  }

  async delete(key: string): Promise<void> {
    const file = await this.#catchUp();
    await this.storage.delete(key);
    await this.#announce(file, key);
  }

  /** Returns the ID of this browser's storage; undefined while it's empty. */
  async id(): Promise<string | undefined> {
    if (this.#id === undefined) {
      const [id, change] = (await this.storage.get(idKey))?.split(' ') ?? [];
      [this.#id, this.#known] = [id, Number(change ?? 0)];
    }
    return this.#id;
  }

  /** Returns what an activity log entry says of this storage. */
  async mark(): Promise<{ readonly storage: string; readonly change: number } | undefined> {
    const storage = await this.id();
    return storage === undefined ? undefined : { storage, change: this.#known };
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
        if (id === storage) {
          this.#known = Math.max(this.#known, entry.change ?? 0);
        }
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
    if (folder !== undefined && !/^[a-z][\w+.-]*:/i.test(folder)) {
      // The entry has only the end of a long URI.
      this.#needsReload = true;
      return;
    }
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

  /**
   * Stores other windows' changes first, because each write by this window writes back all of its secrets.
   * @returns the file with the number of the last change
   */
  async #catchUp(): Promise<NumberFile> {
    await this.#listen();
    let id = await this.id();
    if (id === undefined) {
      id = this.#id = crypto.randomUUID();
      await this.storage.store(idKey, `${id} 0`);
    }
    const file = new NumberFile(this.shared, `changes-${id.replace(/[^\w-]/g, '')}`);
    if ((await file.read()) > this.#known) {
      // A window that missed one change stays outdated, even if the entry arrives late: it may have missed others.
      await this.#listen();
      this.#needsReload ||= (await file.read()) > this.#known;
    }
    if (this.#needsReload) {
      throw behind();
    }
    for (const [key, text] of this.#overlay) {
      await (text === undefined ? this.storage.delete(key) : this.storage.store(key, text));
      // Keep changes that arrived meanwhile for the next write.
      if (this.#overlay.get(key) === text) {
        this.#overlay.delete(key);
      }
    }
    return file;
  }

  /** Numbers a change: in the storage after the change itself, so a window that reads one without the other is behind. */
  async #announce(file: NumberFile, key: string): Promise<void> {
    if (!key.startsWith(probePrefix)) {
      await this.#counting.run(() => this.#count(file));
    }
  }

  async #count(file: NumberFile): Promise<void> {
    const last = await file.read();
    if (last > this.#known) {
      // Another window made a change while this one waited for the storage.
      this.#needsReload = true;
      throw behind();
    }
    const next = this.#known + 1;
    this.#known = next;
    await this.storage.store(idKey, `${this.#id} ${next}`);
    await file.write(next);
  }
}

function behind(): TirError {
  return new TirError('storage-failed', 'another window has stored values', { behind: true });
}

/** Reads a token in use; undefined if the record can't be read, for example because another version wrote it. */
function readUse(text: string): NamedToken | undefined {
  try {
    return readInUse(text);
  } catch {
    return undefined;
  }
}
