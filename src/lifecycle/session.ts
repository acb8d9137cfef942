import type { Connection, SignedIn } from '../secrets/records';
import type { Store } from '../secrets/store';
import type { TirClient } from '../tir/client';
import { TirError, toTirError, type ErrorCode } from '../tir/errors';

/** The API as one who is signed in. */
export type ClientOf = (signedIn: SignedIn) => TirClient;

/**
 * The API by connection. Where the token that a connection is signed in with is refused, since it was deleted
 * or has expired, the connection moves on to another one of the project whose value is stored here.
 */
export class Sessions {
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
  async call<T>(connectionId: string, work: (client: TirClient) => Promise<T>): Promise<T> {
    const signedIn = await this.#signedIn(connectionId);
    try {
      return await work(this.client(signedIn));
    } catch (error) {
      const { code } = toTirError(error);
      if (code === 'unauthorized' || code === 'forbidden') {
        this.refused(connectionId, code);
      }
      if (code !== 'unauthorized' || !(await this.moveOn(connectionId))) {
        throw error;
      }
      return work(this.client(await this.#signedIn(connectionId)));
    }
  }

  /**
   * Signs the connection in with the newest stored token that is not the present one and works. Resolves to
   * whether there is one.
   */
  async moveOn(connectionId: string): Promise<boolean> {
    const signedIn = await this.#signedIn(connectionId);
    const ids = [...(await this.store.storedIds(connectionId))].sort((a, b) => b - a);
    for (const id of ids) {
      const token = await this.store.token({ connectionId, id });
      if (!token || token.credentials.token.equals(signedIn.credentials.token)) {
        continue;
      }
      try {
        await this.signInAs(signedIn.connection, id, token.credentials);
        return true;
      } catch (error) {
        if (toTirError(error).code !== 'unauthorized') {
          return false;
        }
      }
    }
    return false;
  }

  /** Proves with one call that the credentials work, and keeps them for the connection. @throws TirError */
  async signInAs(connection: Connection, id: number, credentials: SignedIn['credentials']): Promise<void> {
    const signedIn = { connection: { ...connection, signInTokenId: id }, credentials };
    await this.client(signedIn).list();
    await this.store.saveConnection(signedIn);
  }

  async #signedIn(connectionId: string): Promise<SignedIn> {
    const signedIn = await this.store.connection(connectionId);
    if (!signedIn) {
      throw new TirError('not-signed-in', 'no such connection');
    }
    return signedIn;
  }
}
