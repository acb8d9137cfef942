import * as vscode from 'vscode';

import { TirError, toTirError } from '../base/errors';
import { folderOf } from '../base/folders';
import { sentence } from '../base/errorSentences';
import { plain } from '../base/text';
import { type Connection, sameToken, tokenKey, type Use } from '../secrets/records';
import type { Store } from '../secrets/store';
import type { TokenList, TokenLists } from '../tir/lists';
import { daysLeft, expiryState } from '../tir/times';
import { type Sorting, sortTokens, type Token } from '../tir/token';
import type { Usage } from '../tokens/usage';
import { type ConnectionNode, type Node, shortNameOf, type TokenNode } from './nodes';

/** Selects the view's welcome text, as the context key `tir.view` in package.json; `list` and `loading` have none. */
export type ViewState = 'signedOut' | 'loading' | 'empty' | 'list' | 'offline' | 'refused' | 'failed';

/** Everything that the view shows at one moment. Holds no secret. */
export interface Snapshot {
  readonly state: ViewState;
  /** Text above the rows. VS Code shows a welcome text only if there's no message. */
  readonly message: string | undefined;
  /** Text beside the title. */
  readonly description: string;
  readonly roots: readonly Node[];
  /** The rows below each project, by `Connection.id`. */
  readonly children: Readonly<Record<string, readonly TokenNode[]>>;
  /** Number of tokens that expire soon or have expired, including those that the filter hides. */
  readonly expiringCount: number;
  /** Whether the storage couldn't be read. */
  readonly isUnread?: boolean;
}

/** Data sources of the view. */
export interface ViewSources {
  readonly store: Store;
  readonly lists: TokenLists;
  readonly usage: Pick<Usage, 'all'>;
  /** Returns the API's host, for messages. */
  host(): string;
  /** Current time in milliseconds since 1970. */
  readonly now: () => number;
}

/** The person's choice of how to arrange the rows. */
export interface Arrangement {
  readonly sorting: Sorting;
  /** Part of a name; empty shows all tokens. */
  readonly filter: string;
  readonly warnBeforeDays: number;
}

export async function takeSnapshot(sources: ViewSources, arrangement: Arrangement): Promise<Snapshot> {
  try {
    return await readSnapshot(sources, arrangement);
  } catch (error) {
    const message = sentence(toTirError(error), sources.host());
    return { state: 'list', message, description: '', roots: [], children: {}, expiringCount: 0, isUnread: true };
  }
}

async function readSnapshot(sources: ViewSources, arrangement: Arrangement): Promise<Snapshot> {
  const { store, lists } = sources;
  // In parallel, because each read is a round trip to the window.
  const [{ readable: connections, unreadable }, uses, stored] = await Promise.all([
    store.allConnections(),
    store.uses(),
    store.storedKeys(),
  ]);
  const rows = new Map(
    connections.map((connection) => [connection.id, rowsOf(sources, arrangement, connection, { uses, stored })]),
  );
  const all = [...rows.values()].flat();
  const expiringCount = all.filter(({ state }) => state !== 'valid').length;
  const filtered = (id: string) => (rows.get(id) ?? []).filter((row) => matches(row.token, arrangement.filter));
  const filterMessage = arrangement.filter
    ? vscode.l10n.t(
        'Tokens with "{0}" in their name: {1} of {2}',
        arrangement.filter,
        connections.flatMap(({ id }) => filtered(id)).length,
        all.length,
      )
    : undefined;
  const [only, ...others] = connections;
  if (only && others.length === 0 && unreadable.length === 0) {
    const list = lists.current(only.id);
    const state = stateOf(list);
    // If TIR refuses the sign-in token, show no rows: the welcome text with its button takes their place.
    const roots = state === 'refused' ? [] : filtered(only.id);
    const message = messageOf(list, state, sources.host()) ?? (state === 'list' ? filterMessage : undefined);
    return { state, message, description: only.label, roots, children: {}, expiringCount };
  }
  const children = Object.fromEntries(connections.map(({ id }) => [id, filtered(id)]));
  const roots = [
    ...connections.map((connection) => connectionNode(connection, lists.current(connection.id).error, sources.host())),
    ...unreadable.map(({ id, error }) => connectionNode({ id, label: id }, error, sources.host())),
  ];
  const state = roots.length === 0 ? 'signedOut' : 'list';
  return { state, message: filterMessage, description: '', roots, children, expiringCount };
}

function rowsOf(
  { lists, usage, now }: ViewSources,
  { sorting, warnBeforeDays }: Arrangement,
  connection: Connection,
  { uses, stored }: { readonly uses: readonly Use[]; readonly stored: ReadonlySet<string> },
): TokenNode[] {
  const used = usage.all();
  const { tokens } = lists.current(connection.id);
  const shortNames = new Map<string, number>();
  for (const { name } of tokens) {
    const short = shortNameOf(plain(name));
    shortNames.set(short, (shortNames.get(short) ?? 0) + 1);
  }
  return sortTokens(tokens, sorting).map((token) => {
    const shortName = shortNameOf(plain(token.name));
    const ref = { connectionId: connection.id, id: token.id };
    const key = tokenKey(ref);
    const mine = uses.filter((use) => sameToken(use, ref));
    return {
      kind: 'token',
      key,
      ...ref,
      token,
      shortName: shortNames.get(shortName) === 1 ? shortName : undefined,
      state: expiryState(token, now(), warnBeforeDays),
      daysLeft: daysLeft(token, now(), warnBeforeDays),
      inUse: mine.some(({ folder }) => folder === undefined),
      folders: mine.flatMap(({ folder }) => folderOf(folder)?.name ?? []),
      stored: stored.has(key),
      signsIn: connection.signInTokenId === token.id,
      usage: used[key] ?? {},
    };
  });
}

function matches({ name }: Token, filter: string): boolean {
  return name.toLocaleLowerCase().includes(filter.toLocaleLowerCase());
}

function connectionNode(
  connection: ConnectionNode['connection'],
  error: TirError | undefined,
  host: string,
): ConnectionNode {
  return {
    kind: 'connection',
    key: connection.id,
    connectionId: connection.id,
    connection,
    problem: error && { mark: problemMark(error), sentence: sentence(error, host) },
  };
}

function problemMark(error: TirError): string {
  if (isOffline(error)) {
    return vscode.l10n.t('offline');
  }
  return error.code === 'unauthorized' ? vscode.l10n.t('refused') : vscode.l10n.t("couldn't load");
}

function isOffline({ code }: TirError): boolean {
  return code === 'offline' || code === 'timeout';
}

function stateOf({ tokens, at, error, loading }: TokenList): ViewState {
  if (error && !loading) {
    if (error.code === 'unauthorized') {
      return 'refused';
    }
    if (tokens.length === 0) {
      return isOffline(error) ? 'offline' : 'failed';
    }
  }
  if (at === undefined) {
    return 'loading';
  }
  return tokens.length === 0 ? 'empty' : 'list';
}

function messageOf({ at, error }: TokenList, state: ViewState, host: string): string | undefined {
  if (state === 'loading') {
    return vscode.l10n.t('Loading tokens…');
  }
  if (!error || at === undefined || state !== 'list') {
    return undefined;
  }
  const time = new Date(at).toLocaleTimeString(vscode.env.language, { timeStyle: 'short' });
  // In two sentences: the notification has what else is known.
  const { what, serverSays, ...details } = error.details;
  const cause = sentence(new TirError(error.code, error.message, details), host);
  return vscode.l10n.t('Showing your tokens as of {0}: {1}', time, cause);
}
