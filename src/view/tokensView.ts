import * as vscode from 'vscode';

import type { Connection } from '../secrets/records';
import type { Store } from '../secrets/store';
import { settings } from '../settings';
import type { TirError } from '../tir/errors';
import type { TokenList, TokenLists } from '../tir/lists';
import { connectionItem, tokenItem, type ConnectionNode, type Node, type TokenNode } from './nodes';
import { sentence } from './sentences';

const { t } = vscode.l10n;

/** Which of the view's welcome texts applies (the context key `tir.view` in package.json); `list` for none. */
type ViewState = 'signedOut' | 'loading' | 'empty' | 'list' | 'offline' | 'refused' | 'failed';

/** The tree "Personal Access Tokens". It asks the API when it is first seen and never by itself after. */
export class TokensView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: { dispose(): unknown }[];
  readonly #view: vscode.TreeView<Node>;

  /** Ends the bar that says that a list is being loaded. */
  #loaded: (() => void) | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(
    private readonly store: Store,
    private readonly lists: TokenLists,
    /** Where the API is, for sentences. */
    private readonly host: () => string,
  ) {
    this.#view = vscode.window.createTreeView('tir.tokens', {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: false,
    });
    const redraw = () => {
      this.#changed.fire();
    };
    this.#subscriptions = [
      this.#view,
      this.#changed,
      store.onDidChange((change) => {
        // Another window signed in again: what was refused before may be answered now.
        if (change.kind === 'connection' && lists.current(change.connectionId).error) {
          lists.forget(change.connectionId);
        }
        redraw();
      }),
      lists.onDidChange(() => {
        this.#showLoading();
        redraw();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('tir.expiry')) {
          redraw();
        }
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  get selection(): readonly Node[] {
    return this.#view.selection;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node.kind === 'connection' ? connectionItem(node) : tokenItem(node, Date.now(), settings.warnBeforeDays());
  }

  async getChildren(parent?: Node): Promise<Node[]> {
    if (parent) {
      return parent.kind === 'connection' ? this.#tokens(parent.connectionId) : [];
    }
    const connections = await this.store.connections();
    for (const { id } of connections) {
      this.#loadOnce(id);
    }
    const only = connections.length === 1 ? connections[0] : undefined;
    await this.#showState(connections, only);
    if (only) {
      // A refused list is not shown: the welcome text with its button takes its place.
      return this.lists.current(only.id).error?.code === 'unauthorized' ? [] : this.#tokens(only.id);
    }
    return connections.map((connection) => this.#connectionNode(connection));
  }

  /** The bar at the top of the view, for as long as any list is being loaded. */
  #showLoading(): void {
    if (this.lists.loading && !this.#loaded) {
      const loaded = new Promise<void>((resolve) => {
        this.#loaded = resolve;
      });
      void vscode.window.withProgress({ location: { viewId: 'tir.tokens' } }, () => loaded);
    } else if (!this.lists.loading) {
      this.#loaded?.();
      this.#loaded = undefined;
    }
  }

  /** A failure is part of the list's state, and shown as such. */
  #loadOnce(connectionId: string): void {
    const list = this.lists.current(connectionId);
    if (list.at === undefined && !list.error && !list.loading) {
      this.lists.refresh(connectionId).catch(() => undefined);
    }
  }

  async #tokens(connectionId: string): Promise<TokenNode[]> {
    const [inUse, stored] = await Promise.all([this.store.inUse(), this.store.storedIds(connectionId)]);
    return [...this.lists.current(connectionId).tokens]
      .sort((a, b) => a.name.localeCompare(b.name))
      .map((token) => ({
        kind: 'token',
        connectionId,
        id: token.id,
        token,
        active: inUse?.connectionId === connectionId && inUse.id === token.id,
        stored: stored.has(token.id),
      }));
  }

  #connectionNode(connection: Connection): ConnectionNode {
    const { error } = this.lists.current(connection.id);
    return {
      kind: 'connection',
      connectionId: connection.id,
      connection,
      problem: error && sentence(error, this.host()),
    };
  }

  async #showState(connections: readonly Connection[], only: Connection | undefined): Promise<void> {
    const list = only && this.lists.current(only.id);
    const state = connections.length === 0 ? 'signedOut' : list ? stateOf(list) : 'list';
    this.#view.message = list && this.#message(list, state);
    this.#view.description = only?.label ?? '';
    await vscode.commands.executeCommand('setContext', 'tir.view', state);
    await vscode.commands.executeCommand('setContext', 'tir.tokenInUse', (await this.store.inUse()) !== undefined);
  }

  #message({ at, error }: TokenList, state: ViewState): string | undefined {
    if (state === 'loading') {
      return t('Loading tokens…');
    }
    // The editor shows a welcome text, and with it the button that helps, only where there is no message.
    return error && at !== undefined && state === 'list'
      ? `${oldList(at, error)} ${sentence(error, this.host())}`
      : undefined;
  }
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
    return loading ? 'loading' : 'list';
  }
  return tokens.length === 0 ? 'empty' : 'list';
}

function oldList(at: number, error: TirError): string {
  const time = new Date(at).toLocaleTimeString(vscode.env.language, { timeStyle: 'short' });
  return error.code === 'offline' ? t('Offline: this is the list of {0}.', time) : t('This is the list of {0}.', time);
}
