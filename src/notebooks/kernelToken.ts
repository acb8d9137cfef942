import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { coalesced, Queue } from '../base/async';
import { cancelled, refusal, type TirError } from '../base/errors';
import type { NamedToken } from '../secrets/records';
import type { TerminalTokens } from '../terminals/terminalTokens';
import { losesVariables, isRefusedByPerson, type Kernel, printedBy } from './jupyter';
import { type Introduction, introduce, readIntroduction, readSettled, settle } from './python';

/** A token, with the variables that it sets. */
export interface TokenToGive {
  readonly token: NamedToken;
  readonly variables: ReadonlyMap<string, string>;
}

/** How a person gives a token. */
export interface Giving {
  /** Asks whether a kernel on the machine with this name may have the token. Never called for this machine. */
  readonly mayUse: (host: string) => Promise<boolean>;
  /** Stops before the kernel gets anything. Queued code isn't canceled, since that would interrupt the kernel. */
  readonly signal: AbortSignal;
}

interface Introduced extends Introduction {
  /** Whether the kernel runs on this machine: it can read a file on it. */
  readonly isHere: boolean;
}

/** Digests of values by variable. */
type Digests = Readonly<Record<string, string>>;

/**
 * The token in one kernel. Code runs after the kernel's queue, and is dropped without an error if the person interrupts
 * the kernel, so only its output shows that it ran.
 */
export class KernelToken implements vscode.Disposable {
  readonly #queue = new Queue();
  readonly #subscription: vscode.Disposable;
  /** The values that the kernel got last; undefined if unknown. */
  #has: Digests | undefined;
  #restarts = 0;
  /** Whether the kernel may have a token. */
  #mayHave: boolean;
  /** Whether Jupyter has ended the kernel. It then throws an error instead of dropping code. */
  #isGone = false;

