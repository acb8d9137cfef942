import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import { TirError } from '../base/errors';
import {
  changeOf,
  connectionPrefix,
  folderOfKey,
  inUseKey,
  isUseKey,
  probePrefix,
  rotationKey,
  rotationPrefix,
  type StoreChange,
  useKey,
  valueKey,
  valuePrefix,
} from './keys';
import type { TokenTimes } from '../tir/times';
import { type ListableStorage } from './listableSecrets';
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
 * Stores a record for each signed-in project, token value, and rotation in progress, and for the token in use of each
 * scope. This file is long because a record's rules are next to those of the records that it belongs to.
 */
export class Store extends Disposable {
  readonly #changed = this.register(new vscode.EventEmitter<StoreChange>());
  readonly #records: RecordStorage;
  /** Keys of the values of deleted tokens. They aren't handed out any more, even if they can't be deleted. */
  readonly #gone = new Set<string>();

  /** Fires for changes in this window and in others. */
  readonly onDidChange = this.#changed.event;

  constructor(
    storage: ListableStorage,
    /** ID of this machine, which tells its folders from those of others; empty if it can't be stored. */
    private readonly machine: string,
    /** Called once for each record that lists leave out because it can't be read. */
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

  /** Returns the number of changes that this window knows of, its own and other windows'. */
  readonly changes = () => this.#records.changes;

  /** Returns the readable projects, sorted by label. */
  async connections(): Promise<Connection[]> {
    return (await this.allConnections()).readable;
  }

  /** Returns the readable projects, sorted by label, and the IDs and errors of the others. */
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

  /** @throws TirError `not-signed-in` if the project isn't signed in */
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

  /**
   * Changes a project's record as it's stored now: another window may have changed it meanwhile, or signed out.
   * @param change returns undefined to change nothing
   * @returns whether the record was changed
   */
  async updateConnection(id: string, change: (present: SignedIn) => SignedIn | undefined): Promise<boolean> {
    const present = await this.connection(id);
    const next = present && change(present);
    if (next) {
      await this.saveConnection(next);
    }
    return next !== undefined;
  }

  /** Deletes a project's record, its tokens' values, their uses, and its rotations. */
  async forgetConnection(id: string): Promise<void> {
    const uses = (await this.uses()).filter(({ connectionId }) => connectionId === id);
    const prefixes = [`${valuePrefix}${id}:`, `${rotationPrefix}${id}:`];
    const rest = async () =>
      (await this.#records.list('')).filter((key) => prefixes.some((prefix) => key.startsWith(prefix)));
    await this.#deleteAll([
      ...uses.map(({ folder }) => useKey(folder, this.machine)),
      ...(await rest()),
      connectionPrefix + id,
    ]);
    // Deletes what another window stored meanwhile. A window that stores later deletes its record itself, see #saveUnderProject.
    await this.#deleteAll(await rest());
  }

