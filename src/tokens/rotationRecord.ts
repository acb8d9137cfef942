import { hostname } from 'node:os';

import { codeOf, TirError } from '../base/errors';
import { type Rotation, tokenKey, type TokenRef } from '../secrets/records';
import type { Store } from '../secrets/store';

/** A rotation that nobody touched for so long has lost its window, whatever the process table says. Milliseconds. */
const abandonedAfter = 15 * 60 * 1000;

/** The process that this window runs in. */
const here = { host: hostname(), pid: process.pid };

/** How far each rotation is, and who works on it. Holds ids, names and times, and no secret. */
export class RotationRecords {
  /** The old tokens of those that this window works on. */
  readonly #running = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly now: () => number,
  ) {}

  /** Keeps how far it is, and that this window works on it. */
  async note<R extends Omit<Rotation, 'at' | 'host' | 'pid'>>(rotation: R): Promise<R & Rotation> {
    const noted = { ...rotation, at: this.now(), ...here };
    await this.store.saveRotation(noted);
    return noted;
  }

  end(rotation: Rotation): Promise<void> {
    return this.store.endRotation(rotation);
  }

  /** Those that were left unfinished, by this window before or by one that is gone. */
  async abandoned(): Promise<Rotation[]> {
    return (await this.store.rotations()).filter((rotation) => !this.#isUnderWay(rotation));
  }

  /**
   * Works on the rotation of a token as the only one.
   * @param work gets what was begun before
   * @throws TirError `conflict` while another window, or another call, works on it
   */
  async alone<T>(old: TokenRef, work: (begun: Rotation | undefined) => Promise<T>): Promise<T> {
    const key = tokenKey(old);
    if (this.#running.has(key)) {
      throw underWay();
    }
    this.#running.add(key);
    try {
      const begun = await this.store.rotation(old);
      if (begun && this.#isUnderWay(begun)) {
        throw underWay();
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
    return host !== here.host || (pid !== here.pid && isAlive(pid));
  }
}

/** Whether a process of this machine has not ended. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** The token that is replaced. */
export function oldOf({ connectionId, oldId }: Rotation): TokenRef {
  return { connectionId, id: oldId };
}

function underWay(): TirError {
  return new TirError('conflict', 'the token is being rotated', { rotation: 'under-way' });
}
