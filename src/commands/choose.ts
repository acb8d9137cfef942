import * as vscode from 'vscode';

import { refusal, TirError } from '../base/errors';
import { singleStep, askPick, withProgress } from '../base/prompts';
import { dateText, plain } from '../base/sentences';
import { settings } from '../base/settings';
import { type Connection, sameToken, type SignedIn, type StoredToken, type TokenRef } from '../secrets/records';
import type { Services } from '../services';
import { daysLeft, expiryState, type Token } from '../tir/token';
import { expiresIn } from '../view/nodes';

/** The connection that is named, else the only one, else the one that the person picks. */
export async function chooseConnection(services: Services, title: string, id: string | undefined): Promise<SignedIn> {
  const connections = await services.store.connections();
  const chosen = id ?? (connections.length > 1 ? await pickConnection(title, connections) : connections[0]?.id);
  return services.store.signedIn(chosen);
}

async function pickConnection(title: string, connections: readonly Connection[]): Promise<string> {
  const items = connections.map(({ id, label }) => ({ label: plain(label), id }));
  return (await askPick(singleStep(title), vscode.l10n.t('Project'), items)).id;
}

/** The token that is named, else the one that the person picks among those of all projects. */
export async function chooseToken(
  services: Services,
  title: string,
  given: { id?: number | undefined; connectionId?: string | undefined },
): Promise<TokenRef> {
  if (given.id !== undefined) {
    const { connection } = await chooseConnection(
      services,
      title,
      given.connectionId ?? (await onlyConnectionOf(services, given.id)),
    );
    return { connectionId: connection.id, id: given.id };
  }
  const all = await services.store.connections();
  const connections = all.filter(({ id }) => id === (given.connectionId ?? id));
  if (connections.length === 0) {
    throw new TirError('not-signed-in', 'no such connection');
  }
  const results = await Promise.allSettled(
    connections.map((connection) => tokenItems(services, connection, all.length > 1)),
  );
  const items = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  if (items.length === 0) {
    // One project that does not answer must not stand in the way of the others.
    const failed = results.find((result) => result.status === 'rejected');
    throw (
      failed?.reason ?? refusal('not-found', vscode.l10n.t('The project has no tokens of yours yet. Create one first.'))
    );
  }
  // What was used last is what one comes back to.
  items.sort((a, b) => (b.used ?? 0) - (a.used ?? 0) || a.label.localeCompare(b.label));
  return (await askPick(singleStep(title), vscode.l10n.t('Token'), items)).ref;
}

/** The one connection that is known to have a token of this id, where it is one. */
async function onlyConnectionOf(services: Services, id: number): Promise<string | undefined> {
  const homes: string[] = [];
  for (const connection of await services.store.connections()) {
    const isStored = (await services.store.storedIds(connection.id)).has(id);
    if (isStored || services.lists.current(connection.id).tokens.some((token) => token.id === id)) {
      homes.push(connection.id);
    }
  }
  return homes.length === 1 ? homes[0] : undefined;
}

/** A project's tokens to choose from. @param withProject says of each which project it is of */
export async function tokenItems(services: Services, connection: Connection, withProject: boolean) {
  const stored = await services.store.storedIds(connection.id);
  const uses = await services.store.uses();
  return (await knownTokens(services, connection)).map((token) => {
    const ref: TokenRef = { connectionId: connection.id, id: token.id };
    const [now, warnBeforeDays] = [services.now(), settings.warnBeforeDays()];
    const days = daysLeft(token, now, warnBeforeDays);
    const isExpired = expiryState(token, now, warnBeforeDays) === 'expired';
    const marks = [
      uses.some((use) => sameToken(use, ref)) && vscode.l10n.t('in use'),
      withProject && plain(connection.label),
      isExpired && vscode.l10n.t('expired'),
      days !== undefined && expiresIn(days),
      typeof token.created === 'number' && vscode.l10n.t('created {0}', dateText(token.created)),
    ];
    return {
      label: plain(token.name),
      description: marks.filter(Boolean).join(' · '),
      detail: stored.has(token.id) ? undefined : vscode.l10n.t('The value is not stored on this machine'),
      ref,
      isExpired,
      used: services.usage.last(ref),
    };
  });
}

/** The tokens of a project; where the API does not give them, those whose values are stored here. */
async function knownTokens(services: Services, connection: Connection): Promise<readonly Token[]> {
  try {
    return await loadTokens(services, connection);
  } catch (error) {
    const stored = await services.store.storedTokens(connection.id);
    if (stored.length === 0 || (error instanceof TirError && error.code === 'cancelled')) {
      throw error;
    }
    // Without the values, which have no business in a list.
    return stored.map(({ id, name, created, expires }) => ({ id, name, created, expires }));
  }
}

/** The tokens of a project: those at hand, else from the API with progress shown. */
export async function loadTokens(services: Services, connection: Connection): Promise<readonly Token[]> {
  return withProgress(vscode.l10n.t('Loading tokens…'), (signal) =>
    waitUnlessCancelled(services.lists.get(connection.id), signal),
  );
}

/** A token of the list. One that the list at hand lacks is looked up once more: it may have been made since, elsewhere. */
export async function findToken(services: Services, { connectionId, id }: TokenRef): Promise<Token | undefined> {
  const { connection } = await services.store.signedIn(connectionId);
  const find = (tokens: readonly Token[]) => tokens.find((token) => token.id === id);
  return find(await loadTokens(services, connection)) ?? find(await services.lists.refresh(connectionId));
}

/**
 * A token with its value: the stored one, else the one that the list carries.
 * @throws TirError `value-not-stored` where neither is, `not-found` where the token is not
 */
export async function tokenWithValue(services: Services, ref: TokenRef): Promise<StoredToken> {
  const stored = await services.store.token(ref);
  if (stored) {
    return stored;
  }
  const found = await withProgress(vscode.l10n.t('Looking for the value of the token…'), (signal) =>
    services.calls.run(ref.connectionId, (client) => client.find(({ id }) => id === ref.id, signal)),
  );
  if (!found) {
    throw noSuchToken(ref.id);
  }
  if (!found.credentials) {
    throw new TirError('value-not-stored', 'the list carries no values', {
      what: vscode.l10n.t('The token "{0}" cannot be used yet.', plain(found.token.name)),
      token: ref,
    });
  }
  return { ...found.token, credentials: found.credentials };
}

export function noSuchToken(id: number): TirError {
  return new TirError('not-found', 'no such token', { what: vscode.l10n.t('There is no token with the id {0}.', id) });
}

/** Ends the waiting, not the work: for work that others wait for too, or that must not be torn. */
export function waitUnlessCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new TirError('cancelled', 'cancelled'));
    });
    work.then(resolve, reject);
  });
}
