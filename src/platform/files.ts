import { type FileHandle, open, rm, stat } from 'node:fs/promises';

import { l10n } from 'vscode';

import { codeOf, refusal, type TirError } from '../base/errors';

/** The extension's storage folder, VS Code's `globalStorageUri`. */
export interface Storage {
  readonly fsPath: string;
}

/** Milliseconds after which a lock is stale. A window holds it only briefly, so its owner must have crashed. */
const lockStaleAfter = 60_000;

/**
 * Creates the error for a failed file operation.
 * @param code the system's, such as `ENOSPC`; not its message, which may quote a path or a value
 */
export function diskError(code: string): TirError {
  return refusal(
    'storage-failed',
    l10n.t("Couldn't read or write the file ({0}). Check permissions and free disk space.", code),
  );
}

export const newline = 0x0a;

/** Creates the lock file. Resolves to false if there is one, and deletes a stale one so the next call succeeds. */
export async function takeLock(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close();
    return true;
  } catch {
    const { mtimeMs } = await stat(lock);
    if (Math.abs(Date.now() - mtimeMs) > lockStaleAfter) {
      await rm(lock, { force: true });
    }
    return false;
  }
}

export async function endsInNewline(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
  return bytesRead === 0 || buffer[0] === newline;
}

export async function readFrom(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(end - start);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, start + length);
    if (bytesRead === 0) {
      break;
    }
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

export async function sizeOf(file: string): Promise<number> {
  return (await orIfMissing(stat(file), undefined))?.size ?? 0;
}

export async function orIfMissing<T, U>(work: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return otherwise;
    }
    throw error;
  }
}
