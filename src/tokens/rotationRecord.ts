import { l10n } from 'vscode';

import { refusal, type TirError } from '../base/errors';
import { plain } from '../base/sentences';
import { currentProcess, isAlive } from '../platform/process';
import { type NamedToken, type Rotation, tokenKey } from '../secrets/records';
import type { Store } from '../secrets/store';

/** A rotation without progress for so long has lost its window, whatever the process table says. Milliseconds. */
const abandonedAfter = 15 * 60 * 1000;

/** The progress of each rotation, and which window works on it. Holds IDs, names and times, and no secret. */
export class RotationRecords {
  /** The old tokens of the rotations that this window works on. */
  readonly #running = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly now: () => number,
  ) {}

  /** Stores the progress, and that this window works on it. */
  async save<R extends Omit<Rotation, 'at' | 'host' | 'pid'>>(rotation: R): Promise<R & Rotation> {
    const noted = { ...rotation, at: this.now(), ...currentProcess };
    await this.store.saveRotation(noted);
    return noted;
  }

  end(rotation: Rotation): Promise<void> {
    return this.store.endRotation(rotation);
  }

  /** Rotations that this window left unfinished before, or that a closed window did. */
  async abandoned(): Promise<Rotation[]> {
    return (await this.store.rotations()).filter((rotation) => !this.#isUnderWay(rotation));
  }

  /**
   * Works on the rotation of a token while nobody else does.
   * @param work gets what was begun before
   * @throws TirError `conflict` while another window, or another call, works on it
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

/** The token that is replaced. */
export function oldOf({ connectionId, oldId, oldName }: Rotation): NamedToken {
  return { connectionId, id: oldId, name: oldName };
}

function underWay({ name }: NamedToken): TirError {
  return refusal('conflict', l10n.t('The token "{0}" is being rotated already.', plain(name)));
}
