import * as vscode from 'vscode';

import { TirError } from '../tir/errors';
import { SecretKeys } from './keyIndex';
import {
  readConnection,
  readInUse,
  readValue,
  writeConnection,
  writeInUse,
  writeValue,
  type Connection,
  type SignedIn,
  type StoredToken,
  type TokenInUse,
} from './records';

const connectionPrefix = 'connection:';
const valuePrefix = 'value:';
const inUseKey = 'in-use';

/** What changed, in this window or another one. */
export type StoreChange =
  { readonly kind: 'connection'; readonly connectionId: string } | { readonly kind: 'value' | 'in-use' };

/**
 * All that is kept, and the only place that touches SecretStorage: one record for each connection, one for
 * each token value, one for the token in use. Whatever the storage throws comes out as `storage-failed`.
 */
export class Store implements vscode.Disposable {
  readonly #keys: SecretKeys;
  readonly #changed = new vscode.EventEmitter<StoreChange>();
  readonly #subscription: vscode.Disposable;

  /** Fires in every window, this one included. */
  readonly onDidChange = this.#changed.event;

  constructor(private readonly storage: vscode.SecretStorage) {
    this.#keys = new SecretKeys(storage);
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
    const ids = (await this.#list(connectionPrefix)).map((key) => key.slice(connectionPrefix.length));
    const found = await Promise.all(ids.map((id) => this.connection(id)));
    return found
      .flatMap((signedIn) => (signedIn ? [signedIn.connection] : []))
      .sort((a, b) => a.label.localeCompare(b.label));
  }

  async connection(id: string): Promise<SignedIn | undefined> {
    const text = await this.#get(connectionPrefix + id);
    return text === undefined ? undefined : readConnection(text);
  }

  saveConnection(signedIn: SignedIn): Promise<void> {
    return this.#store(connectionPrefix + signedIn.connection.id, writeConnection(signedIn));
  }

  /** Takes out the connection, the values of its tokens, and its token in use. */
  async forgetConnection(id: string): Promise<void> {
    if ((await this.inUse())?.connectionId === id) {
      await this.stopUsing();
    }
    for (const key of await this.#list(valueKey(id, ''))) {
      await this.#delete(key);
    }
    await this.#delete(connectionPrefix + id);
  }

  /** A token with its value, where that is stored here. */
  async token(connectionId: string, tokenId: number): Promise<StoredToken | undefined> {
    const text = await this.#get(valueKey(connectionId, tokenId));
    return text === undefined ? undefined : readValue(text);
  }

  /** Ids of the tokens of a connection whose values are stored here. */
  async storedIds(connectionId: string): Promise<Set<number>> {
    const prefix = valueKey(connectionId, '');
    return new Set((await this.#list(prefix)).map((key) => Number(key.slice(prefix.length))));
  }

  saveToken(connectionId: string, tokenId: number, token: StoredToken): Promise<void> {
    return this.#store(valueKey(connectionId, tokenId), writeValue(token));
  }

  /** Takes out the value of a token, and stops its use. */
  async forgetToken(connectionId: string, tokenId: number): Promise<void> {
    const inUse = await this.inUse();
    if (inUse?.connectionId === connectionId && inUse.id === tokenId) {
      await this.stopUsing();
    }
    await this.#delete(valueKey(connectionId, tokenId));
  }

  async inUse(): Promise<TokenInUse | undefined> {
    const text = await this.#get(inUseKey);
    return text === undefined ? undefined : readInUse(text);
  }

  use(token: TokenInUse): Promise<void> {
    return this.#store(inUseKey, writeInUse(token));
  }

  stopUsing(): Promise<void> {
    return this.#delete(inUseKey);
  }

  async forgetEverything(): Promise<void> {
    // First, so that terminals of every window lose the token even if a deletion after it fails.
    await this.stopUsing();
    for (const key of await this.#list('')) {
      await this.#delete(key);
    }
  }

  async #list(prefix: string): Promise<string[]> {
    const keys = await guarded(() => this.#keys.list());
    return keys.filter((key) => key.startsWith(prefix));
  }

  #get(key: string): Promise<string | undefined> {
    return guarded(() => this.storage.get(key));
  }

  #store(key: string, text: string): Promise<void> {
    return guarded(() => this.#keys.store(key, text));
  }

  #delete(key: string): Promise<void> {
    return guarded(() => this.#keys.delete(key));
  }
}

function valueKey(connectionId: string, tokenId: number | ''): string {
  return `${valuePrefix}${connectionId}:${tokenId}`;
}

function changeOf(key: string): StoreChange | undefined {
  if (key === inUseKey) {
    return { kind: 'in-use' };
  }
  if (key.startsWith(connectionPrefix)) {
    return { kind: 'connection', connectionId: key.slice(connectionPrefix.length) };
  }
  return key.startsWith(valuePrefix) ? { kind: 'value' } : undefined;
}

/** The storage's own messages are not passed on: nobody promises what they quote. */
async function guarded<T>(work: () => Thenable<T>): Promise<T> {
  try {
    return await work();
  } catch {
    throw new TirError('storage-failed', 'the secret storage failed');
  }
}
