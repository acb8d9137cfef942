import { l10n } from 'vscode';

import { type ErrorCode, isRefusal, TirError, toTirError } from '../base/errors';
import type { Credentials } from '../base/secret';
import type { SignsOfLife } from '../platform/signsOfLife';
import { isUnreadable, type NamedToken, type Rotation, sameToken } from '../secrets/records';
import type { Store } from '../secrets/store';
import type { TokenLists } from '../tir/lists';
import type { Wait } from '../tir/retry';
import { deleteIfThere } from './createAndDelete';
import { type RotationEnd, stuck, unfinished } from './rotationOutcome';
import { oldOf, type RotationRecords } from './rotationRecords';
import type { ClientOf, SignedInCalls } from './signedInCalls';

/** Shows the person a value that couldn't be stored, so they can keep it elsewhere. */
export type ShowValueOnce = (name: string, credentials: Credentials) => Promise<void>;

/** What a rotation needs. */
export interface RotationNeeds {
  readonly store: Store;
  readonly lists: TokenLists;
  readonly calls: SignedInCalls;
  readonly client: ClientOf;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly wait: Wait;
  readonly signs: SignsOfLife;
  readonly showOnce: ShowValueOnce;
  /** Records in the activity log that a new token's value was stored. Other windows need to know at once. */
  readonly recordStored: (token: NamedToken) => Promise<void>;
  /** Records how a rotation ended in the activity log. */
  readonly recordEnd: (old: NamedToken, end: RotationEnd) => Promise<void>;
}

/** Tests the new token with a call. If TIR refuses it, undoes the rotation: the old token is still in use. */
export async function test(
  needs: RotationNeeds,
  records: RotationRecords,
  rotation: Rotation & { newId: number },
  isFirst: boolean,
): Promise<void> {
  const { store, client } = needs;
  const { connectionId, newId } = rotation;
  const undone = async (failure: TirError, whyDeleted: string, why: string) => {
    const { left } = await undo(needs, records, rotation, newId, failure.code, isFirst);
    return failure.with({ undone: true, why: left ? why : whyDeleted, ...(left && { left }) });
  };
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
    throw await undone(
      new TirError('value-not-stored', 'the new token is gone'),
      l10n.t('The new token was deleted in the meantime. Try again.'),
      l10n.t("The new token's value is no longer stored. Try again."),
    );
  }
  try {
    await client({ connection: signedIn.connection, credentials: token.credentials }).list();
  } catch (error) {
    const failure = toTirError(error);
    if (!isRefusal(failure)) {
      throw unfinished(failure, rotation.oldName, isFirst);
    }
    throw await undone(
      failure,
      l10n.t('TIR refused the new token, so it was deleted. Try again.'),
      l10n.t('TIR refused the new token. Try again.'),
    );
  }
}

/** Uses a token and signs in with it, wherever another one was in use. Does nothing if its value isn't stored. */
export async function replace(store: Store, from: NamedToken, to: NamedToken): Promise<void> {
  const [before, after] = [await store.tokenIfReadable(from), await store.tokenIfReadable(to)];
  if (!after) {
    return;
  }
  for (const use of (await store.uses()).filter((candidate) => sameToken(candidate, from))) {
    await store.use(to, use.folder);
  }
  await store.updateConnection(to.connectionId, ({ connection, credentials }) => {
    const isFrom = connection.signInTokenId === from.id || before?.credentials.token.equals(credentials.token) === true;
    return isFrom ? { connection: { ...connection, signInTokenId: to.id }, credentials: after.credentials } : undefined;
  });
}

/**
 * Ends a rotation without a new token. Whatever uses the new one gets the old one back. Deletes the new one only in the
 * call that created it; otherwise it may stay on TIR, with its value here.
 * @returns the new token if it's left on TIR, and whether TIR has the old one
 * @throws TirError if there's a new token, and TIR hasn't the old one any more
 */
export async function undo(
  { store, lists, calls, recordEnd }: RotationNeeds,
  records: RotationRecords,
  rotation: Rotation,
  newId: number | undefined,
  why: ErrorCode,
  isFirst: boolean,
): Promise<{ readonly left?: NamedToken; readonly isOldThere: boolean }> {
  const { connectionId, newName: name } = rotation;
  const old = oldOf(rotation);
  const listed = isFirst ? undefined : await calls.run(connectionId, (client) => client.list());
  const isThere = (id: number) => listed?.some((token) => token.id === id) ?? true;
  const isLeft = listed !== undefined && newId !== undefined && isThere(newId);
  if (newId !== undefined) {
    if (!isThere(old.id)) {
      throw stuck(why, old.name);
    }
    const token = { connectionId, id: newId, name };
    await replace(store, token, old);
    if (isFirst) {
      await calls.run(connectionId, deleteIfThere(newId));
      lists.remove(connectionId, newId);
    }
    if (!isLeft) {
      await store.forgetToken(token);
    }
  }
  await records.end(rotation);
  await recordEnd(old, { failed: why });
  return { isOldThere: isThere(old.id), ...(isLeft && { left: { connectionId, id: newId, name } }) };
}
