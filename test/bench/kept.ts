import { setTimeout as wait } from 'node:timers/promises';

import * as vscode from 'vscode';

import { connectionPrefix, inUseKey, valueKey } from '../../src/secrets/keys';
import { connectionId, writeConnection, writeInUse, writeValue } from '../../src/secrets/records';
import type { Emulator, PlatformToken } from '../emulator/emulator';
import { setting } from '../support/person';
import { credentialsOf } from '../support/testWindow';
import { timeOf } from './measure';
import type { StoredData, Peer } from './peer';

/** Returns what a window stores for the next one: a signed-in project for each token, and the first token in use. */
export function keptByOurs(tokens: readonly PlatformToken[]): StoredData {
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

export function keptByNaive({ value: token, apiKey, projectId, location }: PlatformToken): StoredData {
  return { secrets: { credentials: JSON.stringify({ token, apiKey, projectId, location }), inUse: token }, state: {} };
}

/** Points each extension at its API. */
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
 * Waits until the window answers at an even pace, since earlier work may go on after its promise has resolved. This
 * takes longer than the 200 ms for which VS Code collects a tree's changes. The limit depends on the machine's speed.
 */
export async function waitUntilIdle(): Promise<void> {
  const last: number[] = [];
  do {
    last.push(await timeOf(() => Promise.resolve(vscode.commands.executeCommand('setContext', 'bench', last.length))));
    last.splice(0, last.length - 15);
    await wait(20);
  } while (last.length < 15 || Math.max(...last) > 3 * Math.min(...last));
}
