import { hostname } from 'node:os';

import { l10n } from 'vscode';

import { codeOf, refusal, type TirError } from '../base/errors';
import { plain } from '../base/text';
import { type NamedToken, type Rotation, tokenKey } from '../secrets/records';
import type { Store } from '../secrets/store';

/** Milliseconds without progress after which a rotation is abandoned, even if a process with its ID is running. */
const abandonedAfter = 15 * 60 * 1000;

/** The process that runs this window's extensions. */
const currentProcess = { host: hostname(), pid: process.pid };

/** Records the progress of each rotation and which window works on it: IDs, names and times, but no secrets. */
export class RotationRecords {
  /** The old tokens of the rotations that this window works on. */
  readonly #running = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly now: () => number,
  ) {}

  /** Stores the progress and marks this window as working on the rotation. */
  async save<R extends Omit<Rotation, 'at' | 'host' | 'pid'>>(rotation: R): Promise<R & Rotation> {
    const noted = { ...rotation, at: this.now(), ...currentProcess };
    await this.store.saveRotation(noted);
    return noted;
  }

  end(rotation: Rotation): Promise<void> {
    return this.store.endRotation(rotation);
  }

  /** Returns the rotations that this window or a closed one left unfinished. */
  async abandoned(): Promise<Rotation[]> {
    return (await this.store.rotations()).filter((rotation) => !this.#isUnderWay(rotation));
  }

  /**
   * Runs `work` on a token's rotation, unless another window or call is working on it.
   * @param work receives the unfinished rotation, if there is one
   * @throws TirError `conflict` if another window or call is working on it
   */
  async exclusively<T>(old: NamedToken, work: (begun: Rotation | undefined) => Promise<T>): Promise<T> {
    const key = tokenKey(old);
    if (this.#running.has(key)) {
      throw underWay(old);
    }
    this.#running.add(key);
    try {
      const begun = await this.store.rotation(old);
      if (begun && this.#isUnderWay(begun)) {
        throw underWay(old);
      }
      return await work(begun);
    } finally {
      this.#running.delete(key);
    }
  }

  #isUnderWay({ host, pid, at }: Rotation): boolean {
    if (this.now() - at > abandonedAfter) {
      return false;
    }
    return host !== currentProcess.host || (pid !== currentProcess.pid && isAlive(pid));
  }
}

/** Returns the token that the rotation replaces. */
export function oldOf({ connectionId, oldId, oldName }: Rotation): NamedToken {
  return { connectionId, id: oldId, name: oldName };
}

function underWay({ name }: NamedToken): TirError {
  // With a `what`, so nothing is added about this attempt.
  return refusal('conflict', l10n.t('The token "{0}" is being rotated already.', plain(name)), { what: '' });
}

/** Checks whether a process is running on this machine. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
