import { type ErrorCode, toTirError } from '../base/errors';
import type { Credentials } from '../base/secret';
import type { SignedIn } from '../secrets/records';
import type { Store } from '../secrets/store';
import type { TirClient } from '../tir/client';
import { timeOf, withStoredTimes } from '../tir/times';
import type { Token } from '../tir/token';

/** Creates the API client of a signed-in project. */
export type ClientOf = (signedIn: SignedIn) => TirClient;

/**
 * Calls the API for signed-in projects. Use a client directly only to test credentials. If TIR refuses the token that a
 * project is signed in with, because it was deleted or has expired, this class signs the project in with another of its
 * tokens whose value is stored on this machine.
 */
export class SignedInCalls {
  constructor(
    private readonly store: Store,
    private readonly client: ClientOf,
    /** Called when TIR refuses a call, to record it in the activity log. */
    private readonly onRefusal: (connectionId: string, code: ErrorCode) => void,
  ) {}

  /**
   * Runs `work` with the project's client. If its token is refused and the project moves on to another one, runs `work`
   * again, which is safe because a refused call had no effect. @throws TirError
   */
  async run<T>(connectionId: string, work: (client: TirClient) => Promise<T>): Promise<T> {
    const signedIn = await this.store.signedIn(connectionId);
    try {
      return await work(this.client(signedIn));
    } catch (error) {
      const { code } = toTirError(error);
      if (code === 'unauthorized' || code === 'forbidden') {
        this.onRefusal(connectionId, code);
      }
      if (code !== 'unauthorized' || !(await this.#switchSignInToken(connectionId, signedIn.credentials))) {
        throw error;
      }
      return work(this.client(await this.store.signedIn(connectionId)));
    }
  }

  /** Lists a project's tokens, with their creation times as far as they're known here. @throws TirError */
  async list(connectionId: string, signal?: AbortSignal): Promise<Token[]> {
    return completeTimes(this.store, connectionId, await this.run(connectionId, (client) => client.list(signal)));
  }

  /**
   * Signs the project in with its newest stored token that works, unless another window has already replaced the
   * refused one. Resolves to whether the project is now signed in with another token.
   */
  async #switchSignInToken(connectionId: string, refused: Credentials): Promise<boolean> {
    const { connection, credentials: present } = await this.store.signedIn(connectionId);
    if (!present.token.equals(refused.token)) {
      return true;
    }
    const tokens = (await this.store.storedTokens(connectionId)).sort((a, b) => b.id - a.id);
    for (const { id, credentials } of tokens.filter((token) => !token.credentials.token.equals(present.token))) {
      try {
        await this.client({ connection, credentials }).list();
        return await this.store.updateConnection(connectionId, (now) =>
          // Unless another window was quicker, which is as good.
          now.credentials.token.equals(refused.token)
            ? { connection: { ...now.connection, signInTokenId: id }, credentials }
            : now,
        );
      } catch (error) {
        if (toTirError(error).code !== 'unauthorized') {
          return false;
        }
      }
    }
    return false;
  }
}

/**
 * Completes the times of listed tokens from the stored ones, and the stored ones that lack a time from the list: a
 * record is older than its list if it was written when only TIR's words were known.
 */
export async function completeTimes(store: Store, connectionId: string, listed: readonly Token[]): Promise<Token[]> {
  const stored = new Map((await store.storedTokens(connectionId)).map((token) => [token.id, token]));
  const tokens = listed.map((token) => withStoredTimes(token, stored.get(token.id)));
  for (const { id, created, expires } of tokens) {
    const record = stored.get(id);
    if (record && timeOf(created) !== undefined && timeOf(record.created) === undefined) {
      // A list that has arrived doesn't fail because the storage does.
      await store.saveTimes({ connectionId, id }, { created, expires }).catch(() => undefined);
    }
  }
  return tokens;
}
