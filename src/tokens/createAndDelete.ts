import { TirError, toTirError } from '../base/errors';
import type { Credentials } from '../base/secret';
import type { FoundToken, TirClient } from '../tir/client';
import { latestOf, type TokenTimes, withStoredTimes } from '../tir/times';
import type { Token } from '../tir/token';
import type { Created } from '../tir/wire';

/** A token that was just created. Its ID is undefined if neither the answer nor the list contained it. */
export interface NewToken {
  readonly id: number | undefined;
  readonly token: Omit<Token, 'id'>;
  readonly credentials: Credentials;
}

/** Milliseconds by which a token may look older than the call that created it, because clocks differ. */
const clockSkew = 15 * 60 * 1000;

/**
 * Creates a token with one POST. If the answer is lost or incomplete, looks for the token in the list.
 * @param name a name that no listed token has
 * @param now milliseconds since 1970
 * @throws TirError `value-lost` if the value can't be retrieved: with `lostId`, if known, after an answer; with `left` if
 *   the list has a token that this call may have created; with `unknown` if the list couldn't be loaded. Otherwise the
 *   error of the POST, with `unknown` if the token may have been created
 */
export async function createOnTir(client: TirClient, name: string, now: number): Promise<NewToken> {
  let created: Created | undefined;
  let failure: TirError | undefined;
  try {
    created = await client.create(name);
  } catch (error) {
    failure = toTirError(error);
    if (!mayHaveWorked(failure)) {
      throw failure;
    }
  }
  const id = created?.id;
  if (created?.credentials && id !== undefined) {
    return { id, token: created.token, credentials: created.credentials };
  }
  // `find` calls this after its answer has updated `clockAhead`.
  const isNew = (token: Token) => token.name === name && isRecent(token, now + client.clockAhead);
  let found: FoundToken | undefined;
  let isListed = true;
  try {
    found = await client.find(id === undefined ? isNew : (token) => token.id === id);
  } catch {
    isListed = false;
    failure = failure?.with({ unknown: true });
  }
  if (!found && failure) {
    // TIR may still be working on a call that it hasn't answered in time.
    throw failure.code === 'timeout' ? failure.with({ unknown: true }) : failure;
  }
  // Names are unique on TIR. Without an answer, a token of this name may be another machine's.
  const isOurs = created !== undefined || (found && wasCreatedFor(found.token, now + client.clockAhead));
  const credentials = created?.credentials ?? (isOurs ? found?.credentials : undefined);
  const madeId = id ?? found?.token.id;
  // Words alone say less than the moment of the call.
  const token =
    created?.token ?? (found && withStoredTimes(found.token, { created: now + client.clockAhead, expires: undefined }));
  if (!credentials || !token) {
    throw new TirError('value-lost', 'the value did not arrive', {
      ...(created && madeId !== undefined && { lostId: madeId }),
      ...(!created && found && { left: { id: found.token.id, name } }),
      // The list may have the value.
      ...(!isListed && { unknown: true }),
    });
  }
  return { id: madeId, token, credentials };
}

/** Checks if a call that failed with this error may have succeeded on TIR. */
export function mayHaveWorked({ code, details }: TirError): boolean {
  return (
    details.sent !== false &&
    (code === 'offline' || code === 'timeout' || code === 'bad-response' || code === 'server-error')
  );
}

/** Milliseconds before and after the start of a call within which it created its token, if it did. */
const [earliest, latest] = [60_000, 3 * 60_000];

/**
 * Checks if a token's exact creation time fits a call. A day or words aren't exact enough.
 * @param askedAt when the call began, by the server's clock
 */
export function wasCreatedFor({ created }: TokenTimes, askedAt: number): boolean {
  return typeof created === 'number' && created > askedAt - earliest && created < askedAt + latest;
}

/** Checks if a call can have created this listed token. @param askedAt when the call began, by the server's clock */
export function isRecent({ created }: Token, askedAt: number): boolean {
  const last = latestOf(created);
  return last === undefined || last > askedAt - clockSkew;
}

/** Work that {@link SignedInCalls.run} may run twice: again with another token that signs in. */
type Deletion = (client: TirClient) => Promise<void>;

/**
 * Returns the work that deletes a token. If the answer is lost or can't be read, it checks the list for the token.
 * @throws TirError the error of the call: with `gone` if the token didn't exist, with `listed` if it's still in the
 *   list, with `unknown` if the list couldn't be loaded
 */
export function deleteOnTir(id: number): Deletion {
  let isRepeated = false;
  return async (client) => {
    try {
      await client.delete(id);
    } catch (thrown) {
      const error = toTirError(thrown);
      isRepeated ||= error.details.repeated === true;
      // "Not found" may come from a gateway. The token counts as gone only if the list agrees.
      const isMissing = error.code === 'not-found';
      if (!isMissing && !mayHaveWorked(error)) {
        throw error;
      }
      const found = await client
        .find((token) => token.id === id)
        .catch(() => {
          throw error.with({ unknown: true });
        });
      if (found) {
        // TIR may still be working on a call that it hasn't answered in time.
        throw error.with(error.code === 'timeout' ? { unknown: true } : { listed: true });
      }
      // An earlier attempt, whose answer was lost, may have deleted it.
      if (isMissing && !isRepeated) {
        throw error.with({ gone: true });
      }
    }
  };
}

/** Returns the work that deletes a token like {@link deleteOnTir}, but succeeds if it's already gone. */
export function deleteIfThere(id: number): Deletion {
  const deletion = deleteOnTir(id);
  return async (client) => {
    try {
      await deletion(client);
    } catch (error) {
      if (!toTirError(error).details.gone) {
        throw error;
      }
    }
  };
}
