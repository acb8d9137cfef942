import * as vscode from 'vscode';

import { TirError } from '../tir/errors';
import { readLines, writeLine, type Activity } from './activityRecord';

/** Lines of a file, which is written whole for each of them. */
const maxLines = 500;
/** Files that are kept, the newest. */
const keptFiles = 20;
const fileName = /^activity-.*\.jsonl$/;

/**
 * The audit trail in a browser, whose storage has no appending: each window writes files of its own, so that none loses
 * what another one wrote, and reads those of all.
 * What cannot be written or read is a {@link TirError} `storage-failed`.
 */
export class Trail {
  #file = '';
  #lines: string[] = [];
  /** Those of other windows that were heard of: the editor lists a file only in the window that made it, until the next start. */
  readonly #heard = new Set<string>();
  /** Entries of each file that `newer` has told of. */
  #told = new Map<string, number>();
  #queue: Promise<unknown>;

  /** @param now milliseconds since 1970 */
  constructor(
    private readonly storage: vscode.Uri,
    readonly window: string,
    private readonly now: () => number,
  ) {
    this.#queue = this.#newer().catch(() => undefined);
  }

  /** Appends an entry. Where it rejects, that entry is not kept; the next one is tried as ever. */
  async note(entry: Omit<Activity, 'time' | 'window'>): Promise<void> {
    const line = writeLine({ ...entry, time: new Date(this.now()).toISOString(), window: this.window });
    await this.#queued('written', async () => {
      const isNew = this.#file === '' || this.#lines.length >= maxLines;
      const file = isNew ? `activity-${String(this.now()).padStart(15, '0')}-${crypto.randomUUID()}.jsonl` : this.#file;
      const lines = isNew ? [line] : [...this.#lines, line];
      await vscode.workspace.fs.writeFile(this.#at(file), new TextEncoder().encode(lines.join('')));
      this.#file = file;
      this.#lines = lines;
      if (isNew) {
        await this.#delete((await this.#files()).slice(0, -keptFiles));
      }
    });
  }

  /** Everything that is kept, oldest first. Lines that are not understood are left out. */
  read(): Promise<Activity[]> {
    return this.#queued('read', async () => inOrder([...(await this.#readAll()).values()].flat()));
  }

  /** What any window appended since the last call, oldest first; the first time, since this trail was made. */
  newer(): Promise<Activity[]> {
    return this.#queued('read', () => this.#newer());
  }

  /** Calls back after any window has appended. */
  watch(appended: () => void): { dispose(): void } {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(this.storage, '*.jsonl'));
    const hear = (file: vscode.Uri) => {
      this.#heard.add(file.path.slice(file.path.lastIndexOf('/') + 1));
      appended();
    };
    watcher.onDidCreate(hear);
    watcher.onDidChange(hear);
    return watcher;
  }

  /** Deletes all that is kept. What other windows append meanwhile may stay. */
  clear(): Promise<void> {
    return this.#queued('deleted', async () => {
      await this.#delete(await this.#files());
      this.#file = '';
    });
  }

  #queued<T>(what: string, work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work).catch(() => {
      throw new TirError('storage-failed', `the activity could not be ${what}`);
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  #at(file: string): vscode.Uri {
    return vscode.Uri.joinPath(this.storage, file);
  }

  /** Names, oldest first. */
  async #files(): Promise<string[]> {
    const listed = await orIfMissing(vscode.workspace.fs.readDirectory(this.storage), []);
    const names = new Set([...listed.map(([name]) => name), ...this.#heard]);
    return [...names].filter((name) => fileName.test(name)).sort();
  }

  async #readAll(): Promise<Map<string, Activity[]>> {
    const all = new Map<string, Activity[]>();
    for (const file of await this.#files()) {
      // One of another window may have been deleted by it.
      const bytes = await orIfMissing(vscode.workspace.fs.readFile(this.#at(file)), new Uint8Array());
      all.set(file, readLines(new TextDecoder().decode(bytes)));
    }
    return all;
  }

  async #newer(): Promise<Activity[]> {
    const all = await this.#readAll();
    const newer = [...all].flatMap(([file, entries]) => entries.slice(this.#told.get(file) ?? 0));
    this.#told = new Map([...all].map(([file, entries]) => [file, entries.length]));
    return inOrder(newer);
  }

  async #delete(files: readonly string[]): Promise<void> {
    for (const file of files) {
      await orIfMissing(vscode.workspace.fs.delete(this.#at(file)), undefined);
    }
  }
}

async function orIfMissing<T>(work: Thenable<T>, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') {
      return otherwise;
    }
    throw error;
  }
}

function inOrder(entries: Activity[]): Activity[] {
  return entries.sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}
