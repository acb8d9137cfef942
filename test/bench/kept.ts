import { setTimeout as wait } from 'node:timers/promises';

import * as vscode from 'vscode';

import { connectionPrefix, inUseKey, valueKey } from '../../src/secrets/listableSecrets';
import { connectionId, writeConnection, writeInUse, writeValue } from '../../src/secrets/records';
import type { Emulator, PlatformToken } from '../emulator/emulator';
import { setting } from '../support/person';
import { credentialsOf } from '../support/testWindow';
import { timeOf } from './measure';
import type { Kept, Peer } from './peer';

/** Projects that are signed in to, one for each token, and the first token in use, as one window leaves them to the next. */
export function keptByOurs(tokens: readonly PlatformToken[]): Kept {
  const secrets: Record<string, string> = {};
  const refs = tokens.map((token) => {
    const { id, name, projectId, location, createdAt: created } = token;
    const connection = {
      projectId,
      location,
      label: `Project ${projectId}`,
      id: connectionId({ projectId, location }),
    };
    const credentials = credentialsOf(token);
    secrets[connectionPrefix + connection.id] = writeConnection({ connection, credentials });
    secrets[valueKey(connection.id, id)] = writeValue({ name, created, expires: undefined, credentials });
    return { connectionId: connection.id, id, name };
  });
  const inUse = refs.slice(0, 1);
  inUse.forEach((use) => (secrets[inUseKey] = writeInUse(use)));
  return {
    secrets,
    state: { lastInUse: inUse.map(({ connectionId: connection, id }) => ({ connectionId: connection, id })) },
  };
}

export function keptByNaive({ value: token, apiKey, projectId, location }: PlatformToken): Kept {
  return { secrets: { credentials: JSON.stringify({ token, apiKey, projectId, location }), inUse: token }, state: {} };
}

/** Has both call this API. */
export async function useApi(forOurs: Emulator, forNaive: Emulator): Promise<void> {
  await setting('apiUrl', forOurs.apiUrl);
  await vscode.workspace.getConfiguration('naive').update('apiUrl', forNaive.apiUrl, true);
}

export async function peerOf(id: string): Promise<Peer> {
  const peer = await vscode.extensions.getExtension<Peer>(id)?.activate();
  if (!peer) {
    throw new Error(`${id} is not there`);
  }
  return peer;
}

/**
 * Resolves once the window answers evenly for a while: what was begun before goes on after it has. It takes longer than the
 * 200 ms for which the editor gathers the changes of a tree. How quick an answer is depends on the machine.
 */
export async function calm(): Promise<void> {
  const last: number[] = [];
  do {
    last.push(await timeOf(() => Promise.resolve(vscode.commands.executeCommand('setContext', 'bench', last.length))));
    last.splice(0, last.length - 15);
    await wait(20);
  } while (last.length < 15 || Math.max(...last) > 3 * Math.min(...last));
}
