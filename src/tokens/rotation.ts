import { l10n } from 'vscode';

import { TirError, toTirError } from '../base/errors';
import type { Credentials } from '../base/secret';
import { type NamedToken, type Rotation, sameToken, type TokenRef } from '../secrets/records';
import type { Store } from '../secrets/store';
import { successorName } from '../tir/input';
import type { TokenLists } from '../tir/lists';
import type { Token } from '../tir/token';
import { createOnTir, deleteIfThere, isRecent, type NewToken } from './createAndDelete';
import { notRotated, oldKept, type Recovery, type Rotated, unfinished } from './rotationOutcome';
import { oldOf, RotationRecords } from './rotationRecord';
import type { ClientOf, SignedInCalls } from './signedInCalls';

/** Shows a value that couldn't be stored to the person, who can keep it elsewhere. */
export type ShowValueOnce = (name: string, credentials: Credentials) => Promise<void>;

interface Needs {
  readonly store: Store;
  readonly lists: TokenLists;
  readonly calls: SignedInCalls;
  readonly client: ClientOf;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly showOnce: ShowValueOnce;
  /** Records how a rotation ended in the activity log. */
  readonly record: (old: NamedToken, outcome: Rotated) => Promise<void>;
}

/**
 * Replaces a token by a new one: creates it, stores its value, tests it, uses it wherever the old one was in use, and only
 * then deletes the old one. A record of its progress makes every step repeatable: after a kill, the next start finishes the
 * rotation, or undoes it if the new value was lost.
 */
export class Rotations {
  readonly #records: RotationRecords;

  constructor(private readonly needs: Needs) {
    this.#records = new RotationRecords(needs.store, needs.now);
  }

  /**
   * Resolves to the new token. Continues a rotation that was begun before.
   * @throws TirError `conflict` while another window rotates the token; else the code of the step that failed. Before
   *   the new value is stored nothing has changed; after that, the next call or start continues.
   */
  async rotate(ref: TokenRef, oldName: string): Promise<NamedToken> {
    const work = async (begun: Rotation | undefined) => {
      const recovery = begun && (await this.#recover(begun));
      if (recovery?.error) {
        throw recovery.error;
      }
      return recovery?.token ?? this.#begin(ref, oldName);
    };
    try {
      return await this.#records.exclusively({ ...ref, name: oldName }, work);
    } catch (thrown) {
      const error = toTirError(thrown);
      throw error.code === 'conflict' ? error : notRotated(error, oldName);
    }
  }

  /** The name that a new token would get, as far as the loaded list tells. */
  async nextName(connectionId: string, oldName: string): Promise<string> {
    const { lists, store } = this.needs;
    const { tokens } = lists.current(connectionId);
    // A stored value may have outlived its token: recovery would take it for the new token's.
    const stored = await store.storedTokens(connectionId);
    return successorName(oldName, new Set([...tokens, ...stored].map(({ name }) => name)));
  }

  /** Finishes or undoes rotations that this window left unfinished before, or that a closed window did. */
  async recoverAll(): Promise<Recovery[]> {
    const recoveries: Recovery[] = [];
    for (const left of await this.#records.abandoned()) {
      await this.#records.exclusively(oldOf(left), async (begun) => {
        // Another window may have ended it meanwhile, or signed out.
        if (begun && !(await this.needs.store.connection(begun.connectionId))) {
          await this.#records.end(begun);
        } else if (begun) {
          recoveries.push(await this.#recover(begun));
        }
      });
    }
    return recoveries;
  }