  /** Deletes as many of these records as possible. @throws TirError the first failure, at the end */
  async #deleteAll(keys: readonly string[]): Promise<void> {
    const failures: unknown[] = [];
    for (const key of keys) {
      await this.#records.delete(key).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) {
      throw failures[0];
    }
  }

  /** Returns a token with its value, if that's stored on this machine. */
  async token({ connectionId, id }: TokenRef): Promise<StoredToken | undefined> {
    const key = valueKey(connectionId, id);
    const text = this.#gone.has(key) ? undefined : await this.#records.get(key);
    return text === undefined ? undefined : readValue(text);
  }

  /** Returns a token like {@link token}; undefined also if its record can't be read, which is reported. */
  async tokenIfReadable({ connectionId, id }: TokenRef): Promise<StoredToken | undefined> {
    const key = valueKey(connectionId, id);
    return this.#gone.has(key) ? undefined : this.#records.readOne(key, readValue);
  }

  /** Returns a project like {@link connection}; undefined also if its record can't be read, which is reported. */
  connectionIfReadable(id: string): Promise<SignedIn | undefined> {
    return this.#records.readOne(connectionPrefix + id, readConnection);
  }

  /** Returns the IDs of a project's tokens whose values are stored on this machine. */
  async storedIds(connectionId: string): Promise<Set<number>> {
    return new Set((await this.#records.list(valueKey(connectionId, ''))).map(Number));
  }

  /** Returns the {@link tokenKey} of every token whose value is stored on this machine. */
  async storedKeys(): Promise<Set<string>> {
    // The ID of a connection contains no colon.
    return new Set((await this.#records.list(valuePrefix)).map((name) => name.replace(':', '/')));
  }

  /** Returns a project's tokens whose values are stored on this machine. */
  async storedTokens(connectionId: string): Promise<(StoredToken & { readonly id: number })[]> {
    const prefix = valueKey(connectionId, '');
    const { records } = await this.#records.readAll(await this.#records.list(prefix), prefix, readValue);
    return records.map(({ name, record }) => ({ id: Number(name), ...record }));
  }

  /** @throws TirError `not-signed-in` if the project isn't signed in; then nothing is stored */
  async saveToken({ connectionId, id }: TokenRef, token: StoredToken): Promise<void> {
    const key = valueKey(connectionId, id);
    this.#gone.delete(key);
    await this.#saveUnderProject(connectionId, key, writeValue(token), () => this.#records.check(key));
  }

  /** Stores when a token was created and expires, if its value is stored. */
  async saveTimes(ref: TokenRef, times: TokenTimes): Promise<void> {
    const token = await this.token(ref);
    if (token) {
      await this.#records.replace(valueKey(ref.connectionId, ref.id), writeValue({ ...token, ...times }));
    }
  }

  /**
   * Stores the value of a new token, and checks that it's there. Takes two consecutive trips to the storage.
   * Resolves to what the next step needs: the token's project, and the token in use in all terminals.
   * @throws TirError `storage-failed`; `not-signed-in` if the project was signed out meanwhile
   */
  async saveNewToken(
    { connectionId, id }: TokenRef,
    token: StoredToken,
  ): Promise<{ readonly connection: Connection; readonly inUse: Promise<NamedToken | undefined> }> {
    const key = valueKey(connectionId, id);
    // A new ID has no record yet, so there's none to protect from being overwritten.
    await this.#records.write(key, writeValue(token));
    const inUse = this.#uses([inUseKey]).then(([use]) => use);
    // Not every caller awaits this read, and the value is stored even if it fails.
    inUse.catch(() => undefined);
    const [signedIn] = await Promise.all([this.connection(connectionId), this.#records.check(key)]);
    if (!signedIn) {
      await this.#records.delete(key);
      throw new TirError('not-signed-in', 'the connection is gone');
    }
    return { connection: signedIn.connection, inUse };
  }

  /** Deletes a token's value, stops its use everywhere, and ends a rotation that created it. */
  async forgetToken(ref: TokenRef): Promise<void> {
    const key = valueKey(ref.connectionId, ref.id);
    this.#gone.add(key);
    await this.#stopUses((use) => sameToken(use, ref));
    for (const rotation of await this.rotations()) {
      if (rotation.connectionId === ref.connectionId && rotation.newId === ref.id) {
        await this.endRotation(rotation);
      }
    }
    await this.#records.delete(key);
    // Another window may store it again.
    this.#gone.delete(key);
  }

  /** Returns the tokens in use, in all terminals or in those of one folder, on any machine. */
  async uses(): Promise<Use[]> {
    return this.#uses((await this.#records.list('')).filter(isUseKey));
  }

  /**
   * Returns the uses that matter in these folders: by folder, and for all terminals. Undefined if the record can't be
   * read. Saves a trip to the storage. @param folders URIs
   */
  async usesInFolders(folders: readonly string[]): Promise<Map<string | undefined, Use | undefined>> {
    const keys = [undefined, ...folders].map((folder) => useKey(folder, this.machine));
    const { records, unreadable } = await this.#records.readAll(keys, '', readInUse);
    return new Map([
      ...unreadable.map(({ name }) => [folderOfKey(name, this.machine), undefined] as const),
      ...records.map(({ name, record }) => {
        const folder = folderOfKey(name, this.machine);
        return [folder, { ...record, folder }] as const;
      }),
    ]);
  }

  async #uses(keys: readonly string[]): Promise<Use[]> {
    const { records } = await this.#records.readAll(keys, '', readInUse);
    return records.map(({ name, record }) => ({ ...record, folder: folderOfKey(name, this.machine) }));
  }

  /** @throws TirError `not-signed-in` if the project isn't signed in; then nothing is stored */
  async use(token: NamedToken, folder?: string): Promise<void> {
    if (folder !== undefined && this.machine === '') {
      throw new TirError('storage-failed', 'this machine has no ID, by which the folder would be found again');
    }
    const key = useKey(folder, this.machine);
    await this.#saveUnderProject(token.connectionId, key, writeInUse(token));
  }

  stopUsing(folder?: string): Promise<void> {
    return this.#records.delete(useKey(folder, this.machine));
  }

  async rotations(): Promise<Rotation[]> {
    return this.#rotations(await this.#records.list(rotationPrefix));
  }

  /** Returns the rotation of a token, if one is in progress. */
  async rotation({ connectionId, id }: TokenRef): Promise<Rotation | undefined> {
    return (await this.#rotations([`${connectionId}:${id}`]))[0];
  }

  async #rotations(names: readonly string[]): Promise<Rotation[]> {
    const { records } = await this.#records.readAll(names, rotationPrefix, readRotation);
    return records.map(({ record }) => record);
  }

  /** @throws TirError `not-signed-in` if the project isn't signed in; then nothing is stored */
  async saveRotation(rotation: Rotation): Promise<void> {
    const key = rotationKey(rotation);
    await this.#saveUnderProject(rotation.connectionId, key, writeRotation(rotation));
  }

  endRotation(rotation: Pick<Rotation, 'connectionId' | 'oldId'>): Promise<void> {
    return this.#records.delete(rotationKey(rotation));
  }

  /** Checks that the storage keeps values, before there is one to lose. @throws TirError `storage-failed` */
  async checkWritable(): Promise<void> {
    // A unique key, so two windows that check at once don't delete each other's.
    const key = probePrefix + crypto.randomUUID();
    await this.#records.storeAndCheck(key, 'probe');
    await this.#records.delete(key);
  }

  async forgetEverything(): Promise<void> {
    const keys = await this.#records.list('');
    // First, so terminals in every window lose the tokens.
    await this.#deleteAll([...new Set([inUseKey, ...keys.filter(isUseKey), ...keys])]);
    // Another window may have stored something meanwhile.
    await this.#deleteAll(await this.#records.list(''));
  }

  /** Stores a record that belongs to a project, and deletes it again if another window has just signed out. */
  async #saveUnderProject(
    connectionId: string,
    key: string,
    text: string,
    makeSure = () => Promise.resolve(),
  ): Promise<void> {
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
