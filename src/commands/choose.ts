import * as vscode from 'vscode';

import type { Connection, SignedIn, StoredToken } from '../secrets/records';
import { TirError } from '../tir/errors';
import type { Token } from '../tir/token';
import { dateText, plain } from '../view/sentences';
import { refusal } from './argument';
import type { Parts } from './parts';
import { askPick } from './quickInput';
import { withProgress } from './progress';

const { t } = vscode.l10n;

/** A token by the place where it is. */
export interface TokenRef {
  readonly connectionId: string;
  readonly id: number;
}

/** The connection that is named, else the only one, else the one that the person picks. */
export async function chooseConnection(parts: Parts, title: string, id: string | undefined): Promise<SignedIn> {
  const connections = await parts.store.connections();
  const chosen = id ?? (connections.length > 1 ? await pickConnection(title, connections) : connections[0]?.id);
  const signedIn = chosen === undefined ? undefined : await parts.store.connection(chosen);
  if (!signedIn) {
    throw new TirError('not-signed-in', 'no such connection');
  }
  return signedIn;
}

async function pickConnection(title: string, connections: readonly Connection[]): Promise<string> {
  const items = connections.map(({ id, label }) => ({ label: plain(label), id }));
  return (await askPick({ title, step: 1, totalSteps: 1 }, t('Project'), items)).id;
}

/** The token that is named, else the one that the person picks. */
export async function chooseToken(
  parts: Parts,
  title: string,
  given: { id?: number | undefined; connectionId?: string | undefined },
): Promise<TokenRef> {
  const { connection } = await chooseConnection(parts, title, given.connectionId);
  if (given.id !== undefined) {
    return { connectionId: connection.id, id: given.id };
  }
  const [tokens, stored] = [await loadTokens(parts, connection), await parts.store.storedIds(connection.id)];
  if (tokens.length === 0) {
    throw refusal('not-found', t('The project has no tokens of yours yet. Create one first.'));
  }
  const items = [...tokens]
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((token) => ({
      label: plain(token.name),
      description: typeof token.created === 'number' ? t('created {0}', dateText(token.created)) : '',
      detail: stored.has(token.id) ? undefined : t('The value is not stored on this machine'),
      id: token.id,
    }));
  const { id } = await askPick({ title, step: 1, totalSteps: 1 }, t('Token'), items);
  return { connectionId: connection.id, id };
}

/** The tokens of a project: those at hand, else from the API with progress shown. */
export async function loadTokens(parts: Parts, connection: Connection): Promise<readonly Token[]> {
  return withProgress(t('Loading tokens…'), (signal) => untilCancelled(parts.lists.get(connection.id), signal));
}

/** A token of the list. One that the list at hand lacks is looked up once more: it may have been made since, elsewhere. */
export async function findToken(parts: Parts, connection: Connection, id: number): Promise<Token | undefined> {
  const find = (tokens: readonly Token[]) => tokens.find((token) => token.id === id);
  return find(await loadTokens(parts, connection)) ?? find(await parts.lists.refresh(connection.id));
}

/**
 * A token with its value: the stored one, else the one that the list carries.
 * @throws TirError `value-not-stored` where neither is, `not-found` where the token is not
 */
export async function tokenWithValue(parts: Parts, ref: TokenRef): Promise<StoredToken> {
  const stored = await parts.store.token(ref.connectionId, ref.id);
  if (stored) {
    return stored;
  }
  const signedIn = await parts.store.connection(ref.connectionId);
  if (!signedIn) {
    throw new TirError('not-signed-in', 'no such connection');
  }
  const found = await withProgress(t('Looking for the value of the token…'), (signal) =>
    parts.client(signedIn).find(ref.id, signal),
  );
  if (!found) {
    throw noSuchToken(ref.id);
  }
  if (!found.credentials) {
    throw new TirError('value-not-stored', 'the list carries no values', {
      what: t('The token "{0}" cannot be used yet.', plain(found.token.name)),
      token: ref,
    });
  }
  return { name: found.token.name, credentials: found.credentials };
}

export function noSuchToken(id: number): TirError {
  return new TirError('not-found', 'no such token', { what: t('There is no token with the id {0}.', id) });
}

/** Ends the waiting, not the work: for work that others wait for too, or that must not be torn. */
export function untilCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new TirError('cancelled', 'cancelled'));
    });
    work.then(resolve, reject);
  });
}
