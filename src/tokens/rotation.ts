import { l10n } from 'vscode';

import { TirError, toTirError, withErrorContext } from '../base/errors';
import { plain } from '../base/text';
import type { NamedToken, Rotation, TokenRef } from '../secrets/records';
import { createOnTir, deleteIfThere, type NewToken } from './createAndDelete';
import { findNewToken, nextName } from './newToken';
import { notRotated, oldKept, type Recovery, type RotatedToken, signedOut, unfinished } from './rotationOutcome';
import { oldOf, RotationRecords } from './rotationRecords';
import { replace, type RotationNeeds, test, undo } from './rotationSteps';

/** How many names in a row TIR may refuse before a rotation gives up: those of a year's monthly rotations. */
const mostRefusedNames = 12;

/**
 * Replaces a token with a new one: creates it, stores its value, tests it, uses it wherever the old one was in use, and
 * only then deletes the old one. A record of the progress is stored before the first step, gets the new token's ID once
 * its value is stored, and is deleted after the last step. Every step in between can be repeated: if the extension is
 * killed, the next start finishes the rotation, or undoes it if the new value was lost.
 * `test/killed/rotationKilled.test.ts` kills the extension host after each write, and before and after TIR does the work
 * of each call.
 * This file is long because each step has to know how far the others got; `rotationSteps.ts` has those that don't.
 */
export class Rotations {
  readonly #records: RotationRecords;

  constructor(private readonly needs: RotationNeeds) {
    this.#records = new RotationRecords(needs.store, needs.now, needs.wait, needs.signs);
  }

  /**
   * Rotates a token, or continues an unfinished rotation. Resolves to the new token. If this fails before the new value
   * is stored, the old token works as before. If it fails later, the next call or start continues.
   * @throws TirError `conflict` while another call or window rotates the token; otherwise the error of the failed step
   */
  async rotate(ref: TokenRef, oldName: string): Promise<RotatedToken> {
    const work = async (begun: Rotation | undefined) => {
      const recovery = begun && (await this.#recover(begun));
      const left = recovery?.left;
      if (recovery?.error) {
        throw recovery.error;
      }
      try {
        const token = recovery?.token ?? (await this.#begin(ref, oldName));
        return { ...token, ...(left && { left }) };
      } catch (error) {
        throw left ? toTirError(error).with({ left, ...toTirError(error).details }) : error;
      }
    };
    try {
      await this.#finishThatMade(ref);
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
    for (const found of await this.#records.abandoned()) {
      const work = async (begun: Rotation | undefined) => {
        // Another window may have ended the rotation or signed out meanwhile.
        if (begun && !(await this.needs.store.connection(begun.connectionId))) {
          await this.#records.end(begun);
        } else if (begun) {
          recoveries.push(await this.#recover(begun));
        }
      };
      await this.#records.exclusively(oldOf(found), found, work).catch((thrown: unknown) => {
        const error = toTirError(thrown);
        // Another window may be working on it by now. A record that can't be read doesn't stop the other rotations.
        if (error.code !== 'conflict') {
          recoveries.push({ rotation: found, outcome: 'unfinished', error });
        }
      });
    }
    return recoveries;
  }

  /** Finishes the unfinished rotation that created this token. Rotated first, it would leave that one's old token. */
  async #finishThatMade({ connectionId, id }: TokenRef): Promise<void> {
    const made = (await this.needs.store.rotations()).find(
      (one) => one.connectionId === connectionId && one.newId === id,
    );
    if (made) {
      await this.#records.exclusively(oldOf(made), undefined, async (begun) => {
        const recovery = begun && (await this.#recover(begun));
        if (recovery?.error) {
          throw recovery.error;
        }
      });
    }
  }

