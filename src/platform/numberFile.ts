import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

import { codeOf } from '../base/errors';
import { diskError, type Storage } from './files';

/** Digits of the largest safe integer. */
const digits = 16;

/** A number in a file, which all windows of one machine can read and write. Always as long, so a full disk doesn't matter. */
export class NumberFile {
  constructor(
    private readonly storage: Storage,
    private readonly name: string,
  ) {}

  /** Returns the number, 0 in a new file, which this creates. @throws TirError `storage-failed` */
  read(): Promise<number> {
    return this.#use(async (handle) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(digits), 0, digits, 0);
      const number = Number(buffer.toString('latin1', 0, bytesRead));
      if (bytesRead < digits || !Number.isSafeInteger(number)) {
        await handle.write('0'.padStart(digits, '0'), 0);
        return 0;
      }
      return number;
    });
  }

  /** @throws TirError `storage-failed` */
  async write(number: number): Promise<void> {
    await this.#use((handle) => handle.write(String(number).padStart(digits, '0'), 0));
  }

  async #use<T>(work: (handle: Awaited<ReturnType<typeof open>>) => Promise<T>): Promise<T> {
    try {
      await mkdir(this.storage.fsPath, { recursive: true, mode: 0o700 });
      const handle = await open(join(this.storage.fsPath, this.name), constants.O_RDWR | constants.O_CREAT, 0o600);
      try {
        return await work(handle);
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw diskError(codeOf(error));
    }
  }
}
