import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, statSync, watch } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { Queue } from '../base/async';
import { codeOf, TirError } from '../base/errors';
import { endsInNewline, newline, orIfMissing, readFrom, sizeOf, type Storage, takeLock } from '../platform/files';
import { type ActivityEntry, readLines, writeLine } from './entries';

/** Bytes from which on the file is moved to the archives before the next entry. */
export const maxBytes = 1024 * 1024;
/** Archives that are kept, the newest. */
const keptArchives = 4;
const fileName = 'activity.jsonl';
const archiveName = /^activity-(\d+)-[0-9a-f]+\.jsonl$/;

/** How far a file was read. */
interface Cursor {
  /** The file's name at that time. */
  readonly name: string;
  /** Bytes. */
  readonly offset: number;
}

/** By inode, which a file keeps when it is moved to the archives. */
type Cursors = ReadonlyMap<bigint, Cursor>;

/**
 * The audit trail: one JSON line an entry, in a file that all windows append to. When it is full it becomes
 * an archive. Calls run one after the other, so that order holds and a `read` has what was noted before it.
 * What cannot be written or read is a {@link TirError} `storage-failed`.
 */
export class ActivityLog {
  readonly file: string;
  readonly #folder: string;
  #cursors: Cursors;
  readonly #queue = new Queue();

