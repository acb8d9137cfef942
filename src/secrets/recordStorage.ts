import { SharedCalls } from '../base/async';
import { TirError } from '../base/errors';
import type { ListableStorage } from './listableSecrets';
import { isNewer, isUnreadable } from './records';

/** Records by the names that they have below their prefix. */
export interface Found<T> {
  readonly records: readonly { readonly name: string; readonly record: T }[];
  /** Those that cannot be read, and why. */
  readonly unreadable: readonly { readonly name: string; readonly error: TirError }[];
}

/**
 * Texts in SecretStorage, and the only place that touches it. Whatever the storage throws comes out as
 * `storage-failed`, and a record that cannot be read stands in no other one's way.
 */
export class RecordStorage {
  /** Keys of the records that were left out. */
  readonly #reported = new Set<string>();
  /** Several listen to a change, and ask for the same at once: one way to the editor and back is for all of them. */
  readonly #reads = new SharedCalls<string | undefined>();
  readonly #lists = new SharedCalls<string[]>();
  #changes = 0;

  constructor(
    private readonly storage: ListableStorage,
    /** Is told, once each, of the records that {@link readAll} finds, and that cannot be read. */
    private readonly leftOut: (error: TirError) => void,
  ) {}

  /** What comes after the prefix in the keys that have it. */
  async list(prefix: string): Promise<string[]> {
    const keys = await this.#lists.ask('', () => guarded(() => this.storage.keys()));
    return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }

  get(key: string): Promise<string | undefined> {
    return this.#reads.ask(key, () => guarded(() => this.storage.get(key)));
  }

  /** What is there under these names. */
  async readAll<T>(names: readonly string[], prefix: string, read: (text: string) => T): Promise<Found<T>> {
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
        this.#leaveOut(prefix + name, error);
        found.unreadable.push({ name, error });
      }
    }
    return found;
  }

  /** What a later version of the extension has written stays. */
  async store(key: string, text: string): Promise<void> {
    const present = await this.get(key);
    if (present !== undefined && isNewer(present)) {
      throw new TirError('storage-failed', 'there is a record of a newer version', { record: 'newer' });
    }
    await this.write(key, text);
  }

  /** Stores without a look at what is there. */
  write(key: string, text: string): Promise<void> {
    return this.#write(() => this.storage.store(key, text));
  }

  /** For what only this window has. There are keyrings that take a secret without a word, and do not have it after. */
  async storeAndCheck(key: string, text: string): Promise<void> {
    await this.store(key, text);
    await this.check(key);
  }

  /** @throws TirError `storage-failed` where nothing is there */
  async check(key: string): Promise<void> {
    if ((await this.get(key)) === undefined) {
      throw new TirError('storage-failed', 'the secret storage does not keep what it takes');
    }
  }

  delete(key: string): Promise<void> {
    return this.#write(() => this.storage.delete(key));
  }

  /** How often something changed, as far as this window knows. */
  get changes(): number {
    return this.#changes;
  }

  /** Whoever asks from now on gets what is there from now on. */
  changed(): void {
    this.#changes++;
    this.#reads.forget();
    this.#lists.forget();
  }

  async #write(work: () => Thenable<void>): Promise<void> {
    try {
      await guarded(work);
    } finally {
      this.changed();
    }
  }

  #leaveOut(key: string, error: TirError): void {
    if (!this.#reported.has(key)) {
      this.#reported.add(key);
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
