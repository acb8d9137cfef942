import { readFile, stat } from 'node:fs/promises';

/**
 * A file of this machine, without the way through the editor's window, which costs some milliseconds for each file.
 * Undefined where it is larger than so many bytes, or no file. Rejects where it cannot be read.
 */
export async function readFromDisk(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  const found = await stat(path);
  return found.isFile() && found.size <= maxBytes ? readFile(path) : undefined;
}
