import * as vscode from 'vscode';

import { refusal, toTirError } from '../base/errors';
import { singleStep, askPick } from '../base/prompts';
import { plain } from '../base/sentences';
import type { Connection, TokenRef } from '../secrets/records';
import type { Services } from '../services';
import { addTokenValue } from './addTokenValue';
import { tokenItems, tokenWithValue } from './choose';
import { createToken } from './createToken';
import { signInInteractively } from './signIn';

/** Of questions that are asked for another extension. */
const title = vscode.l10n.t('Token for Another Extension');

/** A session that other extensions can get now. */
interface PresentSession {
  /** The connection's. */
  readonly id: string;
  readonly token: { readonly name: string };
  /** Whether terminals get its token too. */
  readonly inUse: boolean;
}

/** Of which project another extension wants a token; a field that is undefined leaves it open. */
export interface WantedProject {
  readonly projectId: number | undefined;
  /** The one connection that will do. */
  readonly connectionId: string | undefined;
}

/**
 * Has the person sign in, choose a project, choose or create a token of it, as far as that is needed for a session.
 * Terminals keep the token that they have. Resolves to the id of the connection, which then has a session.
 * @param present the sessions that there are at the moment
 */
export async function obtainToken(
  services: Services,
  wanted: WantedProject,
  present: () => Promise<readonly PresentSession[]>,
): Promise<string> {
  const before = await present();
  const chosen = await chooseProject(services, wanted, before);
  const id = chosen?.id ?? (await signInFor(services, wanted)).connectionId;
  const session = (await present()).find((candidate) => candidate.id === id);
  // Other extensions get what terminals get, and who has just signed in has said with which token.
  if (!session || (chosen && !session.inUse)) {
    await chooseValue(services, (await services.store.signedIn(id)).connection);
  }
  return id;
}

/** The project where there is no doubt, else what the person says; undefined to sign in. */
async function chooseProject(
  services: Services,
  { projectId, connectionId }: WantedProject,
  present: readonly PresentSession[],
): Promise<Connection | undefined> {
  const all = await services.store.connections();
  const named = all.find(({ id }) => id === connectionId);
  const connections = all.filter((connection) => connection.projectId === (projectId ?? connection.projectId));
  if (named && !connections.includes(named)) {
    throw refusal('invalid-input', vscode.l10n.t('{0} is not the project {1}.', plain(named.label), projectId ?? ''));
  }
  if (named) {
    return named;
  }
  const [first, ...more] = connections;
  const isPresent = present.some(({ id }) => id === first?.id);
  if (!first || (projectId !== undefined && more.length === 0 && !isPresent)) {
    return first;
  }
  const items = connections.map((connection) => {
    const name = present.find(({ id }) => id === connection.id)?.token.name;
    return {
      label: plain(connection.label),
      ...(name !== undefined && { description: vscode.l10n.t('gets "{0}"', plain(name)) }),
      connection,
    };
  });
  const other = { label: `$(sign-in) ${vscode.l10n.t('Sign In…')}`, connection: undefined };
  return (
    await askPick(singleStep(title), vscode.l10n.t('Project of which the extension gets a token'), [...items, other])
  ).connection;
}

function signInFor(services: Services, { projectId }: WantedProject) {
  return signInInteractively(services, projectId === undefined ? {} : { projectId }, true);
}

/** Has one of the project's tokens be the one that was given last, and its value stored. */
async function chooseValue(services: Services, connection: Connection): Promise<void> {
  const connectionId = connection.id;
  const items = (await tokenItems(services, connection, false)).filter(({ isExpired }) => !isExpired);
  const create = { label: `$(add) ${vscode.l10n.t('Create Token…')}`, ref: undefined };
  const question = vscode.l10n.t(
    'Which token of {0} shall other extensions get? Terminals keep theirs.',
    plain(connection.label),
  );
  const chosen = items.length === 0 ? undefined : (await askPick(singleStep(title), question, [...items, create])).ref;
  const ref = chosen ?? { connectionId, id: await createFor(services, connectionId) };
  await storeValue(services, ref);
  await services.usage.note(ref, 'session');
}

async function createFor(services: Services, connectionId: string): Promise<number> {
  const argument = { connectionId, activate: false };
  return (await createToken(services, { argument, selection: [], interactive: true })).id;
}

/** The value comes from the list where that carries it, else from the person. */
async function storeValue(services: Services, ref: TokenRef): Promise<void> {
  if (await services.store.token(ref)) {
    return;
  }
  try {
    await services.store.saveToken(ref, await tokenWithValue(services, ref));
  } catch (error) {
    if (toTirError(error).code !== 'value-not-stored') {
      throw error;
    }
    await addTokenValue(services, { argument: ref, selection: [], interactive: true });
  }
}
