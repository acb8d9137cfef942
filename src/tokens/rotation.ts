import { l10n } from 'vscode';

import { type ErrorCode, TirError, toTirError, withErrorContext } from '../base/errors';
import type { Credentials } from '../base/secret';
import { plain } from '../base/text';
import { isUnreadable, type NamedToken, type Rotation, sameToken, type TokenRef } from '../secrets/records';
import type { Store } from '../secrets/store';
import type { TokenLists } from '../tir/lists';
import type { Wait } from '../tir/retry';
import { createOnTir, deleteIfThere, type NewToken } from './createAndDelete';
import { findNewToken, nextName } from './newToken';
import {
  notRotated,
  oldKept,
  type Recovery,
  type RotatedToken,
  type RotationEnd,
  signedOut,
  unfinished,
} from './rotationOutcome';
import { oldOf, RotationRecords } from './rotationRecords';
import type { ClientOf, SignedInCalls } from './signedInCalls';

/** How many names in a row TIR may refuse before a rotation gives up: those of a year's monthly rotations. */
const mostRefusedNames = 12;

/** Shows the person a value that couldn't be stored, so they can keep it elsewhere. */
export type ShowValueOnce = (name: string, credentials: Credentials) => Promise<void>;

interface Needs {
  readonly store: Store;
  readonly lists: TokenLists;
  readonly calls: SignedInCalls;
  readonly client: ClientOf;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly wait: Wait;
  readonly showOnce: ShowValueOnce;
  /** Records in the activity log that a new token's value was stored. Other windows need to know at once. */
  readonly recordStored: (token: NamedToken) => Promise<void>;
  /** Records how a rotation ended in the activity log. */
  readonly recordEnd: (old: NamedToken, end: RotationEnd) => Promise<void>;
}

/**
 * Replaces a token with a new one: creates it, stores its value, tests it, uses it wherever the old one was in use, and
 * only then deletes the old one. A record of the progress is stored before the first step, gets the new token's ID once
 * its value is stored, and is deleted after the last step. Every step in between can be repeated: if the extension is
 * killed, the next start finishes the rotation, or undoes it if the new value was lost.
 * `test/killed/rotationKilled.test.ts` kills the extension host after each write, and before and after TIR does the work
 * of each call.
 * This file is long because each step has to know how far the others got.
 */
export class Rotations {
  readonly #records: RotationRecords;

  constructor(private readonly needs: Needs) {
    this.#records = new RotationRecords(needs.store, needs.now, needs.wait);
  }

