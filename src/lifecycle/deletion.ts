import type { TirClient } from '../tir/client';
import { toTirError } from '../tir/errors';
import { mayHaveWorked } from './creation';

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
