import type * as vscode from 'vscode';
import { l10n } from 'vscode';

import type { ActivityRecorder } from '../activity/recorder';
import { type ErrorCode, TirError, toTirError, withErrorContext } from '../base/errors';
import { plain } from '../base/text';
import type { SignsOfLife } from '../platform/signsOfLife';
import { sameToken, type StoredToken, type NamedToken, type TokenRef, type Use } from '../secrets/records';
import type { Store } from '../secrets/store';
import type { TerminalEnvironment, TokenWithValue } from '../terminals/environment';
import type { TokenLists } from '../tir/lists';
import type { Wait } from '../tir/retry';
import { createdAtForResult } from '../tir/times';
import { createOnTir, deleteIfThere, deleteOnTir, type NewToken } from './createAndDelete';
import { Rotations } from './rotation';
import type { Recovery, RotatedToken, RotationEnd } from './rotationOutcome';
import type { ShowValueOnce } from './rotationSteps';
import type { ClientOf, SignedInCalls } from './signedInCalls';
import type { Usage } from './usage';

interface Needs {
  readonly store: Store;
  readonly lists: TokenLists;
  readonly calls: SignedInCalls;
  readonly client: ClientOf;
  readonly usage: Usage;
  readonly activity: ActivityRecorder;
  readonly terminals: TerminalEnvironment;
  readonly log: vscode.LogOutputChannel;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly wait: Wait;
  readonly signs: SignsOfLife;
}

/** The result of {@link Tokens.create}. */
export interface CreatedToken {
  readonly id: number;
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt: string | undefined;
  /** Whether it's in use. */
  readonly active: boolean;
}

export interface TokenToDelete extends TokenRef {
  readonly name: string;
  /** Whether the project is signed in with it. */
  readonly signsIn: boolean;
}

/**
 * Creates, deletes, rotates and uses tokens. Each method does the whole job, even if its caller doesn't wait: on TIR,
 * in the secret storage, in the list, in terminals, and in the activity log.
 * This file is long because every way in comes here, so no step and no record is left out by one of them.
 */
export class Tokens {
  readonly #rotations: Rotations;