  async #begin(ref: TokenRef, oldName: string): Promise<NamedToken> {
    const { store, lists, showOnce, recordStored, recordEnd } = this.needs;
    const { connectionId } = ref;
    if (!(await lists.refresh(connectionId)).some(({ id }) => id === ref.id)) {
      // Another window may have rotated it while a person was asked.
      const what = l10n.t('Couldn\'t rotate the token "{0}".', plain(oldName));
      throw new TirError('not-found', 'the list has no such token', { what });
    }
    const { rotation, made } = await this.#create(ref, oldName);
    const { newName } = rotation;
    const { id: newId, token, credentials } = made;
    try {
      if (newId === undefined) {
        throw new TirError('bad-response', 'the creation answer has no "id"');
      }
      // Stored under the name that recovery looks for, even if the answer has another one.
      const record = { ...token, name: newName, credentials, rotation: rotation.startedAt };
      await store.saveNewToken({ connectionId, id: newId }, record);
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
      return await this.#finish(await this.#records.save({ ...rotation, newId }), true);
    } catch (error) {
      // The new token is there, whatever failed.
      const { what, undone } = toTirError(error).details;
      throw what !== undefined || undone ? error : unfinished(toTirError(error), oldName, true);
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
          const failure = await this.#notCreated(rotation, error);
          throw failure.code === 'conflict'
            ? failure.with({
                why: l10n.t("TIR didn't accept any name for the new token. Create a token with another name instead."),
              })
            : failure;
        }
      }
    }
  }

  /**
   * Undoes a rotation that got no new value. Keeps the record for the next try if a new token may exist.
   * @returns the error, with `unknown` if that's so
   */
  async #notCreated(rotation: Rotation, error: TirError): Promise<TirError> {
    const { unknown, lostId, left } = error.details;
    const isUndeletable = error.code === 'value-lost' && lostId === undefined && !left;
    if (unknown || isUndeletable) {
      return error.with({ unknown: true });
    }
    try {
      await undo(this.needs, this.#records, rotation, lostId, error.code, true);
      return error;
    } catch {
      return lostId === undefined ? error : error.with({ unknown: true });
    }
  }

  /**
   * Completes a rotation whose new value is stored. Every step can be repeated.
   * @param isFirst whether this is the call that created the new token, and not a later one
   */
  async #finish(rotation: Rotation & { newId: number }, isFirst: boolean): Promise<NamedToken> {
    const { store, lists, calls, recordEnd } = this.needs;
    const token = { connectionId: rotation.connectionId, id: rotation.newId, name: rotation.newName };
    const old = oldOf(rotation);
    await test(this.needs, this.#records, rotation, isFirst);
    try {
      await replace(store, old, token);
      await this.#records.requireOwn(rotation);
      await calls.run(old.connectionId, deleteIfThere(old.id));
    } catch (error) {
      const failure = toTirError(error);
      if (failure.code === 'not-signed-in') {
        throw signedOut(failure, old.name);
      }
      if (failure.code !== 'forbidden') {
        throw unfinished(failure, old.name, isFirst || failure.details.listed === true);
      }
      // Trying again at every start wouldn't help: it stays forbidden.
      await this.#records.end(rotation).catch(() => undefined);
      await recordEnd(old, { token, deletion: 'forbidden' });
      throw oldKept(failure, old.name);
    }
    lists.remove(old.connectionId, old.id);
    try {
      await withErrorContext(
        l10n.t('Deleted the token "{0}", but its value is still stored on this machine.', plain(old.name)),
        async () => {
          await store.forgetToken(old);
          await this.#records.end(rotation);
        },
      );
    } finally {
      // TIR has deleted it, and other windows need to know.
      await recordEnd(old, { token, deletion: 'ok' });
    }
    return token;
  }

  async #recover(rotation: Rotation): Promise<Recovery> {
    let newId: number | undefined;
    try {
      const found = await findNewToken(this.needs, await this.#records.save(rotation));
      const { left } = found;
      ({ newId } = found);
      if (newId === undefined) {
        const why = left ? 'value-lost' : 'not-found';
        const { isOldThere } = await undo(this.needs, this.#records, rotation, undefined, why, false);
        return { rotation, outcome: isOldThere ? 'undone' : 'ended', left };
      }
      const token = await this.#finish(await this.#records.save({ ...rotation, newId }), false);
      return { rotation, outcome: 'finished', token };
    } catch (thrown) {
      const error = toTirError(thrown);
      const { left, undone, what } = error.details;
      if (undone) {
        return { rotation, outcome: 'undone', left: left && { ...rotation, ...left }, error };
      }
      const isMade = (newId ?? rotation.newId) !== undefined;
      const fuller = isMade ? unfinished(error, rotation.oldName, false) : error.with({ unknown: true });
      return { rotation, outcome: 'unfinished', error: what === undefined ? fuller : error };
    }
  }
}
