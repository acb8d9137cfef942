import { l10n } from 'vscode';

import { Queue } from '../base/async';
import { refusal, type TirError } from '../base/errors';
import { plain } from '../base/text';
import { type NamedToken, type Rotation, tokenKey } from '../secrets/records';
import type { SignsOfLife } from '../platform/signsOfLife';
import type { Store } from '../secrets/store';
import type { Wait } from '../tir/retry';

/** Milliseconds between two signs of life of the window that works on a rotation. */
const signEvery = 1000;

/** Milliseconds without a sign after which no window works on a rotation. Measured by waiting: clocks differ. */
const abandonedAfter = 5 * signEvery;

type Unsigned = Omit<Rotation, 'at' | 'window'>;

/** Records the progress of each rotation and which window works on it: IDs, names and times, but no secrets. */
export class RotationRecords {
  /** The old tokens of the rotations that this window works on, each with its record once there is one. */
  readonly #running = new Map<string, Unsigned | undefined>();
  /** In order, so no sign of life comes after the end. */
  readonly #writes = new Queue();
  /** A process ID or a host's name isn't unique: containers and WSL share them. */
  readonly #window = crypto.randomUUID();

  constructor(
    private readonly store: Store,
    private readonly now: () => number,
    private readonly wait: Wait,
    private readonly signs: SignsOfLife,
  ) {}

  /** Stores the progress and marks this window as working on the rotation. */
  save<R extends Unsigned>(rotation: R): Promise<R & Rotation> {
    return this.#writes.run(async () => {
      const old = oldOf(rotation);
      if (this.#running.get(tokenKey(old))) {
        await this.requireOwn(rotation);
      }
      const signed = await this.#write(rotation);
      this.#running.set(tokenKey(old), rotation);
      await this.#show(old);
      return signed;
    });
  }

  /** @throws TirError `conflict` if another window has taken the rotation over or ended it, unless signed out */
  async requireOwn(rotation: Unsigned): Promise<void> {
    const old = oldOf(rotation);
    const present = await this.store.rotation(old);
    const isSignedIn = present !== undefined || (await this.store.connection(old.connectionId)) !== undefined;
    if (isSignedIn && !(present && this.#isOwn(present))) {
      throw underWay(old);
    }
  }

  end(rotation: Unsigned): Promise<void> {
    return this.#writes.run(async () => {
      this.#running.set(tokenKey(oldOf(rotation)), undefined);
      await this.store.endRotation(rotation);
    });
  }

  /** Returns the rotations that this window or a closed one left unfinished. Takes a while if another window may live. */
  async abandoned(): Promise<Rotation[]> {
    const found = (await this.store.rotations()).filter((one) => !this.#running.has(tokenKey(oldOf(one))));
    return found.every((one) => this.#isOwn(one)) ? found : this.#unsigned(found);
  }

  /**
   * Runs `work` on a token's rotation, unless another window or call is working on it.
   * @param seen the rotation, if it was found to be abandoned
   * @param work receives the unfinished rotation, if there is one
   * @throws TirError `conflict` if another window or call is working on it
   */
  async exclusively<T>(
    old: NamedToken,
    seen: Rotation | undefined,
    work: (begun: Rotation | undefined) => Promise<T>,
  ): Promise<T> {
    const key = tokenKey(old);
    if (this.#running.has(key)) {
      throw underWay(old);
    }
    this.#running.set(key, undefined);
    const timer = setInterval(() => void this.#sign(key), signEvery);
    try {
      const begun = await this.store.rotation(old);
      const isFree = !begun || this.#isOwn(begun) || isSame(begun, seen) || (await this.#unsigned([begun])).length > 0;
      if (!isFree) {
        throw underWay(old);
      }
      return await work(begun && (await this.#take(begun)));
    } finally {
      clearInterval(timer);
      this.#running.delete(key);
      if ((await this.#lastSign(old))?.startsWith(this.#window)) {
        await this.signs.end(nameOf(old)).catch(() => undefined);
      }
    }
  }

  /**
   * Takes over an abandoned rotation. Two windows may do so at once, and only one goes on: that which said so last.
   * Resolves to undefined if the rotation has ended. @throws TirError `conflict` if another window goes on
   */
  async #take(begun: Rotation): Promise<Rotation | undefined> {
    const old = oldOf(begun);
    if (this.#isOwn(begun)) {
      return this.store.rotation(old);
    }
    if (!(await this.store.rotation(old))) {
      return undefined;
    }
    await this.#writes.run(() => this.#write(begun));
    await this.#show(old);
    await this.wait(signEvery, undefined);
    const sign = await this.#lastSign(old);
    const taken = await this.store.rotation(old);
    if ((taken && !this.#isOwn(taken)) || (sign !== undefined && !sign.startsWith(this.#window))) {
      throw underWay(old);
    }
    return taken;
  }

  #isOwn({ window }: Rotation): boolean {
    return window === this.#window;
  }

  /** Waits, and returns those of the rotations that no window has given a sign of life of meanwhile. */
  async #unsigned(found: readonly Rotation[]): Promise<Rotation[]> {
    const look = () => Promise.all(found.map((one) => this.#lastSign(oldOf(one))));
    const before = await look();
    await this.wait(abandonedAfter, undefined);
    const [after, now] = [await look(), await this.store.rotations()];
    return found.filter((one, at) => before[at] === after[at] && now.some((later) => isSame(later, one)));
  }

  #sign(key: string): Promise<void> {
    return this.#writes.run(async () => {
      const rotation = this.#running.get(key);
      if (rotation) {
        // The next sign may succeed, and the work itself reports failures.
        // The file first: a keyring can take long.
        await this.#show(oldOf(rotation));
        const present = await this.store.rotation(oldOf(rotation)).catch(() => undefined);
        if (present && this.#isOwn(present)) {
          await this.#write(rotation).catch(() => undefined);
        }
      }
    });
  }

  /** Other machines that share the secret storage see the record. Other windows of a browser see the file alone. */
  async #show(old: NamedToken): Promise<void> {
    await this.signs.give(nameOf(old), `${this.#window} ${crypto.randomUUID()}`).catch(() => undefined);
  }

  #lastSign(old: NamedToken): Promise<string | undefined> {
    return this.signs.last(nameOf(old)).catch(() => undefined);
  }

  async #write<R extends Unsigned>(rotation: R): Promise<R & Rotation> {
    const signed = { ...rotation, at: this.now(), window: this.#window };
    await this.store.saveRotation(signed);
    return signed;
  }
}

/** Returns the name of a rotation's signs of life. */
function nameOf({ connectionId, id }: NamedToken): string {
  return `${connectionId}-${id}`;
}

/** Returns the token that the rotation replaces. */
export function oldOf({ connectionId, oldId, oldName }: Unsigned): NamedToken {
  return { connectionId, id: oldId, name: oldName };
}

/** Checks if a record is unchanged. */
function isSame(a: Rotation, b: Rotation | undefined): boolean {
  return (
    b !== undefined &&
    a.oldId === b.oldId &&
    a.connectionId === b.connectionId &&
    a.at === b.at &&
    a.window === b.window
  );
}

function underWay({ name }: NamedToken): TirError {
  // With a `what`, so nothing is added about this attempt.
  return refusal('conflict', l10n.t('The token "{0}" is already being rotated. Try again later.', plain(name)), {
    what: '',
  });
}
