import { type FileHandle, open, rm, stat } from 'node:fs/promises';

import { l10n } from 'vscode';

import { codeOf, refusal, type TirError } from '../base/errors';

/** The folder that the editor gives an extension, `globalStorageUri`. */
export interface Storage {
  readonly fsPath: string;
}

/** A window holds the lock for milliseconds; after so many of them it ended in the middle. */
const lockStaleAfter = 60_000;

/** @param code of the system, such as `ENOSPC`: its message may quote a path or a value */
export function diskError(code: string): TirError {
  return refusal(
    'storage-failed',
    l10n.t('The disk did not take it ({0}). Check the permissions and the space left.', code),
  );
}

export const newline = 0x0a;

/** Makes the lock, unless another window has it. */
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
