import * as vscode from 'vscode';

import { codeOf, TirError } from '../tir/errors';
import { readLines, writeLine, type Activity } from './activityRecord';

/** Lines that are kept, the newest. */
const maxLines = 2000;

/**
 * The audit trail in a browser: one JSON line an entry, in a file that is written whole for each of them, since a
 * browser's storage has no appending. All windows share the one file: a window lists no file that another one has made
 * since, and reads none that it does not list.
 * What cannot be written or read is a {@link TirError} `storage-failed`.
 */
export class Trail {
  readonly #file: vscode.Uri;
  /** The last line that `newer` has told of. */
  #told: string | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param now milliseconds since 1970 */
  constructor(
    private readonly storage: vscode.Uri,
    readonly window: string,
    private readonly now: () => number,
  ) {
    this.#file = vscode.Uri.joinPath(storage, 'activity.jsonl');
    // What cannot be made ready fails again, and tells, when it is to be written.
    this.#queued('read', () => this.#start()).catch(() => undefined);
  }

  /** Appends an entry. Where it rejects, that entry is not kept; the next one is tried as ever. */
  async note(entry: Omit<Activity, 'time' | 'window'>): Promise<void> {
    const line = writeLine({ ...entry, time: new Date(this.now()).toISOString(), window: this.window });
    await this.#queued('written', async () => {
      // Another window may write the whole between the reading and the writing of this one.
      for (let tries = 0; tries < 3; tries++) {
        const lines = await this.#lines();
        if (lines.includes(line)) {
          return;
        }
        await this.#write([...lines, line].slice(-maxLines));
      }
    });
  }

  /** Everything that is kept, oldest first. Lines that are not understood are left out. */
  read(): Promise<Activity[]> {
    return this.#queued('read', async () => readLines((await this.#lines()).join('')));
  }

  /** What any window appended since the last call, oldest first; the first time, since this trail was made. */
  newer(): Promise<Activity[]> {
    return this.#queued('read', async () => {
      const lines = await this.#lines();
      // Where it is gone, so is all that was there before it.
      const newer = lines.slice(this.#told === undefined ? 0 : lines.lastIndexOf(this.#told) + 1);
      this.#told = lines.at(-1);
      return readLines(newer.join(''));
    });
  }

  /** Calls back after any window has appended. */
  watch(appended: () => void): { dispose(): void } {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(this.storage, '*.jsonl'));
    watcher.onDidCreate(appended);
    watcher.onDidChange(appended);
    return watcher;
  }

  /** Deletes all that is kept. What other windows append meanwhile may stay. */
  clear(): Promise<void> {
    return this.#queued('deleted', () => this.#write([]));
  }

  async #start(): Promise<void> {
    try {
      this.#told = (await this.#lines()).at(-1);
    } catch (error) {
      if (codeOf(error) === 'FileNotFound') {
        await this.#write([]);
      }
    }
  }

  #queued<T>(what: string, work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work).catch(() => {
      throw new TirError('storage-failed', `the activity could not be ${what}`);
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** Each with its newline. */
  async #lines(): Promise<string[]> {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(this.#file));
    return text.split(/(?<=\n)/).filter(Boolean);
  }

  async #write(lines: readonly string[]): Promise<void> {
    await vscode.workspace.fs.writeFile(this.#file, new TextEncoder().encode(lines.join('')));
  }
}
