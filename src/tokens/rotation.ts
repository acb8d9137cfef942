import { TirError, toTirError } from '../base/errors';
import { type Rotation, sameToken, type TokenRef } from '../secrets/records';
import type { Store } from '../secrets/store';
import { successorName } from '../tir/input';
import type { TokenLists } from '../tir/lists';
import type { Token } from '../tir/token';
import { createOnTir, deleteIfThere, isRecent, type NewToken } from './createAndDelete';
import { RotationRecords, oldOf } from './rotationRecord';
import type { ClientOf, SignedInCalls } from './signedInCalls';

export type Successor = TokenRef & { readonly name: string };

/** Gets a value that could be neither stored nor found again. */
export type ShowOnce = (name: string, made: NewToken) => Promise<void>;

/** What became of a rotation that was found unfinished. */
export interface Recovery {
  readonly rotation: Rotation;
  readonly outcome: 'finished' | 'taken-back' | 'unfinished';
  readonly successor?: Successor;
  /** Why it is unfinished. */
  readonly error?: TirError;
}

/**
 * Replaces a token by a successor: create, store, prove, put to use wherever the old one was, and only then
 * delete the old one. A record of how far it is makes every step repeatable: killed after any of them, the
 * next start finishes the rotation, or takes it back where the successor's value was lost.
 */
export class Rotations {
  readonly #journal: RotationRecords;

  constructor(
    private readonly store: Store,
    private readonly lists: TokenLists,
    private readonly sessions: SignedInCalls,
    private readonly client: ClientOf,
    private readonly now: () => number,
  ) {
    this.#journal = new RotationRecords(store, now);
  }

