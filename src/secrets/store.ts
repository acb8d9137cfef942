import * as vscode from 'vscode';

import { TirError } from '../tir/errors';
import {
  connectionPrefix,
  inUseKey,
  inUsePrefix,
  probeKey,
  rotationPrefix,
  useKey,
  valueKey,
  valuePrefix,
} from './keys';
import type { ListableStorage } from './listableSecrets';
import {
  readConnection,
  readInUse,
  readRotation,
  readValue,
  sameToken,
  writeConnection,
  writeInUse,
  writeRotation,
  writeValue,
  type Connection,
  type Rotation,
  type SignedIn,
  type StoredToken,
  type TokenInUse,
  type TokenRef,
  type Use,
} from './records';

/** What changed, in this window or another one. */
export type StoreChange =
  { readonly kind: 'connection'; readonly connectionId: string } | { readonly kind: 'value' | 'in-use' | 'rotation' };

/**
 * All that is kept, and the only place that touches SecretStorage: one record for each connection, each token
 * value, each rotation under way, and the token in use of each scope. Whatever the storage throws comes out
 * as `storage-failed`.
 */
export class Store implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<StoreChange>();
  readonly #subscription: vscode.Disposable;

  /** Fires in every window, this one included. */
  readonly onDidChange = this.#changed.event;

  constructor(private readonly storage: ListableStorage) {
    this.#subscription = storage.onDidChange(({ key }) => {
      const change = changeOf(key);
      if (change) {
        this.#changed.fire(change);
      }
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /** By label. */
  async connections(): Promise<Connection[]> {
    const ids = await this.#list(connectionPrefix);
    const found = await Promise.all(ids.map((id) => this.connection(id)));
    return found
      .flatMap((signedIn) => (signedIn ? [signedIn.connection] : []))
      .sort((a, b) => a.label.localeCompare(b.label));
  }

  async connection(id: string): Promise<SignedIn | undefined> {
    const text = await this.#get(connectionPrefix + id);
    return text === undefined ? undefined : readConnection(text);
  }

  /** @throws TirError `not-signed-in` where there is no such connection */
  async signedIn(id: string | undefined): Promise<SignedIn> {
    const signedIn = id === undefined ? undefined : await this.connection(id);
    if (!signedIn) {
      throw new TirError('not-signed-in', 'no such connection');
    }
    return signedIn;
  }

  saveConnection(signedIn: SignedIn): Promise<void> {
    return this.#store(connectionPrefix + signedIn.connection.id, writeConnection(signedIn));
  }

  /** Takes out the connection, the values of its tokens, their use, and its rotations. */
  async forgetConnection(id: string): Promise<void> {
    await this.#stopUses(({ connectionId }) => connectionId === id);
    for (const prefix of [`${valuePrefix}${id}:`, `${rotationPrefix}${id}:`]) {
      for (const rest of await this.#list(prefix)) {
        await this.#delete(prefix + rest);
      }
    }
    await this.#delete(connectionPrefix + id);
  }

  /** A token with its value, where that is stored here. */
  async token({ connectionId, id }: TokenRef): Promise<StoredToken | undefined> {
    const text = await this.#get(valueKey(connectionId, id));
    return text === undefined ? undefined : readValue(text);
  }

  /** Ids of the tokens of a connection whose values are stored here. */
  async storedIds(connectionId: string): Promise<Set<number>> {
    return new Set((await this.#list(valueKey(connectionId, ''))).map(Number));
  }

  /** The tokens of a connection whose values are stored here. */
  async storedTokens(connectionId: string): Promise<(StoredToken & { readonly id: number })[]> {
    const found = await Promise.all(
      [...(await this.storedIds(connectionId))].map(async (id) => ({
        id,
        token: await this.token({ connectionId, id }),
      })),
    );
    return found.flatMap(({ id, token }) => (token ? [{ id, ...token }] : []));
  }

  saveToken({ connectionId, id }: TokenRef, token: StoredToken): Promise<void> {
    return this.#store(valueKey(connectionId, id), writeValue(token));
  }

  /** Takes out the value of a token, and stops its use everywhere. */
  async forgetToken(ref: TokenRef): Promise<void> {
    await this.#stopUses((use) => sameToken(use, ref));
    await this.#delete(valueKey(ref.connectionId, ref.id));
  }

  /** Where which token is in use: in all terminals, or in those of one folder. */
  async uses(): Promise<Use[]> {
    const folders = [undefined, ...(await this.#list(inUsePrefix))];
    const found = await Promise.all(
      folders.map(async (folder) => {
        const text = await this.#get(useKey(folder));
        return text === undefined ? [] : [{ ...readInUse(text), folder }];
      }),
    );
    return found.flat();
  }

  use(token: TokenInUse, folder?: string): Promise<void> {
    return this.#store(useKey(folder), writeInUse(token));
  }

  stopUsing(folder?: string): Promise<void> {
    return this.#delete(useKey(folder));
  }

  async rotations(): Promise<Rotation[]> {
    const found = await Promise.all((await this.#list(rotationPrefix)).map((rest) => this.#get(rotationPrefix + rest)));
    return found.flatMap((text) => (text === undefined ? [] : [readRotation(text)]));
  }

  saveRotation(rotation: Rotation): Promise<void> {
    return this.#store(rotationKey(rotation), writeRotation(rotation));
  }

  endRotation(rotation: Rotation): Promise<void> {
    return this.#delete(rotationKey(rotation));
  }

  /** Whether a value would be kept is found out before there is one to lose. @throws TirError `storage-failed` */
  async checkWritable(): Promise<void> {
    await this.#store(probeKey, '');
    await this.#delete(probeKey);
  }

  async forgetEverything(): Promise<void> {
    // First, so that terminals of every window lose the token even if a deletion after it fails.
    await this.stopUsing();
    for (const key of await this.#list('')) {
      await this.#delete(key);
    }
  }

  async #stopUses(which: (use: Use) => boolean): Promise<void> {
    for (const { folder } of (await this.uses()).filter(which)) {
      await this.stopUsing(folder);
    }
  }

  /** What comes after the prefix in the keys that have it. */
  async #list(prefix: string): Promise<string[]> {
    const keys = await guarded(() => this.storage.keys());
    return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }

  #get(key: string): Promise<string | undefined> {
    return guarded(() => this.storage.get(key));
  }

  #store(key: string, text: string): Promise<void> {
    return guarded(() => this.storage.store(key, text));
  }

  #delete(key: string): Promise<void> {
    return guarded(() => this.storage.delete(key));
  }
}

function rotationKey({ connectionId, oldId }: Rotation): string {
  return `${rotationPrefix}${connectionId}:${oldId}`;
}

function changeOf(key: string): StoreChange | undefined {
  if (key.startsWith(connectionPrefix)) {
    return { kind: 'connection', connectionId: key.slice(connectionPrefix.length) };
  }
  const kind = key === inUseKey ? 'in-use' : key.slice(0, key.indexOf(':'));
  return kind === 'in-use' || kind === 'value' || kind === 'rotation' ? { kind } : undefined;
}

/** The storage's own messages are not passed on: nobody promises what they quote. */
async function guarded<T>(work: () => Thenable<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TirError ? error : new TirError('storage-failed', 'the secret storage failed');
  }
}