  /**
   * @param storage is made on the first write
   * @param now milliseconds since 1970
   */
  constructor(
    storage: Storage,
    readonly window: string,
    private readonly now: () => number,
  ) {
    this.#folder = storage.fsPath;
    this.file = join(this.#folder, fileName);
    // At once, and not when the disk comes to it: what is appended from here on is new.
    this.#cursors = endsOf(this.#folder);
  }

  /** Appends an entry. Where it rejects, that entry is not kept; the next one is tried as ever. */
  async append(entry: Omit<ActivityEntry, 'time' | 'window'>): Promise<void> {
    const line = writeLine({ ...entry, time: new Date(this.now()).toISOString(), window: this.window });
    await this.#queued('written', () => this.#append(line));
  }

  /** Everything that is kept, oldest first. Lines that are not understood are left out. */
  read(): Promise<ActivityEntry[]> {
    return this.#queued('read', async () => (await this.#after(new Map())).entries);
  }

  /**
   * What any window appended since the last call, oldest first; the first time, since this trail was made.
   * A line that is not complete yet comes with the call after it is.
   */
  newer(): Promise<ActivityEntry[]> {
    return this.#queued('read', async () => {
      const { entries, cursors } = await this.#after(this.#cursors);
      this.#cursors = cursors;
      return entries;
    });
  }

  /** Calls back soon after any window has appended. Not by the editor's own watcher, which takes its time. */
  watch(appended: () => void): { dispose(): void } {
    // What is not there cannot be watched.
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const watcher = watch(this.#folder, { persistent: false }, (_, name) => {
      if (name === fileName) {
        appended();
      }
    });
    watcher.on('error', () => {
      watcher.close();
    });
    return { dispose: () => watcher.close() };
  }

  /** Deletes all that is kept. What other windows append meanwhile may stay. */
  clear(): Promise<void> {
    return this.#queued('deleted', async () => {
      for (const name of [...(await this.#archives()), fileName]) {
        await rm(join(this.#folder, name), { force: true });
      }
    });
  }

  #queued<T>(what: string, work: () => Promise<T>): Promise<T> {
    return this.#queue.run(work).catch((error: unknown) => {
      throw error instanceof TirError
        ? error
        : new TirError('storage-failed', `the activity could not be ${what}: ${codeOf(error)}`);
    });
  }

  async #append(line: string): Promise<void> {
    if ((await sizeOf(this.file)) >= maxBytes) {
      // An entry in a file that is too long is better than none.
      await this.#rotate().catch(() => undefined);
    }
    const handle = await this.#openToAppend();
    try {
      // Behind what a window that ended in the middle left, a line of its own.
      const bytes = Buffer.from((await endsInNewline(handle)) ? line : `\n${line}`);
      // One write: the system puts it at the end as a whole, whoever else appends.
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten < bytes.length) {
        throw new TirError('storage-failed', 'the activity was written in part');
      }
    } finally {
      await handle.close();
    }
  }

  async #openToAppend(): Promise<FileHandle> {
    try {
      return await open(this.file, 'a+', 0o600);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') {
        throw error;
      }
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      return open(this.file, 'a+', 0o600);
    }
  }

  /**
   * Makes the full file an archive, and deletes archives that are too many. One window at a time: a second
   * one would move the first one's new file, and archives of a few lines would push out full ones. Whoever
   * finds the lock taken appends to the full file, wherever that is by then. The lock only spares
   * archives: without it nothing is lost either, because no two are given the same name.
   */
  async #rotate(): Promise<void> {
    const lock = join(this.#folder, 'activity.lock');
    if (!(await takeLock(lock))) {
      return;
    }
    try {
      if ((await sizeOf(this.file)) < maxBytes) {
        return; // Another window did it between the two looks.
      }
      const archives = await this.#archives();
      // Later than the last one even when the clock was set back, or the wrong ones would be deleted.
      const time = Math.max(Math.floor(this.now()), timeOf(archives.at(-1)) + 1);
      const name = `activity-${String(time).padStart(15, '0')}-${randomBytes(6).toString('hex')}.jsonl`;
      await rename(this.file, join(this.#folder, name));
      for (const old of archives.slice(0, 1 - keptArchives)) {
        await rm(join(this.#folder, old), { force: true });
      }
    } finally {
      await rm(lock, { force: true });
    }
  }

  /** Names, oldest first. */
  async #archives(): Promise<string[]> {
    const names = await orIfMissing(readdir(this.#folder), []);
    return names.filter((name) => archiveName.test(name)).sort();
  }

  /** The entries behind the cursors, and the cursors behind those entries. */
  async #after(cursors: Cursors): Promise<{ entries: ActivityEntry[]; cursors: Cursors }> {
    const moved = new Map<bigint, Cursor>();
    const read = (name: string) => this.#readOn(name, cursors, moved);
    // The file before the archives are listed: if it becomes one before, it is listed, and if after, it was read.
    const newest = await read(fileName);
    const older: ActivityEntry[][] = [];
    for (const name of await this.#archives()) {
      older.push(await read(name));
    }
    // Windows share the clock but not the queue, and may still append to what is an archive by now.
    const entries = [...older, newest].flat().sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
    return { entries, cursors: moved };
  }

  /** The entries of one file behind its cursor, which goes into `moved`. None where the file is gone. */
  async #readOn(name: string, cursors: Cursors, moved: Map<bigint, Cursor>): Promise<ActivityEntry[]> {
    const handle = await orIfMissing(open(join(this.#folder, name), 'r'), undefined);
    if (!handle) {
      return [];
    }
    try {
      const { ino, size } = await handle.stat({ bigint: true });
      const cursor = moved.get(ino) ?? cursors.get(ino);
      const offset = cursor && isSame(cursor, name, Number(size)) ? cursor.offset : 0;
      const bytes = await readFrom(handle, offset, Number(size));
      const whole = bytes.lastIndexOf(newline) + 1;
      moved.set(ino, { name, offset: offset + whole });
      return readLines(bytes.toString('utf8', 0, whole));
    } finally {
      await handle.close();
    }
  }
}

/** Where every file ends now. */
function endsOf(folder: string): Cursors {
  const cursors = new Map<bigint, Cursor>();
  try {
    for (const name of readdirSync(folder)) {
      if (name === fileName || archiveName.test(name)) {
        const { ino, size } = statSync(join(folder, name), { bigint: true });
        cursors.set(ino, { name, offset: Number(size) });
      }
    }
  } catch {
    // Not there yet, or moved this moment.
  }
  return cursors;
}

/**
 * Whether the cursor is of this file, and not of one that is gone and left its inode to this one: an archive
 * keeps its name, and no file loses bytes.
 */
function isSame(cursor: Cursor, name: string, size: number): boolean {
  return (cursor.name === name || cursor.name === fileName) && size >= cursor.offset;
}

/** Milliseconds since 1970 in an archive's name. */
function timeOf(archive: string | undefined): number {
  return Number(archive?.match(archiveName)?.[1] ?? 0);
}
