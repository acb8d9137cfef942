import { TirError, toTirError } from '../base/errors';
import type { Credentials } from '../base/secret';
import type { FoundToken, TirClient } from '../tir/client';
import type { Token } from '../tir/token';
import type { Created } from '../tir/wire';

/** A token that was made just now. Its id is missing where neither the answer nor the list gave one. */
export interface NewToken {
  readonly id: number | undefined;
  readonly token: Omit<Token, 'id'>;
  readonly credentials: Credentials;
}

/** Clocks differ: only an entry that is older than this before the call was certainly not made by it. Milliseconds. */
const clockSkew = 15 * 60 * 1000;

/**
 * Creates a token, with one POST. An answer that is lost or incomplete is completed from the list.
 * @param name one that no token of the list has
 * @param now milliseconds since 1970
 * @throws TirError `value-lost`, with `lostId`, where the token is there and its value is not to be had; and
 *   whatever the call failed with where no token was created, or where nobody can say (`unknown`)
 */
export async function createOnTir(client: TirClient, name: string, now: number): Promise<NewToken> {
  let created: Created | undefined;
  let failure: TirError | undefined;
  try {
    created = await client.create(name);
    if (created.id !== undefined && created.credentials) {
      return { id: created.id, token: created.token, credentials: created.credentials };
    }
  } catch (error) {
    failure = toTirError(error);
    if (!mayHaveWorked(failure)) {
      throw failure;
    }
  }
  // The clock that times are by is known once the list has been answered.
  const isNew = (token: Token) => token.name === name && isRecent(token, now + client.clockAhead);
  const id = created?.id;
  let found: FoundToken | undefined;
  try {
    found = await client.find(id === undefined ? isNew : (token) => token.id === id);
  } catch {
    failure = failure?.with({ unknown: true });
  }
  if (!found && failure) {
    throw failure;
  }
  const credentials = created?.credentials ?? found?.credentials;
  const madeId = id ?? found?.token.id;
  const token = created?.token ?? found?.token;
  if (!credentials || !token) {
    throw new TirError('value-lost', 'the value did not arrive', madeId === undefined ? {} : { lostId: madeId });
  }
  return { id: madeId, token, credentials };
}

/** Whether a call that failed so may have done its work all the same. */
export function mayHaveWorked({ code, details }: TirError): boolean {
  return (
    details.sent !== false &&
    (code === 'offline' || code === 'timeout' || code === 'bad-response' || code === 'server-error')
  );
}

/** Whether a listed token can be one that was asked for at that time. @param askedAt by the server's clock */
export function isRecent({ created }: Token, askedAt: number): boolean {
  return typeof created !== 'number' || created > askedAt - clockSkew;
}

/**
 * Deletes a token. Where the answer is lost or cannot be read, the list says whether it is gone.
 * @throws TirError whatever the call failed with: with `gone` where the token was not there to delete, with `unknown`
 *   where it may or may not be
 */
export async function deleteOnTir(client: TirClient, id: number, signal?: AbortSignal): Promise<void> {
  try {
    await client.delete(id, signal);
  } catch (thrown) {
    const error = toTirError(thrown);
    // "Not found" may be some gateway's word: nothing is forgotten before the list says so too.
    const isMissing = error.code === 'not-found';
    if (!isMissing && !mayHaveWorked(error)) {
      throw error;
    }
    const found = await client
      .find((token) => token.id === id, signal)
      .catch(() => {
        throw error.with({ unknown: true });
      });
    if (found || isMissing) {
      throw error.with(found ? { listed: true } : { gone: true });
    }
  }
}

/** The same, where a token that is gone already is what was wanted. */
export async function deleteIfThere(client: TirClient, id: number, signal?: AbortSignal): Promise<void> {
  try {
    await deleteOnTir(client, id, signal);
  } catch (error) {
    if (!toTirError(error).details.gone) {
      throw error;
    }
  }
}