  /**
   * Resolves to the successor. One that was begun before goes on.
   * @throws TirError `conflict` while another window rotates the token; else the code of the step that failed:
   *   before the successor is stored nothing has changed, after it the next call or start goes on
   */
  async rotate(ref: TokenRef, oldName: string, showOnce: ShowOnce): Promise<Successor> {
    return this.#journal.alone(ref, async (begun) => {
      if (begun) {
        const { outcome, error, successor } = await this.#recover(begun);
        if (error) {
          throw error;
        }
        if (outcome === 'finished' && successor) {
          return successor;
        }
      }
      return this.#begin(ref, oldName, showOnce);
    });
  }

  /** The name of a successor, as far as the list tells that is here. */
  async nextName(connectionId: string, oldName: string): Promise<string> {
    const { tokens } = this.lists.current(connectionId);
    // A stored value may have outlived its token: its name would be taken for the successor's.
    const stored = await this.store.storedTokens(connectionId);
    return successorName(oldName, new Set([...tokens, ...stored].map(({ name }) => name)));
  }

  /** Finishes or takes back what was left unfinished here, by this window before or by one that is gone. */
  async recoverAll(): Promise<Recovery[]> {
    const recoveries: Recovery[] = [];
    for (const left of await this.#journal.abandoned()) {
      await this.#journal.alone(oldOf(left), async (begun) => {
        // Another window may have ended it meanwhile, or signed out.
        if (begun && !(await this.store.connection(begun.connectionId))) {
          await this.#journal.end(begun);
        } else if (begun) {
          recoveries.push(await this.#recover(begun));
        }
      });
    }
    return recoveries;
  }

  async #begin(ref: TokenRef, oldName: string, showOnce: ShowOnce): Promise<Successor> {
    const { connectionId, id: oldId } = ref;
    await this.lists.refresh(connectionId);
    const newName = await this.nextName(connectionId, oldName);
    const rotation = await this.#journal.note({ connectionId, oldId, oldName, newName, startedAt: this.now() });
    let made: NewToken;
    try {
      made = await this.sessions.call(connectionId, (client) => createOnTir(client, newName, this.now()));
    } catch (error) {
      await this.#notCreated(rotation, toTirError(error));
      throw error;
    }
    const { id: newId, token, credentials } = made;
    try {
      if (newId === undefined) {
        throw new TirError('bad-response', 'the creation answer has no "id"');
      }
      // Under the name that it is looked for, whatever the answer calls it.
      await this.store.saveToken({ connectionId, id: newId }, { ...token, name: newName, credentials });
    } catch (error) {
      await showOnce(newName, made);
      await this.#journal.end(rotation);
      this.lists.refresh(connectionId).catch(() => undefined);
      throw error;
    }
    this.lists.add(connectionId, { id: newId, ...token });
    return this.#finish(await this.#journal.note({ ...rotation, newId }));
  }

  /** A creation of which nothing is known stays on record, to be looked for later; a lost value is taken back. */
  async #notCreated(rotation: Rotation, { details }: TirError): Promise<void> {
    if (!details.unknown) {
      // Where this fails too, the record is there for the next try.
      await this.#takeBack(rotation, details.lostId).catch(() => undefined);
    }
  }

  /** From a successor that is stored to the end. Every step may be repeated. */
  async #finish(rotation: Rotation & { newId: number }): Promise<Successor> {
    const successor = { connectionId: rotation.connectionId, id: rotation.newId, name: rotation.newName };
    const old = oldOf(rotation);
    await this.#prove(rotation);
    for (const use of (await this.store.uses()).filter((candidate) => sameToken(candidate, old))) {
      await this.store.use(successor, use.folder);
    }
    await this.#signIn(rotation);
    try {
      await this.sessions.call(old.connectionId, (client) => deleteIfThere(client, old.id));
    } catch (error) {
      const failure = toTirError(error);
      if (failure.code !== 'forbidden') {
        throw failure.with({ rotation: 'unfinished' });
      }
      // It stays forbidden: to try again at every start helps nobody.
      await this.#journal.end(rotation);
      throw failure.with({ rotation: 'old-kept' });
    }
    this.lists.remove(old.connectionId, old.id);
    await this.store.forgetToken(old);
    await this.#journal.end(rotation);
    return successor;
  }

  /** One call with the successor's own credentials. Where they are refused the rotation is taken back: the old token is still in use. */
  async #prove(rotation: Rotation & { newId: number }): Promise<void> {
    const { connectionId, newId } = rotation;
    const [signedIn, token] = await Promise.all([
      this.store.connection(connectionId),
      this.store.token({ connectionId, id: newId }),
    ]);
    if (!signedIn) {
      throw new TirError('not-signed-in', 'the successor cannot be proved');
    }
    if (!token) {
      // Another window has deleted it meanwhile.
      await this.#takeBack(rotation, newId);
      throw new TirError('value-not-stored', 'the successor is gone', { rotation: 'taken-back' });
    }
    try {
      await this.client({ connection: signedIn.connection, credentials: token.credentials }).list();
    } catch (error) {
      const failure = toTirError(error);
      if (failure.code !== 'unauthorized') {
        throw failure.with({ rotation: 'unfinished' });
      }
      await this.#takeBack(rotation, newId);
      throw failure.with({ rotation: 'taken-back' });
    }
  }

  /** The connection moves on, where it was signed in with the old token. */
  async #signIn({ connectionId, oldId, newId }: Rotation & { newId: number }): Promise<void> {
    const signedIn = await this.store.connection(connectionId);
    const old = await this.store.token({ connectionId, id: oldId });
    const token = await this.store.token({ connectionId, id: newId });
    const isOld =
      signedIn?.connection.signInTokenId === oldId ||
      (old !== undefined && signedIn?.credentials.token.equals(old.credentials.token));
    if (signedIn && token && isOld) {
      const connection = { ...signedIn.connection, signInTokenId: newId };
      await this.store.saveConnection({ connection, credentials: token.credentials });
    }
  }

  async #recover(rotation: Rotation): Promise<Recovery> {
    try {
      const newId = await this.#findSuccessor(await this.#journal.note(rotation));
      if (newId === undefined) {
        return { rotation, outcome: 'taken-back' };
      }
      const successor = await this.#finish(await this.#journal.note({ ...rotation, newId }));
      return { rotation, outcome: 'finished', successor };
    } catch (thrown) {
      const error = toTirError(thrown);
      return { rotation, outcome: error.details.rotation === 'taken-back' ? 'taken-back' : 'unfinished', error };
    }
  }

  /** The successor with its value stored. One whose value never came is taken back: nobody has it, and nobody will. */
  async #findSuccessor(rotation: Rotation): Promise<number | undefined> {
    const { connectionId, newName, startedAt } = rotation;
    // Killed between the two, the value is stored and the record does not say so yet.
    const stored = (await this.store.storedTokens(connectionId)).find(({ name }) => name === newName);
    const storedId = rotation.newId ?? stored?.id;
    if (storedId !== undefined) {
      return storedId;
    }
    const found = await this.sessions.call(connectionId, (client) =>
      client.find((token: Token) => token.name === newName && isRecent(token, startedAt + client.clockAhead)),
    );
    if (!found?.credentials) {
      await this.#takeBack(rotation, found?.token.id);
      return undefined;
    }
    const { token, credentials } = found;
    await this.store.saveToken({ connectionId, id: token.id }, { ...token, credentials });
    return token.id;
  }

  async #takeBack(rotation: Rotation, newId: number | undefined): Promise<void> {
    const { connectionId } = rotation;
    if (newId !== undefined) {
      await this.sessions.call(connectionId, (client) => deleteIfThere(client, newId));
      this.lists.remove(connectionId, newId);
      await this.store.forgetToken({ connectionId, id: newId });
    }
    await this.#journal.end(rotation);
  }
}