  constructor(
    private readonly services: Needs,
    /** Shows the person, once, a value that couldn't be stored. */
    private readonly showOnce: ShowValueOnce,
  ) {
    this.#rotations = new Rotations({
      ...services,
      showOnce,
      recordStored: (token) => services.activity.record('create', { connectionId: token.connectionId, token }),
      recordEnd: (old, end) => this.#recordRotation(old, end),
    });
  }

  /**
   * Creates a token. Stores its value before anything else.
   * @param activate whether to use it in all terminals; if undefined, only if they have no token in use
   * @throws TirError `value-lost`, with `lostId` if known; `storage-failed`, after showing the value if there is one
   */
  async create(connectionId: string, name: string, activate?: boolean): Promise<CreatedToken> {
    const { store, activity, log } = this.services;
    await store.checkWritable();
    const made = await this.#createOnTir(connectionId, name);
    const { ref, connection, inUse } = await this.#store(connectionId, name, made);
    const { token, credentials } = made;
    const recorded = activity.record('create', { connectionId, token: { id: ref.id, name: token.name } });
    const active = await withErrorContext(
      l10n.t('Created and stored the token "{0}", but couldn\'t use it.', name),
      async () => {
        const isWanted = activate ?? (await inUse) === undefined;
        if (isWanted) {
          await this.#use({ ...ref, name: token.name, folder: undefined }, { credentials, connection });
        }
        return isWanted;
      },
      // The next step is to use it, and not to create another one.
      { token: ref },
    );
    await recorded;
    log.info(`Created the token ${ref.id} in ${connectionId}.`);
    return { id: ref.id, name: token.name, createdAt: createdAtForResult(token.created), active };
  }

  /** Deletes a token that was created but whose value was lost. */
  async deleteLost(connectionId: string, id: number, name: string): Promise<void> {
    const { calls, activity, lists } = this.services;
    await calls.run(connectionId, deleteIfThere(id));
    lists.remove(connectionId, id);
    await activity.record('delete', { connectionId, token: { id, name } });
  }

  /** Deletes a token on TIR, which revokes it, and its value on this machine. Records how that ended. */
  async delete(token: TokenToDelete): Promise<void> {
    const { connectionId, id, name } = token;
    const record = (outcome: 'ok' | ErrorCode) =>
      this.services.activity.record('delete', { connectionId, token: { id, name } }, outcome);
    let failure: TirError | undefined;
    try {
      await this.#deleteOnTir(token);
    } catch (thrown) {
      failure = toTirError(thrown);
    }
    if (failure && !failure.details.gone) {
      await record(failure.code);
      throw failure;
    }
    try {
      // If the token was deleted elsewhere, its stored value is useless.
      await this.#forget(token);
    } finally {
      // Other windows stop using it, even if its value can't be deleted here.
      await record('ok');
    }
    if (failure) {
      throw failure;
    }
    this.services.log.info(`Deleted the token ${id} of ${connectionId}.`);
  }

  /** Returns the name that a rotation would give the new token, according to the loaded list. */
  nextName(connectionId: string, oldName: string): Promise<string> {
    return this.#rotations.nextName(connectionId, oldName);
  }

  /** Replaces a token with a new one, everywhere it's in use on this machine. See {@link Rotations.rotate}. */
  rotate(ref: TokenRef, oldName: string): Promise<RotatedToken> {
    return this.#rotations.rotate(ref, oldName);
  }

  /** Finishes or undoes the rotations that this window or a closed one left unfinished. */
  recoverRotations(): Promise<Recovery[]> {
    return this.#rotations.recoverAll();
  }

  /**
   * Uses a token in new terminals.
   * @param listed the token with its value from TIR's list, to store; undefined if the value was stored already
   * @param folder URI of the only folder whose terminals get it
   * @throws TirError `value-not-stored` if the value isn't stored, for example because another window has deleted it
   */
  async use(ref: TokenRef, listed: StoredToken | undefined, folder?: string): Promise<void> {
    const { store } = this.services;
    const stored = await store.tokenIfReadable(ref);
    const token = stored ?? listed;
    if (!stored && listed) {
      await store.saveToken(ref, listed);
    }
    if (!token) {
      throw new TirError('value-not-stored', 'the value is gone', { token: ref });
    }
    const { connection } = await store.signedIn(ref.connectionId);
    await this.#use({ ...ref, name: token.name, folder }, { credentials: token.credentials, connection });
  }

  /** Stops using a token in the new terminals of a scope, unless another window has replaced it there. */
  async stop(use: Use): Promise<void> {
    const { store, activity } = this.services;
    if ((await store.uses()).some((now) => now.folder === use.folder && sameToken(now, use))) {
      await store.stopUsing(use.folder);
      await activity.record('stop', { connectionId: use.connectionId, token: use, folder: use.folder });
    }
  }

  /** Deletes the record of the token in use in a scope, if it can't be read. */
  async stopUnreadable(folder: string | undefined): Promise<void> {
    const { store, activity } = this.services;
    const uses = await store.usesInFolders(folder === undefined ? [] : [folder]);
    if (uses.has(folder) && uses.get(folder) === undefined) {
      await store.stopUsing(folder);
      await activity.record('stop', { folder });
    }
  }

  /** Stores the value of a token that was created elsewhere. */
  async addValue(ref: TokenRef, token: StoredToken): Promise<void> {
    const { store, activity, log } = this.services;
    await store.saveToken(ref, token);
    await activity.record('add-value', { connectionId: ref.connectionId, token: { id: ref.id, name: token.name } });
    log.info(`Stored the value of the token ${ref.id} of ${ref.connectionId}.`);
  }

  async #createOnTir(connectionId: string, name: string): Promise<NewToken> {
    const { calls, lists, now } = this.services;
    try {
      return await calls.run(connectionId, (client) => createOnTir(client, name, now()));
    } catch (thrown) {
      const error = toTirError(thrown);
      if (error.code === 'value-lost' || error.details.unknown) {
        // The token exists, or may exist, on TIR. If so, the reloaded list shows it and its name counts as taken.
        lists.refresh(connectionId).catch(() => undefined);
      }
      if (error.code === 'value-lost') {
        await this.#recordLost(connectionId, error.details.lostId, name, error);
        throw error.with({ what: l10n.t('Can\'t use the token "{0}".', name) });
      }
      throw error.details.unknown
        ? error.with({
            what: l10n.t('Can\'t tell whether TIR created the token "{0}".', name),
            next: l10n.t("Refresh the list to see whether it's there."),
          })
        : error;
    }
  }

  /** Stores a new token's value, or shows it to the person if that fails. */
  async #store(connectionId: string, name: string, { id, token, credentials }: NewToken) {
    const { store, lists } = this.services;
    if (id === undefined) {
      lists.refresh(connectionId).catch(() => undefined);
      const error = new TirError('bad-response', 'the creation answer has no "id"', {
        what: l10n.t('Created the token "{0}", but couldn\'t store its value.', name),
      });
      await Promise.all([this.showOnce(name, credentials), this.#recordLost(connectionId, id, name, error)]);
      throw error;
    }
    const ref = { connectionId, id };
    try {
      const stored = await withErrorContext(
        l10n.t('Created the token "{0}", but couldn\'t store its value.', name),
        () => store.saveNewToken(ref, { ...token, credentials }),
        { lostId: id },
      );
      return { ref, ...stored };
    } catch (error) {
      await Promise.all([this.showOnce(name, credentials), this.#recordLost(connectionId, id, name, error)]);
      throw error;
    } finally {
      lists.add(connectionId, { id, ...token });
    }
  }

  /** Records a creation whose value isn't stored. */
  async #recordLost(connectionId: string, id: number | undefined, name: string, error: unknown): Promise<void> {
    const token = id === undefined ? undefined : { id, name };
    await this.services.activity.record('create', { connectionId, token }, toTirError(error).code);
  }

  async #use(use: Use, value: Omit<TokenWithValue, 'use'>): Promise<void> {
    const { store, usage, terminals, log } = this.services;
    await terminals.useEarly({ use, ...value }, () => store.use(use, use.folder));
    await usage.record('use', use, use.folder);
    log.info(`The token ${use.id} of ${use.connectionId} is in use.`);
  }

  async #deleteOnTir({ connectionId, id, signsIn }: TokenToDelete): Promise<void> {
    const { calls, lists } = this.services;
    try {
      await calls.run(connectionId, deleteOnTir(id));
    } catch (thrown) {
      const { code, details } = toTirError(thrown);
      if (details.unknown) {
        lists.refresh(connectionId).catch(() => undefined);
      }
      // An earlier attempt, whose answer was lost, deleted the token that this one signs in with.
      if (!(signsIn && code === 'unauthorized' && details.repeated)) {
        throw thrown;
      }
    }
  }

  async #forget({ connectionId, id, name, signsIn }: TokenToDelete): Promise<void> {
    const { store, lists } = this.services;
    lists.remove(connectionId, id);
    const what = l10n.t('Deleted the token "{0}", but its value is still stored on this machine.', plain(name));
    await withErrorContext(what, () => store.forgetToken({ connectionId, id }), { gone: true });
    if (signsIn) {
      // This call moves the project on to another token, or shows that you need to sign in.
      lists.refresh(connectionId).catch(() => undefined);
    }
  }

  async #recordRotation(old: NamedToken, end: RotationEnd): Promise<void> {
    const { activity, store, usage, log } = this.services;
    const { connectionId } = old;
    if ('failed' in end) {
      await activity.record('rotate', { connectionId, token: old }, end.failed);
      return;
    }
    const { token, deletion } = end;
    await activity.record('rotate', { connectionId, token });
    // The rotation is done, even if the uses can't be read.
    const uses = await store.uses().catch(() => []);
    for (const { folder } of uses.filter((use) => sameToken(use, token))) {
      await usage.record('use', token, folder);
    }
    await activity.record('delete', { connectionId, token: old }, deletion);
    log.info(`Rotated the token ${old.id} of ${connectionId} to ${token.id}.`);
  }
}
