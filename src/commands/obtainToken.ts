import * as vscode from 'vscode';

import { refusal, toTirError } from '../base/errors';
import { singleStep, askPick } from '../base/prompts';
import { plain } from '../base/text';
import type { Connection, TokenRef } from '../secrets/records';
import type { Services } from '../services';
import { addTokenValue } from './addTokenValue';
import { tokenItems, listedWithValue } from './choose';
import { createToken } from './createToken';
import { signInInteractively } from './signIn';

/** Title of the questions below. */
const title = vscode.l10n.t('Token for Another Extension');

/** A session that other extensions can get now. */
interface CurrentSession {
  /** `Connection.id`. */
  readonly id: string;
  readonly token: { readonly name: string };
  /** Whether its token is in use in terminals too. */
  readonly inUse: boolean;
}

/** The project that another extension wants a token of. Undefined fields match any project. */
export interface WantedProject {
  readonly projectId: number | undefined;
  /** `Connection.id`. */
  readonly connectionId: string | undefined;
}

/**
 * Asks for what a session for another extension needs: to sign in, choose a project, and choose or create its token.
 * Terminals keep their token. Resolves to the ID of the connection, which then has a session.
 * @param present reads the current sessions
 */
export async function obtainToken(
  services: Services,
  wanted: WantedProject,
  present: () => Promise<readonly CurrentSession[]>,
): Promise<string> {
  const before = await present();
  const chosen = await chooseProject(services, wanted, before);
  const id = chosen?.id ?? (await signInFor(services, wanted)).connectionId;
  const session = (await present()).find((candidate) => candidate.id === id);
  // Don't ask if terminals use one of the project's tokens, or if the person has just signed in with one.
  if (!session || (chosen && !session.inUse)) {
    await chooseValue(services, (await services.store.signedIn(id)).connection);
  }
  return id;
}

/** Returns the wanted project if it's clear, or else asks for it; undefined means to sign in. */
async function chooseProject(
  services: Services,
  { projectId, connectionId }: WantedProject,
  present: readonly CurrentSession[],
): Promise<Connection | undefined> {
  const all = await services.store.connections();
  const named = all.find(({ id }) => id === connectionId);
  const connections = all.filter((connection) => connection.projectId === (projectId ?? connection.projectId));
  if (named && !connections.includes(named)) {
    throw refusal('invalid-input', vscode.l10n.t("{0} isn't the project {1}.", plain(named.label), projectId ?? ''));
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
      ...(name !== undefined && { description: vscode.l10n.t('uses "{0}"', plain(name)) }),
      connection,
    };
  });
  const other = { label: `$(sign-in) ${vscode.l10n.t('Sign In…')}`, connection: undefined };
  return (
    await askPick(singleStep(title), vscode.l10n.t('Select the project whose token the extension will use'), [
      ...items,
      other,
    ])
  ).connection;
}

function signInFor(services: Services, { projectId }: WantedProject) {
  return signInInteractively(services, { activate: false, ...(projectId !== undefined && { projectId }) }, true);
}

/** Asks which token other extensions get, stores its value, and notes it as the last given, which selects it. */
async function chooseValue(services: Services, connection: Connection): Promise<void> {
  const connectionId = connection.id;
  const items = (await tokenItems(services, connection, false)).filter(({ isExpired }) => !isExpired);
  const create = { label: `$(add) ${vscode.l10n.t('Create Token…')}`, ref: undefined };
  const question = vscode.l10n.t(
    'Select the token of {0} for other extensions. Terminals keep theirs.',
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

/** Stores a token's value, if it isn't stored yet: from TIR's list, if that carries values, or else from the person. */
async function storeValue(services: Services, ref: TokenRef): Promise<void> {
  if (await services.store.tokenIfReadable(ref)) {
    return;
  }
  try {
    const listed = await listedWithValue(services, ref);
    await (await services.tokens()).addValue(ref, listed);
  } catch (error) {
    if (toTirError(error).code !== 'value-not-stored') {
      throw error;
    }
    await addTokenValue(services, { argument: ref, selection: [], interactive: true });
  }
}
