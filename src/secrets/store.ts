import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import { TirError } from '../base/errors';
import {
  changeOf,
  connectionPrefix,
  inUseKey,
  inUsePrefix,
  type ListableStorage,
  probePrefix,
  rotationKey,
  rotationPrefix,
  type StoreChange,
  useKey,
  valueKey,
  valuePrefix,
} from './listableSecrets';
import { RecordStorage } from './recordStorage';
import {
  type Connection,
  readConnection,
  readInUse,
  readRotation,
  readValue,
  type Rotation,
  sameToken,
  type SignedIn,
  type StoredToken,
  type NamedToken,
  type TokenRef,
  type Use,
  writeConnection,
  writeInUse,
  writeRotation,
  writeValue,
} from './records';

/**
 * All that is kept: one record for each connection, each token
 * value, each rotation under way, and the token in use of each scope.
 */
export class Store extends Disposable {
  readonly #changed = this.register(new vscode.EventEmitter<StoreChange>());
  readonly #records: RecordStorage;

  /** Fires in every window, this one included. */
  readonly onDidChange = this.#changed.event;

  constructor(
    storage: ListableStorage,
    /** Is told, once each, of the records that lists leave out because they cannot be read. */
    leftOut: (error: TirError) => void,
  ) {
    super();
    this.#records = new RecordStorage(storage, leftOut);
    this.register(
      storage.onDidChange(({ key }) => {
        this.#records.changed();
        const change = changeOf(key);
        if (change) {
          this.#changed.fire(change);
        }
      }),
    );
  }

  /** How often something changed, in this window or another one that it has heard. */
  readonly changes = () => this.#records.changes;

  /** Those that can be read, by label. */
  async connections(): Promise<Connection[]> {
    return (await this.allConnections()).readable;
  }

  /** Those that can be read, by label; and the ids of the others, and why they cannot. */
  async allConnections(): Promise<{
    readonly readable: Connection[];
    readonly unreadable: readonly { readonly id: string; readonly error: TirError }[];
  }> {
    const ids = await this.#records.list(connectionPrefix);
    const { records, unreadable } = await this.#records.readAll(ids, connectionPrefix, readConnection);
    return {
      readable: records.map(({ record }) => record.connection).sort((a, b) => a.label.localeCompare(b.label)),
      unreadable: unreadable.map(({ name: id, error }) => ({ id, error })),
    };
  }

  async connection(id: string): Promise<SignedIn | undefined> {
    const text = await this.#records.get(connectionPrefix + id);
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
    return this.#records.storeAndCheck(connectionPrefix + signedIn.connection.id, writeConnection(signedIn));
  }

  /** Takes out the connection, the values of its tokens, their use, and its rotations. */
  async forgetConnection(id: string): Promise<void> {
    await this.#forgetBelow(id);
    await this.#records.delete(connectionPrefix + id);
    // What another window has stored meanwhile. It looks for the connection after that.
    await this.#forgetBelow(id);
  }

