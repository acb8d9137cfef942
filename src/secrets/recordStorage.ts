import { TirError } from '../tir/errors';
import type { ListableStorage } from './listableSecrets';
import { isNewer, isUnreadable } from './records';

/** A record and the name that it has below the prefix. */
export interface Named<T> {
  readonly name: string;
  readonly record: T;
}

/**
 * Texts in SecretStorage, and the only place that touches it. Whatever the storage throws comes out as
 * `storage-failed`, and a record that cannot be read stands in no other one's way.
 */
export class RecordStorage {
  /** Keys of the records that were left out. */
  readonly #told = new Set<string>();

  constructor(
    private readonly storage: ListableStorage,
    /** Is told, once each, of the records that {@link readAll} leaves out because they cannot be read. */
    private readonly leftOut: (error: TirError) => void,
  ) {}

  /** What comes after the prefix in the keys that have it. */
  async list(prefix: string): Promise<string[]> {
    const keys = await guarded(() => this.storage.keys());
    return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }

  get(key: string): Promise<string | undefined> {
    return guarded(() => this.storage.get(key));
  }

  /** The records under these names, without those that are gone or cannot be read. */
  async readAll<T>(names: readonly string[], prefix: string, read: (text: string) => T): Promise<Named<T>[]> {
    const found = await Promise.all(
      names.map(async (name) => {
        const text = await this.get(prefix + name);
        try {
          return text === undefined ? [] : [{ name, record: read(text) }];
        } catch (error) {
          if (!isUnreadable(error)) {
            throw error;
          }
          this.#leaveOut(prefix + name, error);
          return [];
        }
      }),
    );
    return found.flat();
  }

  /** What a later version of the extension has written stays. */
  async store(key: string, text: string): Promise<void> {
    const present = await this.get(key);
    if (present !== undefined && isNewer(present)) {
      throw new TirError('storage-failed', 'there is a record of a newer version', { record: 'newer' });
    }
    await guarded(() => this.storage.store(key, text));
  }

  /** For what only this window has. There are keyrings that take a secret without a word, and do not have it after. */
  async storeForSure(key: string, text: string): Promise<void> {
    await this.store(key, text);
    if ((await this.get(key)) === undefined) {
      throw new TirError('storage-failed', 'the secret storage does not keep what it takes');
    }
  }

  delete(key: string): Promise<void> {
    return guarded(() => this.storage.delete(key));
  }

  #leaveOut(key: string, error: TirError): void {
    if (!this.#told.has(key)) {
      this.#told.add(key);
      this.leftOut(error);
    }
  }
}

/** The storage's own messages are not passed on: nobody promises what they quote. */
async function guarded<T>(work: () => Thenable<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TirError ? error : new TirError('storage-failed', 'the secret storage failed');
  }
}