  /**
   * @param inUse reads the token in use; undefined if there's none
   * @param follows whether {@link update} gives the kernel the token in use; undefined if that depends on whether the
   *   kernel had a token before the window reloaded
   * @param allowedHost the other machine to which a person allowed a token
   * @param restarted called each time the kernel runs again after a restart
   */
  constructor(
    readonly kernel: Kernel,
    private readonly tokens: Pick<TerminalTokens, 'key' | 'digest'>,
    private readonly inUse: () => Promise<TokenToGive | undefined>,
    private follows: boolean | undefined,
    private allowedHost: string | undefined,
    restarted: () => void,
  ) {
    this.#mayHave = follows === undefined;
    let isRestarting = false;
    this.#subscription = kernel.onDidChangeStatus((status) => {
      if (losesVariables(status)) {
        this.#has = undefined;
        this.#restarts++;
        isRestarting = true;
      } else if (isRestarting) {
        // Only once: code of ours makes the kernel busy and idle again.
        isRestarting = false;
        restarted();
      }
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  get hasToken(): boolean {
    return this.#has !== undefined && Object.keys(this.#has).length > 0;
  }

  /** Whether it's known what the kernel has. */
  get isSettled(): boolean {
    return this.#has !== undefined;
  }

  /** What to keep for the time after a reload; undefined if the kernel certainly has no token. */
  get saved(): { readonly host?: string } | undefined {
    const mayHave = this.isSettled ? this.hasToken : this.#mayHave || this.follows !== false;
    return mayHave ? { ...(this.allowedHost !== undefined && { host: this.allowedHost }) } : undefined;
  }

  /**
   * Gives the kernel the token in use, which it follows from then on. Resolves to the name of the kernel's machine.
   * @throws TirError `not-found` if no token is in use, `cancelled` or `forbidden` if the person refuses, `bad-response`
   *   if the kernel didn't run the code
   */
  give({ mayUse, signal }: Giving): Promise<{ readonly token: NamedToken; readonly host: string }> {
    const isCancelled = () => signal.aborted;
    return this.#queue.run(async () => {
      const introduction = await this.#introduce();
      const mayHave = isCancelled() || this.#isAllowed(introduction) || (await mayUse(introduction.host));
      if (!mayHave || isCancelled()) {
        throw cancelled();
      }
      const inUse = await this.inUse();
      if (!inUse) {
        throw refusal('not-found', vscode.l10n.t('No token is in use. Use one first.'));
      }
      if (isCancelled()) {
        throw cancelled();
      }
      const { follows } = this;
      this.follows = true;
      this.allowedHost = introduction.isHere ? undefined : introduction.host;
      await this.#settle(introduction, inUse, true);
      if (isCancelled() && !follows) {
        this.follows = follows;
        await this.#settle(await this.#introduce(), undefined, false);
        throw cancelled();
      }
      return { token: inUse.token, host: introduction.host };
    });
  }

  /**
   * Gives the kernel the token in use, or removes one that isn't. Resolves to the token if it changed.
   * @throws TirError `forbidden` if the person refuses, `bad-response` if the kernel didn't run the code
   */
  readonly update = coalesced((): Promise<NamedToken | undefined> =>
    this.#queue.run(async () => {
      if (this.#has && (!this.follows || isSame(this.#has, this.#digests(await this.#inUseIfReadable())))) {
        return undefined;
      }
      const restarts = this.#restarts;
      const introduction = await this.#introduce();
      this.follows ??= Object.keys(introduction.has).length > 0;
      const inUse = this.follows && this.#isAllowed(introduction) ? await this.#inUseIfReadable() : undefined;
      if (isSame(introduction.has, this.#digests(inUse))) {
        this.#note(introduction.has, restarts);
        return undefined;
      }
      await this.#settle(introduction, inUse, false);
      return this.hasToken ? inUse?.token : undefined;
    }),
  );

  /** Removes the token, and stops giving the kernel new ones. Does nothing if Jupyter has ended the kernel. */
  async release(): Promise<void> {
    [this.follows, this.#has] = [false, undefined];
    await this.update().catch((error: unknown) => {
      if (!this.#isGone) {
        throw error;
      }
    });
  }

  #isAllowed({ isHere, host }: Introduced): boolean {
    return isHere || host === this.allowedHost;
  }

  /** A token that can't be read may have been revoked: better no token than a stale one. */
  #inUseIfReadable(): Promise<TokenToGive | undefined> {
    return this.inUse().catch(() => undefined);
  }

  #digests(given: TokenToGive | undefined): Digests {
    const digests = [...(given?.variables ?? [])].map(([name, value]) => [name, this.tokens.digest(value)]);
    return Object.fromEntries(digests) as Digests;
  }

  async #settle(introduction: Introduction, given: TokenToGive | undefined, overwrites: boolean): Promise<void> {
    const restarts = this.#restarts;
    // The code may run even if its answer is lost.
    [this.#has, this.#mayHave] = [undefined, this.#mayHave || given !== undefined];
    const code = settle(introduction, given?.variables ?? new Map(), overwrites, this.tokens.key);
    const has = readSettled(await this.#run(code));
    if (!has) {
      throw noAnswer();
    }
    this.#note(has, restarts);
  }

  /** Records the kernel's values, unless it has restarted since. */
  #note(has: Digests, restarts: number): void {
    this.#has = restarts === this.#restarts ? has : undefined;
    this.#mayHave = this.hasToken;
  }

  /** Asks the kernel for its half of the key, its machine's name, and whether it can read a file on this machine. */
  async #introduce(): Promise<Introduced> {
    const file = join(tmpdir(), `tir-${randomUUID()}`);
    const proof = randomUUID();
    try {
      await writeFile(file, proof, { mode: 0o600, flag: 'wx' });
      const introduction = readIntroduction(await this.#run(introduce(file, this.tokens.key)));
      if (!introduction) {
        throw noAnswer();
      }
      return { ...introduction, isHere: introduction.proof === proof };
    } finally {
      await rm(file, { force: true });
    }
  }

  async #run(code: string): Promise<string> {
    try {
      return await printedBy(this.kernel, code);
    } catch (error) {
      this.#isGone = !isRefusedByPerson(error);
      if (this.#isGone) {
        throw noAnswer();
      }
      if (!this.#mayHave) {
        [this.follows, this.#has] = [false, {}];
      }
      const text = vscode.l10n.t(
        "The Jupyter extension doesn't let TIR Tokens run code in kernels. Allow it under Manage Access, then try again.",
      );
      throw refusal('forbidden', text);
    }
  }
}

function isSame(a: Digests, b: Digests): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function noAnswer(): TirError {
  const text = vscode.l10n.t("Couldn't give the token to the kernel. Wait until no cell is running, then try again.");
  return refusal('bad-response', text);
}
