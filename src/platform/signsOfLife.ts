import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { orIfMissing, type Storage } from './files';

/**
 * Signs of life that the windows of one machine see of each other: a file for each window that works on something, with
 * another text after each sign. In a browser, a window sees nothing else of another one's work while that goes on.
 */
export class SignsOfLife {
  /** @param storage created with the first sign */
  constructor(private readonly storage: Storage) {}

  async give(window: string): Promise<void> {
    await mkdir(this.storage.fsPath, { recursive: true, mode: 0o700 });
    await writeFile(this.#file(window), crypto.randomUUID(), { mode: 0o600 });
  }

  /** Returns a window's last sign; undefined if there's none. */
  last(window: string): Promise<string | undefined> {
    return orIfMissing(readFile(this.#file(window), 'latin1'), undefined);
  }

  /** Deletes what a window left. */
  end(window: string): Promise<void> {
    return rm(this.#file(window), { force: true });
  }

  #file(window: string): string {
    return join(this.storage.fsPath, `alive-${window.replace(/[^\w-]/g, '')}`);
  }
}