  /**
   * Rotates a token, or continues an unfinished rotation. Resolves to the new token. If this fails before the new value
   * is stored, the old token works as before. If it fails later, the next call or start continues.
   * @throws TirError `conflict` while another call or window rotates the token; otherwise the error of the failed step
   */
  async rotate(ref: TokenRef, oldName: string): Promise<RotatedToken> {
    const work = async (begun: Rotation | undefined) => {
      const recovery = begun && (await this.#recover(begun));
      if (recovery?.error) {
        throw recovery.error;
      }
      const token = recovery?.token ?? (await this.#begin(ref, oldName));
      return { ...token, ...(recovery?.left && { left: recovery.left }) };
    };
    try {
      return await this.#records.exclusively({ ...ref, name: oldName }, undefined, work);
    } catch (thrown) {
      throw notRotated(toTirError(thrown), oldName);
    }
  }

  /** Returns the name that a rotation would give the new token, according to the loaded list. */
  nextName(connectionId: string, oldName: string): Promise<string> {
    return nextName(this.needs, connectionId, oldName, []);
  }

  /** Finishes or undoes the rotations that this window or a closed one left unfinished. */
  async recoverAll(): Promise<Recovery[]> {
    const recoveries: Recovery[] = [];
    for (const left of await this.#records.abandoned()) {
      const work = async (begun: Rotation | undefined) => {
        // Another window may have ended the rotation or signed out meanwhile.
        if (begun && !(await this.needs.store.connection(begun.connectionId))) {
          await this.#records.end(begun);
        } else if (begun) {
          recoveries.push(await this.#recover(begun));
        }
      };
      await this.#records.exclusively(oldOf(left), left, work).catch((error: unknown) => {
        // Another window may be working on it by now.
        if (toTirError(error).code !== 'conflict') {
          throw error;
        }
      });
    }
    return recoveries;
  }

  async #begin(ref: TokenRef, oldName: string): Promise<NamedToken> {
    const { store, lists, showOnce, recordStored, recordEnd } = this.needs;
    const { connectionId } = ref;
    await lists.refresh(connectionId);
    const { rotation, made } = await this.#create(ref, oldName);
    const { newName } = rotation;
    const { id: newId, token, credentials } = made;
    try {
      if (newId === undefined) {
        throw new TirError('bad-response', 'the creation answer has no "id"');
      }
      // Stored under the name that recovery looks for, even if the answer has another one.
      await store.saveNewToken({ connectionId, id: newId }, { ...token, name: newName, credentials });
    } catch (error) {
      // The storage may be failing, so nothing waits for it before the value is shown.
      await Promise.all([
        showOnce(newName, credentials),
        recordEnd(oldOf(rotation), { failed: toTirError(error).code }),
        this.#records.end(rotation).catch(() => undefined),
      ]);
      lists.refresh(connectionId).catch(() => undefined);
      throw error;
    }
    lists.add(connectionId, { id: newId, ...token });
    await recordStored({ connectionId, id: newId, name: newName });
    try {
      return await this.#finish(await this.#records.save({ ...rotation, newId }));
    } catch (error) {
      // The new token is there, whatever failed.
      const { what, undone } = toTirError(error).details;
      throw what !== undefined || undone ? error : unfinished(toTirError(error), oldName);
    }
  }