  async #begin(ref: TokenRef, oldName: string): Promise<NamedToken> {
    const { store, lists, calls, now, showOnce } = this.needs;
    const { connectionId, id: oldId } = ref;
    await lists.refresh(connectionId);
    const newName = await this.nextName(connectionId, oldName);
    const rotation = await this.#records.save({ connectionId, oldId, oldName, newName, startedAt: now() });
    let made: NewToken;
    try {
      made = await calls.run(connectionId, (client) => createOnTir(client, newName, now()));
    } catch (error) {
      await this.#notCreated(rotation, toTirError(error));
      throw error;
    }
    const { id: newId, token, credentials } = made;
    try {
      if (newId === undefined) {
        throw new TirError('bad-response', 'the creation answer has no "id"');
      }
      // By the name that recovery looks for, whatever the answer says.
      await store.saveNewToken({ connectionId, id: newId }, { ...token, name: newName, credentials });
    } catch (error) {
      await showOnce(newName, credentials);
      await this.#records.end(rotation);
      lists.refresh(connectionId).catch(() => undefined);
      throw error;
    }
    lists.add(connectionId, { id: newId, ...token });
    return this.#finish(await this.#records.save({ ...rotation, newId }));
  }

  /** Undoes a rotation whose new value was lost. If it's unknown whether there is a new token, the record stays for the next try. */
  async #notCreated(rotation: Rotation, { details }: TirError): Promise<void> {
    if (!details.unknown) {
      // If this fails too, the record is there for the next try.
      await this.#undo(rotation, details.lostId).catch(() => undefined);
    }
  }

  /** From a stored new value to the end. Every step can be repeated. */
  async #finish(rotation: Rotation & { newId: number }): Promise<NamedToken> {
    const { store, lists, calls, record } = this.needs;
    const token = { connectionId: rotation.connectionId, id: rotation.newId, name: rotation.newName };
    const old = oldOf(rotation);
    await this.#test(rotation);
    for (const use of (await store.uses()).filter((candidate) => sameToken(candidate, old))) {
      await store.use(token, use.folder);
    }
    await this.#signIn(rotation);
    try {
      await calls.run(old.connectionId, (client) => deleteIfThere(client, old.id));
    } catch (error) {
      const failure = toTirError(error);
      if (failure.code !== 'forbidden') {
        throw unfinished(failure, old.name);
      }
      // It stays forbidden: to try again at every start helps nobody.
      await this.#records.end(rotation);
      await record(old, { token, deletion: 'forbidden' });
      throw oldKept(failure, old.name);
    }
    lists.remove(old.connectionId, old.id);
    await store.forgetToken(old);
    await this.#records.end(rotation);
    await record(old, { token, deletion: 'ok' });
    return token;
  }

  /** Calls TIR with the new token's own credentials. If they're refused, undoes the rotation: the old token is still in use. */
  async #test(rotation: Rotation & { newId: number }): Promise<void> {
    const { store, client } = this.needs;
    const { connectionId, newId } = rotation;
    const [signedIn, token] = await Promise.all([
      store.connection(connectionId),
      store.token({ connectionId, id: newId }),
    ]);
    if (!signedIn) {
      throw new TirError('not-signed-in', 'the new token cannot be tested');
    }
    if (!token) {
      // Another window has deleted it meanwhile.
      await this.#undo(rotation, newId);
      throw new TirError('value-not-stored', 'the new token is gone', {
        undone: true,
        why: l10n.t('Its successor was deleted meanwhile.'),
      });
    }
    try {
      await client({ connection: signedIn.connection, credentials: token.credentials }).list();
    } catch (error) {
      const failure = toTirError(error);
      if (failure.code !== 'unauthorized') {
        throw unfinished(failure, rotation.oldName);
      }
      await this.#undo(rotation, newId);
      throw failure.with({ undone: true, why: l10n.t('TIR refused its successor, which was deleted again.') });
    }
  }

  /** Signs in with the new token if the project was signed in with the old one. */
  async #signIn({ connectionId, oldId, newId }: Rotation & { newId: number }): Promise<void> {
    const { store } = this.needs;
    const signedIn = await store.connection(connectionId);
    const old = await store.token({ connectionId, id: oldId });
    const token = await store.token({ connectionId, id: newId });
    const isOld =
      signedIn?.connection.signInTokenId === oldId ||
      (old !== undefined && signedIn?.credentials.token.equals(old.credentials.token));
    if (signedIn && token && isOld) {
      const connection = { ...signedIn.connection, signInTokenId: newId };
      await store.saveConnection({ connection, credentials: token.credentials });
    }
  }

  async #recover(rotation: Rotation): Promise<Recovery> {
    try {
      const newId = await this.#findNewToken(await this.#records.save(rotation));
      if (newId === undefined) {
        return { rotation, outcome: 'undone' };
      }
      const token = await this.#finish(await this.#records.save({ ...rotation, newId }));
      return { rotation, outcome: 'finished', token };
    } catch (thrown) {
      const error = toTirError(thrown);
      return { rotation, outcome: error.details.undone ? 'undone' : 'unfinished', error };
    }
  }

  /** Finds the new token with its value, and stores that. A token whose value never came is deleted: nobody has it. */
  async #findNewToken(rotation: Rotation): Promise<number | undefined> {
    const { store, calls } = this.needs;
    const { connectionId, newName, startedAt } = rotation;
    // After a kill between the two, the value is stored and the record doesn't say so yet.
    const stored = (await store.storedTokens(connectionId)).find(({ name }) => name === newName);
    const storedId = rotation.newId ?? stored?.id;
    if (storedId !== undefined) {
      return storedId;
    }
    const found = await calls.run(connectionId, (client) =>
      client.find((token: Token) => token.name === newName && isRecent(token, startedAt + client.clockAhead)),
    );
    if (!found?.credentials) {
      await this.#undo(rotation, found?.token.id);
      return undefined;
    }
    const { token, credentials } = found;
    await store.saveToken({ connectionId, id: token.id }, { ...token, credentials });
    return token.id;
  }

  async #undo(rotation: Rotation, newId: number | undefined): Promise<void> {
    const { store, lists, calls, record } = this.needs;
    const { connectionId } = rotation;
    if (newId !== undefined) {
      await calls.run(connectionId, (client) => deleteIfThere(client, newId));
      lists.remove(connectionId, newId);
      await store.forgetToken({ connectionId, id: newId });
    }
    await this.#records.end(rotation);
    await record(oldOf(rotation), 'undone');
  }
}
