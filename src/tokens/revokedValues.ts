import { isRefusal, toTirError } from '../base/errors';
import { sameToken, type TokenRef } from '../secrets/records';
import type { Store } from '../secrets/store';
import type { TirClient } from '../tir/client';
import type { TokenLists } from '../tir/lists';
import { ageInDays } from '../tir/times';
import type { Token } from '../tir/token';
import type { ClientOf } from './signedInCalls';

/**
 * Forgets stored values whose tokens were deleted on the TIR website or on another machine. A list may lack a token
 * that works, so each missing token is tested with its own credentials, and forgotten only if TIR refuses them. A token
 * in use stays, because the status bar reports it. So does a token of a rotation in progress, and one that is less than
 * a day old, which may not be in the list yet.
 */
export class RevokedValues {
  /** When the last checked list arrived, by connection ID. */
  readonly #checkedAt = new Map<string, number>();

  constructor(
    private readonly store: Store,
    private readonly lists: TokenLists,
    private readonly client: ClientOf,
    private readonly now: () => number,
  ) {}

  /** Checks each loaded list once. Resolves to the tokens it forgot. @throws TirError `storage-failed` */
  async forgetRevoked(connectionId: string): Promise<TokenRef[]> {
    const { at, error, loading, tokens } = this.lists.current(connectionId);
    if (at === undefined || error || loading || this.#checkedAt.get(connectionId) === at) {
      return [];
    }
    this.#checkedAt.set(connectionId, at);
    const signedIn = await this.store.connection(connectionId);
    const candidates = signedIn ? await this.#missing(connectionId, tokens) : [];
    const forgotten: TokenRef[] = [];
    for (const { id, credentials } of candidates) {
      if (signedIn && (await isRefused(this.client({ ...signedIn, credentials })))) {
        await this.store.forgetToken({ connectionId, id });
        forgotten.push({ connectionId, id });
      }
    }
    return forgotten;
  }

  async #missing(connectionId: string, tokens: readonly Token[]) {
    const stored = await this.store.storedTokens(connectionId);
    const [uses, rotations] = await Promise.all([this.store.uses(), this.store.rotations()]);
    return stored.filter(({ id, created }) => {
      const ref = { connectionId, id };
      const isRotating = rotations.some(
        (one) => one.connectionId === connectionId && [one.oldId, one.newId].includes(id),
      );
      return (
        (ageInDays(created, this.now()) ?? 1) >= 1 &&
        !isRotating &&
        !tokens.some((token) => token.id === id) &&
        !uses.some((use) => sameToken(use, ref))
      );
    });
  }
}

/** Tests a client's credentials with a call. Resolves to whether TIR refuses them for certain. */
export async function isRefused(client: TirClient, signal?: AbortSignal): Promise<boolean> {
  try {
    await client.list(signal);
    return false;
  } catch (error) {
    return isRefusal(toTirError(error));
  }
}
