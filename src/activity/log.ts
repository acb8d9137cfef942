import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, statSync, watch } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { Queue } from '../base/async';
import { codeOf, TirError } from '../base/errors';
import { endsInNewline, newline, orIfMissing, readFrom, sizeOf, type Storage, takeLock } from '../platform/files';
import { type ActivityEntry, readLines, writeLine } from './entries';

/** Size in bytes at which the file becomes an archive before the next entry is appended. */
export const maxBytes = 1024 * 1024;
/** How many archives are kept; the oldest are deleted. */
const keptArchives = 4;
const fileName = 'activity.jsonl';
const archiveName = /^activity-(\d+)-[0-9a-f]+\.jsonl$/;

/** Position up to which a file was read. */
interface Cursor {
  /** The file's name when it was read. */
  readonly name: string;
  /** Bytes. */
  readonly offset: number;
  /** When the file was created, in nanoseconds since 1970: a new file may have the inode of a deleted one. */
  readonly birth: bigint;
}

/** Cursors by inode, which a file keeps when it's renamed to an archive. */
type Cursors = ReadonlyMap<bigint, Cursor>;

/**
 * The activity log: a file in the extension's global storage that all windows append to, one JSON line per entry.
 * A full file becomes an archive. Calls run one at a time, so entries keep their order and `read` returns everything
 * recorded before it. Methods reject with a {@link TirError} `storage-failed` if the disk can't be read or written.
 */
export class ActivityLog {
  readonly file: string;
  readonly #folder: string;
  #cursors: Cursors;
  readonly #queue = new Queue();

  /**
   * @param storage created on the first write
   * @param now milliseconds since 1970
   */
  constructor(
    storage: Storage,
    readonly window: string,
    private readonly now: () => number,
  ) {
    this.#folder = storage.fsPath;
    this.file = join(this.#folder, fileName);
    // Synchronous, so `readNew` returns everything appended from now on.
    this.#cursors = endsOf(this.#folder);
  }

  /** Appends an entry. If this rejects, the entry is lost, but later calls still try to append theirs. */
  async append(entry: Omit<ActivityEntry, 'time' | 'window'>): Promise<void> {
    const line = writeLine({ ...entry, time: new Date(this.now()).toISOString(), window: this.window });
    await this.#queued('written', () => this.#append(line));
  }

  /** Reads all entries, archives included, oldest first. Skips lines that aren't valid entries. */
  read(): Promise<ActivityEntry[]> {
    return this.#queued('read', async () => (await this.#readAfter(new Map())).entries);
  }

  /** Tells whether somebody signed out, or forgot everything, after a time in milliseconds since 1970. */
  async signedOutSince(time: number): Promise<boolean> {
    return (await this.read()).some(
      (entry) => (entry.action === 'sign-out' || entry.action === 'forget') && Date.parse(entry.time) >= time,
    );
  }

  /**
   * Reads the entries that any window appended since the last call, oldest first. The first call starts at the time
   * of construction. An incomplete line is left for a later call, once it's complete.
   */
  readNew(): Promise<ActivityEntry[]> {
    return this.#queued('read', async () => {
      const { entries, cursors } = await this.#readAfter(this.#cursors);
      this.#cursors = cursors;
      return entries;
    });
  }

  /** Calls `appended` soon after any window appends. Uses Node's watcher because VS Code's own is slow to report. */
  watch(appended: () => void): { dispose(): void } {
    // A missing folder can't be watched.
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

  /** Deletes all entries. Entries that other windows append meanwhile may stay. */
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
      // Recording an entry in an oversized file is better than losing it.
      await this.#rotate().catch(() => undefined);
    }
    const handle = await this.#openToAppend();
    try {
      // If another window ended mid-write, its partial line must not swallow this entry.
      const bytes = Buffer.from((await endsInNewline(handle)) ? line : `\n${line}`);
      // A single write: the system appends it as a whole, even if other windows append too.
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
   * Turns the full file into an archive and deletes surplus archives. The lock lets one window do so at a time:
   * a second window would archive the first one's new file, and short archives would push out full ones.
   * A window that doesn't get the lock appends to the full file, even if that has become an archive by then.
   * Archive names are unique, so even without the lock no archive overwrites another.
   */
  async #rotate(): Promise<void> {
    const lock = join(this.#folder, 'activity.lock');
    if (!(await takeLock(lock))) {
      return;
    }
    try {
      if ((await sizeOf(this.file)) < maxBytes) {
        return; // Another window archived it before this one took the lock.
      }
      const archives = await this.#archives();
      // Always later than the newest archive: if the clock was set back, the wrong ones would be deleted.
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

  /** Lists the archives' names, oldest first. */
  async #archives(): Promise<string[]> {
    const names = await orIfMissing(readdir(this.#folder), []);
    return names.filter((name) => archiveName.test(name)).sort();
  }

  /** Reads the entries after the cursors. Also returns the cursors after those entries. */
  async #readAfter(cursors: Cursors): Promise<{ entries: ActivityEntry[]; cursors: Cursors }> {
    const moved = new Map<bigint, Cursor>();
    const read = (name: string) => this.#readFileAfter(name, cursors, moved);
    // Read before the archives are listed, so a file that's archived meanwhile isn't missed. `moved` prevents a
    // second read of the same entries.
    const newest = await read(fileName);
    const older: ActivityEntry[][] = [];
    for (const name of await this.#archives()) {
      older.push(await read(name));
    }
    // Sorted because other windows don't share the queue, and may still append to a file that's archived by now.
    const entries = [...older, newest].flat().sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
    return { entries, cursors: moved };
  }

  /** Reads a file's entries after its cursor and puts the new cursor into `moved`. A missing file has no entries. */
  async #readFileAfter(name: string, cursors: Cursors, moved: Map<bigint, Cursor>): Promise<ActivityEntry[]> {
    const handle = await orIfMissing(open(join(this.#folder, name), 'r'), undefined);
    if (!handle) {
      return [];
    }
    try {
      const { ino, size, birthtimeNs: birth } = await handle.stat({ bigint: true });
      const cursor = moved.get(ino) ?? cursors.get(ino);
      const offset = cursor && belongsToFile(cursor, { name, birth, offset: Number(size) }) ? cursor.offset : 0;
      const bytes = await readFrom(handle, offset, Number(size));
      const whole = bytes.lastIndexOf(newline) + 1;
      moved.set(ino, { name, offset: offset + whole, birth });
      return readLines(bytes.toString('utf8', 0, whole));
    } finally {
      await handle.close();
    }
  }
}

/** Returns cursors at the current end of every file. */
function endsOf(folder: string): Cursors {
  const cursors = new Map<bigint, Cursor>();
  try {
    for (const name of readdirSync(folder)) {
      if (name === fileName || archiveName.test(name)) {
        const { ino, size, birthtimeNs: birth } = statSync(join(folder, name), { bigint: true });
        cursors.set(ino, { name, offset: Number(size), birth });
      }
    }
  } catch {
    // The folder doesn't exist yet, or another window is archiving the file right now.
  }
  return cursors;
}

/**
 * Checks that the cursor belongs to this file and not to a deleted one whose inode this file reuses: an archive is
 * never renamed, and no file gets shorter.
 */
function belongsToFile(cursor: Cursor, { name, birth, offset }: Cursor): boolean {
  return (cursor.name === name || cursor.name === fileName) && birth === cursor.birth && offset >= cursor.offset;
}

/** Reads the time from an archive's name, in milliseconds since 1970. Returns 0 if there is no archive. */
function timeOf(archive: string | undefined): number {
  return Number(archive?.match(archiveName)?.[1] ?? 0);
}
