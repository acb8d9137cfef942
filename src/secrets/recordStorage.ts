import { SharedCalls } from '../base/async';
import { TirError } from '../base/errors';
import type { ListableStorage } from './listableSecrets';
import { isNewer, isUnreadable } from './records';

/** Records that were read. `name` is the key without its prefix. */
export interface ReadResult<T> {
  readonly records: readonly { readonly name: string; readonly record: T }[];
  /** Records that can't be read, and why. */
  readonly unreadable: readonly { readonly name: string; readonly error: TirError }[];
}

/**
 * Reads and writes the records in SecretStorage. Every failure of the storage becomes `storage-failed`. A record that
 * can't be read, because it's damaged or was written by a newer version, is left out of lists and reported once, and
 * doesn't keep others from being read. {@link store} never overwrites a newer one.
 */
export class RecordStorage {
  /** Keys of the unreadable records that were reported. */
  readonly #reported = new Set<string>();
  /** After a change, several listeners read the same record at once. They share one trip to VS Code. */
  readonly #reads = new SharedCalls<string | undefined>();
  readonly #lists = new SharedCalls<string[]>();
  #changes = 0;

  constructor(
    private readonly storage: ListableStorage,
    /** Called once for each record that {@link readAll} can't read. */
    private readonly onUnreadable: (error: TirError) => void,
  ) {}

  /** Lists the keys that have this prefix, without the prefix. */
  async list(prefix: string): Promise<string[]> {
    const keys = await this.#lists.ask('', () => withStorageErrors(() => this.storage.keys()));
    return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }

  get(key: string): Promise<string | undefined> {
    return this.#reads.ask(key, () => withStorageErrors(() => this.storage.get(key)));
  }

  /** Reads the records with these names. Skips those that are missing. */
  async readAll<T>(names: readonly string[], prefix: string, read: (text: string) => T): Promise<ReadResult<T>> {
    const texts = await Promise.all(names.map((name) => this.get(prefix + name)));
    const found = {
      records: [] as { name: string; record: T }[],
      unreadable: [] as { name: string; error: TirError }[],
    };
    for (const [index, name] of names.entries()) {
      const text = texts[index];
      try {
        if (text !== undefined) {
          found.records.push({ name, record: read(text) });
        }
      } catch (error) {
        if (!isUnreadable(error)) {
          throw error;
        }
        this.#reportOnce(prefix + name, error);
        found.unreadable.push({ name, error });
      }
    }
    return found;
  }

  /** Reads a record; undefined if it's missing or can't be read, which is reported. */
  async readOne<T>(key: string, read: (text: string) => T): Promise<T | undefined> {
    return (await this.readAll([key], '', read)).records[0]?.record;
  }

  /** Stores a record. @throws TirError `storage-failed` if that would overwrite a newer version's record */
  async store(key: string, text: string): Promise<void> {
    const present = await this.get(key);
    if (present !== undefined && isNewer(present)) {
      throw new TirError('storage-failed', 'there is a record of a newer version', { record: 'newer' });
    }
    await this.write(key, text);
  }

  /** Stores a record like {@link store}, unless it was deleted meanwhile. */
  async replace(key: string, text: string): Promise<void> {
    if ((await this.get(key)) !== undefined) {
      await this.store(key, text);
    }
  }

  /** Stores a record without checking for a newer one. */
  write(key: string, text: string): Promise<void> {
    return this.#write(() => this.storage.store(key, text));
  }

  /** Stores a record that only this window has, and checks that it's there: some keyrings drop secrets silently. */
  async storeAndCheck(key: string, text: string): Promise<void> {
    await this.store(key, text);
    await this.check(key);
  }

  /** @throws TirError `storage-failed` if the record isn't there */
  async check(key: string): Promise<void> {
    if ((await this.get(key)) === undefined) {
      throw new TirError('storage-failed', "VS Code's secret storage doesn't keep its values");
    }
  }

  delete(key: string): Promise<void> {
    return this.#write(() => this.storage.delete(key));
  }

  /** Number of changes that this window knows of. */
  get changes(): number {
    return this.#changes;
  }

  /** Counts a change. Later calls no longer share reads that began before it. */
  changed(): void {
    this.#changes++;
    this.#reads.forget();
    this.#lists.forget();
  }

  async #write(work: () => Thenable<void>): Promise<void> {
    try {
      await withStorageErrors(work);
    } finally {
      this.changed();
    }
  }

  #reportOnce(key: string, error: TirError): void {
    if (!this.#reported.has(key)) {
      this.#reported.add(key);
      this.onUnreadable(error);
    }
  }
}

/** Replaces the storage's errors with `storage-failed`, because their messages might quote secrets. */
async function withStorageErrors<T>(work: () => Thenable<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TirError ? error : new TirError('storage-failed', 'the secret storage failed');
  }
}
