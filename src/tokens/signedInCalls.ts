import { type ErrorCode, toTirError } from '../base/errors';
import type { Credentials } from '../base/secret';
import type { SignedIn } from '../secrets/records';
import type { Store } from '../secrets/store';
import type { TirClient } from '../tir/client';

/** The API as one who is signed in. */
export type ClientOf = (signedIn: SignedIn) => TirClient;

/**
 * The API by connection. Where the token that a connection is signed in with is refused, since it was deleted
 * or has expired, the connection moves on to another one of the project whose value is stored here.
 */
export class SignedInCalls {
  constructor(
    private readonly store: Store,
    private readonly client: ClientOf,
    /** Is told of every refusal, for the audit trail. */
    private readonly refused: (connectionId: string, code: ErrorCode) => void,
  ) {}

  /**
   * Calls as the one who is signed in; and once more, where that is refused, as the token that it moved on to.
   * A refused call did nothing, so that any may be sent again. @throws TirError
   */
  async run<T>(connectionId: string, work: (client: TirClient) => Promise<T>): Promise<T> {
    const signedIn = await this.store.signedIn(connectionId);
    try {
      return await work(this.client(signedIn));
    } catch (error) {
      const { code } = toTirError(error);
      if (code === 'unauthorized' || code === 'forbidden') {
        this.refused(connectionId, code);
      }
      if (code !== 'unauthorized' || !(await this.#moveOn(connectionId, signedIn.credentials))) {
        throw error;
      }
      return work(this.client(await this.store.signedIn(connectionId)));
    }
  }

  /**
   * Signs the connection in with the newest stored token that is not the refused one and works, unless another window
   * has done that meanwhile. Resolves to whether it is signed in with another one now.
   */
  async #moveOn(connectionId: string, refused: Credentials): Promise<boolean> {
    const { connection, credentials: present } = await this.store.signedIn(connectionId);
    if (!present.token.equals(refused.token)) {
      return true;
    }
    const tokens = (await this.store.storedTokens(connectionId)).sort((a, b) => b.id - a.id);
    for (const { id, credentials } of tokens.filter((token) => !token.credentials.token.equals(present.token))) {
      const next = { connection: { ...connection, signInTokenId: id }, credentials };
      try {
        await this.client(next).list();
        await this.store.saveConnection(next);
        return true;
      } catch (error) {
        if (toTirError(error).code !== 'unauthorized') {
          return false;
        }
      }
    }
    return false;
  }
}