  async #forgetBelow(id: string): Promise<void> {
    await this.#stopUses(({ connectionId }) => connectionId === id);
    for (const prefix of [`${valuePrefix}${id}:`, `${rotationPrefix}${id}:`]) {
      for (const rest of await this.#records.list(prefix)) {
        await this.#records.delete(prefix + rest);
      }
    }
  }

  /** A token with its value, where that is stored here. */
  async token({ connectionId, id }: TokenRef): Promise<StoredToken | undefined> {
    const text = await this.#records.get(valueKey(connectionId, id));
    return text === undefined ? undefined : readValue(text);
  }

  /** Ids of the tokens of a connection whose values are stored here. */
  async storedIds(connectionId: string): Promise<Set<number>> {
    return new Set((await this.#records.list(valueKey(connectionId, ''))).map(Number));
  }

  /** The tokens whose values are stored here, each as its {@link tokenKey}. */
  async storedKeys(): Promise<Set<string>> {
    // The id of a connection has no colon in it.
    return new Set((await this.#records.list(valuePrefix)).map((name) => name.replace(':', '/')));
  }

  /** The tokens of a connection whose values are stored here. */
  async storedTokens(connectionId: string): Promise<(StoredToken & { readonly id: number })[]> {
    const prefix = valueKey(connectionId, '');
    const { records } = await this.#records.readAll(await this.#records.list(prefix), prefix, readValue);
    return records.map(({ name, record }) => ({ id: Number(name), ...record }));
  }

  /** @throws TirError `not-signed-in`, and nothing is stored, where the connection is not there */
  async saveToken({ connectionId, id }: TokenRef, token: StoredToken): Promise<void> {
    const key = valueKey(connectionId, id);
    await this.#below(connectionId, key, writeValue(token), () => this.#records.check(key));
  }

  /**
   * Stores the value of a token that was created just now, and sees that it's kept: two trips to the storage in a row.
   * Resolves to what the next step needs: the token's project, and the token in use in all terminals.
   * @throws TirError `storage-failed`; `not-signed-in` if the project was signed out meanwhile
   */
  async saveNewToken(
    { connectionId, id }: TokenRef,
    token: StoredToken,
  ): Promise<{ readonly connection: Connection; readonly inUse: Promise<NamedToken | undefined> }> {
    const key = valueKey(connectionId, id);
    // A new ID has no record that this one could overwrite.
    await this.#records.write(key, writeValue(token));
    const inUse = this.#uses([inUseKey]).then(([use]) => use);
    // The value is stored, whatever becomes of this read.
    inUse.catch(() => undefined);
    const [signedIn] = await Promise.all([this.connection(connectionId), this.#records.check(key)]);
    if (!signedIn) {
      await this.#records.delete(key);
      throw new TirError('not-signed-in', 'the connection is gone');
    }
    return { connection: signedIn.connection, inUse };
  }

  /** Takes out the value of a token, stops its use everywhere, and ends a rotation of which it is the successor. */
  async forgetToken(ref: TokenRef): Promise<void> {
    await this.#stopUses((use) => sameToken(use, ref));
    for (const rotation of await this.rotations()) {
      if (rotation.connectionId === ref.connectionId && rotation.newId === ref.id) {
        await this.endRotation(rotation);
      }
    }
    await this.#records.delete(valueKey(ref.connectionId, ref.id));
  }

  /** Where which token is in use: in all terminals, or in those of one folder. */
  async uses(): Promise<Use[]> {
    return this.#uses([inUseKey, ...(await this.#records.list(inUsePrefix)).map((folder) => inUsePrefix + folder)]);
  }

  /** The same in all terminals and in those of these folders alone, which is one look at the storage. @param folders URIs */
  usesIn(folders: readonly string[]): Promise<Use[]> {
    return this.#uses([undefined, ...folders].map(useKey));
  }

  async #uses(keys: readonly string[]): Promise<Use[]> {
    const { records } = await this.#records.readAll(keys, '', readInUse);
    return records.map(({ name, record }) => ({
      ...record,
      folder: name === inUseKey ? undefined : name.slice(inUsePrefix.length),
    }));
  }

  /** @throws TirError `not-signed-in`, and nothing is stored, where the connection is not there */
  async use(token: NamedToken, folder?: string): Promise<void> {
    const key = useKey(folder);
    await this.#below(token.connectionId, key, writeInUse(token));
  }

  stopUsing(folder?: string): Promise<void> {
    return this.#records.delete(useKey(folder));
  }

  async rotations(): Promise<Rotation[]> {
    return this.#rotations(await this.#records.list(rotationPrefix));
  }

  /** The rotation of a token, where one is under way. */
  async rotation({ connectionId, id }: TokenRef): Promise<Rotation | undefined> {
    return (await this.#rotations([`${connectionId}:${id}`]))[0];
  }

  async #rotations(names: readonly string[]): Promise<Rotation[]> {
    const { records } = await this.#records.readAll(names, rotationPrefix, readRotation);
    return records.map(({ record }) => record);
  }

  /** @throws TirError `not-signed-in`, and nothing is stored, where the connection is not there */
  async saveRotation(rotation: Rotation): Promise<void> {
    const key = rotationKey(rotation);
    await this.#below(rotation.connectionId, key, writeRotation(rotation));
  }

  endRotation(rotation: Rotation): Promise<void> {
    return this.#records.delete(rotationKey(rotation));
  }

  /** Whether a value would be kept is found out before there is one to lose. @throws TirError `storage-failed` */
  async checkWritable(): Promise<void> {
    // A name of its own, so that two who try at once do not delete each other's.
    const key = probePrefix + crypto.randomUUID();
    await this.#records.storeAndCheck(key, 'probe');
    await this.#records.delete(key);
  }

  async forgetEverything(): Promise<void> {
    // First, so that terminals of every window lose the token even if a deletion after it fails.
    await this.stopUsing();
    for (const key of await this.#records.list('')) {
      await this.#records.delete(key);
    }
  }

  /** Stores what belongs to a connection. Another window may sign out at the same moment, and nothing is to stay behind. */
  async #below(connectionId: string, key: string, text: string, makeSure = () => Promise.resolve()): Promise<void> {
    await this.#records.store(key, text);
    const [connection] = await Promise.all([this.#records.get(connectionPrefix + connectionId), makeSure()]);
    if (connection === undefined) {
      await this.#records.delete(key);
      throw new TirError('not-signed-in', 'the connection is gone');
    }
  }

  async #stopUses(which: (use: Use) => boolean): Promise<void> {
    for (const { folder } of (await this.uses()).filter(which)) {
      await this.stopUsing(folder);
    }
  }
}
