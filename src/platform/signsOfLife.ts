import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { orIfMissing, type Storage } from './files';

/**
 * Signs of life that the windows of one machine give each other: a file for each thing that one works on, with another
 * text each time. In a browser, a window sees nothing else of another one's work while that goes on.
 */
export class SignsOfLife {
  /** @param storage created with the first sign */
  constructor(private readonly storage: Storage) {}

  /** @param name of the sign's subject: letters, digits, `_` and `-` */
  async give(name: string, text: string): Promise<void> {
    await mkdir(this.storage.fsPath, { recursive: true, mode: 0o700 });
    await writeFile(this.#file(name), text, { mode: 0o600 });
  }

  /** Returns the last sign; undefined if there's none. */
  last(name: string): Promise<string | undefined> {
    return orIfMissing(readFile(this.#file(name), 'latin1'), undefined);
  }

  end(name: string): Promise<void> {
    return rm(this.#file(name), { force: true });
  }

  #file(name: string): string {
    return join(this.storage.fsPath, `alive-${name.replace(/[^\w-]/g, '')}`);
  }
}
