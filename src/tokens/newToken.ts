import type { NamedToken, Rotation } from '../secrets/records';
import type { Store } from '../secrets/store';
import { nextTokenName } from '../tir/input';
import type { TokenLists } from '../tir/lists';
import type { Token } from '../tir/token';
import { isRecent, wasCreatedFor } from './createAndDelete';
import type { SignedInCalls } from './signedInCalls';

/** Returns a name for the new token of a rotation, according to the loaded list. @param refused names that TIR refuses */
export async function nextName(
  { lists, store }: { readonly lists: TokenLists; readonly store: Store },
  connectionId: string,
  oldName: string,
  refused: readonly string[],
): Promise<string> {
  const { tokens } = lists.current(connectionId);
  // A stored value may belong to a deleted token. With the same name, recovery would take it for the new token's.
  const stored = await store.storedTokens(connectionId);
  return nextTokenName(oldName, new Set([...[...tokens, ...stored].map(({ name }) => name), ...refused]));
}

interface Needs {
  readonly store: Store;
  readonly calls: SignedInCalls;
  /** Records in the activity log that a new token's value was stored. */
  readonly recordStored: (token: NamedToken) => Promise<void>;
}

/**
 * Finds the new token of an unfinished rotation, and stores its value. Resolves to its ID if it's certain to be this
 * rotation's, or else to what may be `left` of the rotation: a token that somebody else may have created, or whose value
 * the person may have copied when it couldn't be stored. Only the person can tell, so it isn't deleted.
 */
export async function findNewToken(
  { store, calls, recordStored }: Needs,
  { connectionId, newName, newId, startedAt }: Rotation,
): Promise<{ readonly newId?: number; readonly left?: NamedToken }> {
  if (newId !== undefined) {
    return { newId };
  }
  const isNamed = ({ name }: { name: string }) => name === newName;
  // If the extension was killed after storing the value, the record doesn't have the ID yet.
  const stored = (await store.storedTokens(connectionId)).filter(isNamed);
  const own = stored.find((one) => one.rotation === startedAt);
  if (own) {
    return { newId: own.id };
  }
  const { found, isCertain } = await calls.run(connectionId, async (client) => {
    const one = await client.find((token: Token) => isNamed(token) && isRecent(token, startedAt + client.clockAhead));
    return { found: one, isCertain: one !== undefined && wasCreatedFor(one.token, startedAt + client.clockAhead) };
  });
  // One that's stored was created by something else on this machine.
  if (!found || stored.some(({ id }) => id === found.token.id)) {
    return {};
  }
  const { token, credentials } = found;
  const ref = { connectionId, id: token.id, name: newName };
  if (!credentials || !isCertain) {
    return { left: ref };
  }
  await store.saveToken(ref, { ...token, credentials, rotation: startedAt });
  await recordStored(ref);
  return { newId: token.id };
}
