import * as vscode from 'vscode';

import type { Connection } from '../secrets/records';
import type { Store } from '../secrets/store';
import { toTirError, type TirError } from '../tir/errors';
import type { TokenList, TokenLists } from '../tir/lists';
import type { ConnectionNode, Node, TokenNode } from './nodes';
import { sentence } from './sentences';

const { t } = vscode.l10n;

/** Which of the view's welcome texts applies (the context key `tir.view` in package.json); `list` for none. */
export type ViewState = 'signedOut' | 'loading' | 'empty' | 'list' | 'offline' | 'refused' | 'failed';

/** All that the view shows, at one moment. Holds no secret. */
export interface Snapshot {
  readonly state: ViewState;
  /** Above the rows; the editor shows a welcome text only where there is none. */
  readonly message: string | undefined;
  /** Beside the title. */
  readonly description: string;
  readonly tokenInUse: boolean;
  readonly roots: readonly Node[];
  /** The rows below each connection, by its id. */
  readonly children: Readonly<Record<string, readonly TokenNode[]>>;
}

/** @param host where the API is, for sentences */
export async function takeSnapshot(store: Store, lists: TokenLists, host: string): Promise<Snapshot> {
  try {
    return await readSnapshot(store, lists, host);
  } catch (error) {
    const message = sentence(toTirError(error), host);
    return { state: 'list', message, description: '', tokenInUse: false, roots: [], children: {} };
  }
}

async function readSnapshot(store: Store, lists: TokenLists, host: string): Promise<Snapshot> {
  const [connections, inUse] = await Promise.all([store.connections(), store.inUse()]);
  const tokenInUse = inUse !== undefined;
  const rows = async (connectionId: string): Promise<TokenNode[]> => {
    const stored = await store.storedIds(connectionId);
    return [...lists.current(connectionId).tokens]
      .sort((a, b) => a.name.localeCompare(b.name))
      .map((token) => ({
        kind: 'token',
        connectionId,
        id: token.id,
        token,
        active: inUse?.connectionId === connectionId && inUse.id === token.id,
        stored: stored.has(token.id),
      }));
  };
  const [only, ...others] = connections;
  if (only && others.length === 0) {
    const list = lists.current(only.id);
    const state = stateOf(list);
    // A refused list is not shown: the welcome text with its button takes its place.
    const roots = state === 'refused' ? [] : await rows(only.id);
    return { state, message: messageOf(list, state, host), description: only.label, tokenInUse, roots, children: {} };
  }
  const children = Object.fromEntries(
    await Promise.all(connections.map(async ({ id }) => [id, await rows(id)] as const)),
  );
  const roots = connections.map((connection) => connectionNode(connection, lists.current(connection.id), host));
  const state = connections.length === 0 ? 'signedOut' : 'list';
  return { state, message: undefined, description: '', tokenInUse, roots, children };
}

function connectionNode(connection: Connection, { error }: TokenList, host: string): ConnectionNode {
  return { kind: 'connection', connectionId: connection.id, connection, problem: error && sentence(error, host) };
}

function stateOf({ tokens, at, error, loading }: TokenList): ViewState {
  if (error && !loading) {
    if (error.code === 'unauthorized') {
      return 'refused';
    }
    if (tokens.length === 0) {
      return error.code === 'offline' || error.code === 'timeout' ? 'offline' : 'failed';
    }
  }
  if (at === undefined) {
    return 'loading';
  }
  return tokens.length === 0 ? 'empty' : 'list';
}

function messageOf({ at, error }: TokenList, state: ViewState, host: string): string | undefined {
  if (state === 'loading') {
    return t('Loading tokens…');
  }
  return error && at !== undefined && state === 'list' ? `${oldList(at, error)} ${sentence(error, host)}` : undefined;
}

function oldList(at: number, error: TirError): string {
  const time = new Date(at).toLocaleTimeString(vscode.env.language, { timeStyle: 'short' });
  return error.code === 'offline' ? t('Offline: this is the list of {0}.', time) : t('This is the list of {0}.', time);
}