  /** Creates the new token. Tries the next name if TIR refuses one: it refuses deleted tokens' names, which no list shows. */
  async #create(
    { connectionId, id: oldId }: TokenRef,
    oldName: string,
  ): Promise<{ rotation: Rotation; made: NewToken }> {
    const { calls, now } = this.needs;
    for (const refused: string[] = []; ;) {
      const newName = await nextName(this.needs, connectionId, oldName, refused);
      const rotation = await this.#records.save({ connectionId, oldId, oldName, newName, startedAt: now() });
      try {
        return { rotation, made: await calls.run(connectionId, (client) => createOnTir(client, newName, now())) };
      } catch (thrown) {
        const error = toTirError(thrown);
        if (error.code !== 'conflict' || refused.push(newName) > mostRefusedNames) {
          await this.#notCreated(rotation, error);
          throw error.code === 'conflict'
            ? error.with({ why: l10n.t("TIR doesn't accept any name like it for the new token.") })
            : error;
        }
      }
    }
  }

  /** Undoes a rotation that got no new value. Keeps the record for the next try if a new token may exist. */
  async #notCreated(rotation: Rotation, { code, details }: TirError): Promise<void> {
    if (!details.unknown) {
      // If this fails, the record stays for the next try.
      await this.#undo(rotation, details.lostId, code).catch(() => undefined);
    }
  }

  /** Completes a rotation whose new value is stored. Every step can be repeated. */
  async #finish(rotation: Rotation & { newId: number }): Promise<NamedToken> {
    const { store, lists, calls, recordEnd } = this.needs;
    const token = { connectionId: rotation.connectionId, id: rotation.newId, name: rotation.newName };
    const old = oldOf(rotation);
    await this.#test(rotation);
    try {
      for (const use of (await store.uses()).filter((candidate) => sameToken(candidate, old))) {
        await store.use(token, use.folder);
      }
      await this.#signIn(rotation);
      await calls.run(old.connectionId, (client) => deleteIfThere(client, old.id));
    } catch (error) {
      const failure = toTirError(error);
      if (failure.code === 'not-signed-in') {
        throw signedOut(failure, old.name);
      }
      if (failure.code !== 'forbidden') {
        throw unfinished(failure, old.name);
      }
      // Trying again at every start wouldn't help: it stays forbidden.
      await this.#records.end(rotation).catch(() => undefined);
      await recordEnd(old, { token, deletion: 'forbidden' });
      throw oldKept(failure, old.name);
    }
    lists.remove(old.connectionId, old.id);
    await withErrorContext(
      l10n.t('The token "{0}" was deleted, but its value is still stored on this machine.', plain(old.name)),
      async () => {
        await store.forgetToken(old);
        await this.#records.end(rotation);
      },
    );
    await recordEnd(old, { token, deletion: 'ok' });
    return token;
  }

  /** Tests the new token with a call. If TIR refuses it, undoes the rotation: the old token is still in use. */
  async #test(rotation: Rotation & { newId: number }): Promise<void> {
    const { store, client } = this.needs;
    const { connectionId, newId } = rotation;
    const [signedIn, token] = await Promise.all([
      store.connection(connectionId),
      // A damaged value is lost.
      store.token({ connectionId, id: newId }).catch((error: unknown) => {
        if (!isUnreadable(error) || error.details.record === 'newer') {
          throw error;
        }
      }),
    ]);
    if (!signedIn) {
      throw new TirError('not-signed-in', 'the new token cannot be tested');
    }
    if (!token) {
      // Another window has deleted the new token.
      await this.#undo(rotation, newId, 'value-not-stored');
      throw new TirError('value-not-stored', 'the new token is gone', {
        undone: true,
        why: l10n.t('The new token was deleted meanwhile.'),
      });
    }
    try {
      await client({ connection: signedIn.connection, credentials: token.credentials }).list();
    } catch (error) {
      const failure = toTirError(error);
      if (failure.code !== 'unauthorized') {
        throw unfinished(failure, rotation.oldName);
      }
      await this.#undo(rotation, newId, failure.code);
      throw failure.with({ undone: true, why: l10n.t('TIR refused the new token, which was deleted again.') });
    }
  }

  /** Signs in with the new token if the project was signed in with the old one. */
  async #signIn({ connectionId, oldId, newId }: Rotation & { newId: number }): Promise<void> {
    const { store } = this.needs;
    const signedIn = await store.connection(connectionId);
    const old = await store.tokenIfReadable({ connectionId, id: oldId });
    const token = await store.token({ connectionId, id: newId });
    const isOld =
      signedIn?.connection.signInTokenId === oldId ||
      (old !== undefined && signedIn?.credentials.token.equals(old.credentials.token));
    if (signedIn && token && isOld) {
      const connection = { ...signedIn.connection, signInTokenId: newId };
      await store.saveConnection({ connection, credentials: token.credentials });
    }
  }

  async #recover(rotation: Rotation): Promise<Recovery> {
    try {
      const { newId, left } = await findNewToken(this.needs, await this.#records.save(rotation));
      if (newId === undefined) {
        await this.#undo(rotation, undefined, left ? 'value-lost' : 'not-found');
        return { rotation, outcome: 'undone', ...(left && { left }) };
      }
      const token = await this.#finish(await this.#records.save({ ...rotation, newId }));
      return { rotation, outcome: 'finished', token };
    } catch (thrown) {
      const error = toTirError(thrown);
      return { rotation, outcome: error.details.undone ? 'undone' : 'unfinished', error };
    }
  }

  async #undo(rotation: Rotation, newId: number | undefined, why: ErrorCode): Promise<void> {
    const { store, lists, calls, recordEnd } = this.needs;
    const { connectionId } = rotation;
    if (newId !== undefined) {
      await calls.run(connectionId, (client) => deleteIfThere(client, newId));
      lists.remove(connectionId, newId);
      await store.forgetToken({ connectionId, id: newId });
    }
    await this.#records.end(rotation);
    await recordEnd(oldOf(rotation), { failed: why });
  }
}
