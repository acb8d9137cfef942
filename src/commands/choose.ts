import * as vscode from 'vscode';

import { cancelled, refusal, TirError, toTirError } from '../base/errors';
import { sentence } from '../base/errorSentences';
import { singleStep, askPick, withProgress } from '../base/prompts';
import { dateText, plain } from '../base/text';
import { settings } from '../base/settings';
import { type Connection, sameToken, type SignedIn, type StoredToken, type TokenRef } from '../secrets/records';
import type { Services } from '../services';
import { daysLeft, expiryState, timeOf } from '../tir/times';
import type { Token } from '../tir/token';
import { expiresIn } from '../view/expiry';

/** Returns the given project or the only one, or else lets the person pick one. */
export async function chooseConnection(services: Services, title: string, id: string | undefined): Promise<SignedIn> {
  const connections = await services.store.connections();
  const chosen = id ?? (connections.length > 1 ? await pickConnection(title, connections) : connections[0]?.id);
  return services.store.signedIn(chosen);
}

async function pickConnection(title: string, connections: readonly Connection[]): Promise<string> {
  const items = connections.map(({ id, label }) => ({ label: plain(label), id }));
  return (await askPick(singleStep(title), vscode.l10n.t('Select a project'), items)).id;
}

/** Returns the given token, or else lets the person pick one from the given project or from all projects. */
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
    // A project that fails to load doesn't hide the others' tokens. Its error counts only if there are none.
    const failed = results.find((result) => result.status === 'rejected');
    throw (
      failed?.reason ??
      refusal('not-found', vscode.l10n.t("You don't have any tokens in this project yet. Create one first."))
    );
  }
  // Last used first: that's the most likely choice.
  items.sort((a, b) => (b.used ?? 0) - (a.used ?? 0) || a.label.localeCompare(b.label));
  return (await askPick(singleStep(title), vscode.l10n.t('Select a token'), items)).ref;
}

/** Returns the project that's known to have a token with this ID, if there's exactly one. */
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

/** Returns a project's tokens as items of a quick pick. @param withProject whether each item names the project */
export async function tokenItems(services: Services, connection: Connection, withProject: boolean) {
  const stored = await services.store.storedIds(connection.id);
  const uses = await services.store.uses();
  return (await loadedOrStoredTokens(services, connection)).map((token) => {
    const ref: TokenRef = { connectionId: connection.id, id: token.id };
    const [now, warnBeforeDays] = [services.now(), settings.warnBeforeDays()];
    const days = daysLeft(token, now, warnBeforeDays);
    const created = timeOf(token.created);
    const isExpired = expiryState(token, now, warnBeforeDays) === 'expired';
    const marks = [
      uses.some((use) => sameToken(use, ref)) && vscode.l10n.t('in use'),
      withProject && plain(connection.label),
      isExpired && vscode.l10n.t('expired'),
      days !== undefined && expiresIn(days),
      created !== undefined && vscode.l10n.t('created {0}', dateText(created)),
    ];
    return {
      label: plain(token.name),
      description: marks.filter(Boolean).join(' · '),
      detail: stored.has(token.id) || token.hasValue ? undefined : vscode.l10n.t('Value not stored on this machine'),
      ref,
      isExpired,
      used: services.usage.last(ref),
    };
  });
}

/** Returns a project's tokens. If they can't be loaded, returns those whose values are stored on this machine. */
async function loadedOrStoredTokens(services: Services, connection: Connection): Promise<readonly Token[]> {
  try {
    return await loadTokens(services, connection);
  } catch (error) {
    const stored = await services.store.storedTokens(connection.id);
    if (stored.length === 0 || (error instanceof TirError && error.code === 'cancelled')) {
      throw error;
    }
    // Leave out the values, which a list doesn't need.
    return stored.map(({ id, name, created, expires }) => ({ id, name, created, expires }));
  }
}

/** Returns a project's tokens from the loaded list, or else loads them, showing progress. */
export async function loadTokens(services: Services, connection: Connection): Promise<readonly Token[]> {
  return withProgress(vscode.l10n.t('Loading tokens…'), (signal) =>
    waitUnlessCancelled(services.lists.get(connection.id, signal), signal),
  );
}

/** Finds a token in the list. If it isn't there, reloads the list once: it may have been created elsewhere since. */
export async function findToken(services: Services, { connectionId, id }: TokenRef): Promise<Token | undefined> {
  const { connection } = await services.store.signedIn(connectionId);
  const find = (tokens: readonly Token[]) => tokens.find((token) => token.id === id);
  return find(await loadTokens(services, connection)) ?? find(await services.lists.refresh(connectionId));
}

/**
 * Returns a token with its value: the stored value, or else the one in TIR's list, if that carries values.
 * @throws TirError `value-not-stored` if there's no value, `not-found` if there's no such token
 */
export async function tokenWithValue(services: Services, ref: TokenRef): Promise<StoredToken> {
  return (await services.store.tokenIfReadable(ref)) ?? listedWithValue(services, ref);
}

/**
 * Returns a token with the value that TIR's list carries.
 * @throws TirError `value-not-stored` if it carries none, `not-found` if there's no such token
 */
export async function listedWithValue(services: Services, ref: TokenRef): Promise<StoredToken> {
  const found = await withProgress(vscode.l10n.t("Looking for the token's value…"), (signal) =>
    services.calls.run(ref.connectionId, (client) => client.find(({ id }) => id === ref.id, signal)),
  );
  if (!found) {
    throw noSuchToken(ref.id);
  }
  if (!found.credentials) {
    throw new TirError('value-not-stored', 'the list carries no values', {
      what: vscode.l10n.t('Can\'t use the token "{0}".', plain(found.token.name)),
      token: ref,
    });
  }
  return { ...found.token, credentials: found.credentials };
}

export function noSuchToken(id: number): TirError {
  return new TirError('not-found', 'no such token', {
    what: vscode.l10n.t("Couldn't find the token with the ID {0}.", id),
  });
}

/**
 * Stops waiting on cancel, but not the work, which must not be interrupted. Tells the person that it continues, and how
 * it ended.
 * @param goesOn said on cancel
 * @param done said once the work has succeeded; undefined to say nothing
 */
export function waitOrTell<T>(
  services: Services,
  work: Promise<T>,
  signal: AbortSignal,
  { goesOn, done }: { readonly goesOn?: string; readonly done?: string },
): Promise<T> {
  const tell = () => {
    const say = (text: string | undefined) => text !== undefined && void vscode.window.showInformationMessage(text);
    say(goesOn);
    work.then(
      () => say(done),
      (thrown: unknown) => {
        const error = toTirError(thrown);
        services.log.warn(`What was canceled failed: ${error.message}`);
        void vscode.window.showWarningMessage(sentence(error, services.host()));
      },
    );
  };
  return untilCancelled(work, signal, tell);
}

/** Stops waiting on cancel, but not the work: others may wait for it too, or it must not be interrupted. */
export function waitUnlessCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return untilCancelled(work, signal, () => undefined);
}

function untilCancelled<T>(work: Promise<T>, signal: AbortSignal, onCancel: () => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = () => {
      onCancel();
      reject(cancelled());
    };
    signal.addEventListener('abort', cancel);
    // Several works may share the signal: those that have ended aren't canceled.
    const end = () => signal.removeEventListener('abort', cancel);
    work.then(
      (result) => {
        end();
        resolve(result);
      },
      (error: unknown) => {
        end();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever it is
        reject(error);
      },
    );
  });
}
