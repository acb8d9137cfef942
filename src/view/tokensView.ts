import * as vscode from 'vscode';

import type { Store } from '../secrets/store';
import { settings } from '../settings';
import type { TokenLists } from '../tir/lists';
import { connectionItem, tokenItem, type Node } from './nodes';
import { takeSnapshot, type Snapshot } from './snapshot';

/**
 * The tree "Personal Access Tokens". It asks the API when it is first seen and never by itself after.
 *
 * What it shows is read first and drawn then, and drawn only where it differs: while rows are drawn anew, the
 * editor forgets what is selected and which row a button belongs to.
 */
export class TokensView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: { dispose(): unknown }[];
  readonly #view: vscode.TreeView<Node>;
  #shown: Snapshot | undefined;
  #seen = false;
  #updating: Promise<void> | undefined;
  #again = false;
  /** Ends the bar that says that a list is being loaded. */
  #loaded: (() => void) | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(
    private readonly store: Store,
    private readonly lists: TokenLists,
    /** Where the API is, for sentences. */
    private readonly host: () => string,
  ) {
    this.#view = vscode.window.createTreeView('tir.tokens', { treeDataProvider: this, canSelectMany: true });
    this.#subscriptions = [
      this.#view,
      this.#changed,
      store.onDidChange((change) => {
        // Another window signed in again: what was refused before may be answered now.
        if (change.kind === 'connection' && lists.current(change.connectionId).error) {
          lists.forget(change.connectionId);
        }
        this.#redraw();
      }),
      lists.onDidChange(() => {
        this.#showLoading();
        this.#redraw();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('tir.expiry')) {
          this.#changed.fire();
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
    if (!this.#seen) {
      this.#seen = true;
      await this.#update();
    }
    return [...((parent ? this.#shown?.children[parent.connectionId] : this.#shown?.roots) ?? [])];
  }

  /** Before the view was seen there is nothing to draw, and nothing is read. */
  #redraw(): void {
    if (this.#seen) {
      void this.#update();
    }
  }

  /** Reads anew, and once more for what changes meanwhile. */
  #update(): Promise<void> {
    this.#again = true;
    this.#updating ??= this.#run().finally(() => {
      this.#updating = undefined;
    });
    return this.#updating;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#loadOnce();
      await this.#show(await takeSnapshot(this.store, this.lists, this.host()));
    }
  }

  async #show(next: Snapshot): Promise<void> {
    const before = this.#shown;
    this.#shown = next;
    if (next.state !== before?.state) {
      await vscode.commands.executeCommand('setContext', 'tir.view', next.state);
    }
    if (next.tokenInUse !== before?.tokenInUse) {
      await vscode.commands.executeCommand('setContext', 'tir.tokenInUse', next.tokenInUse);
    }
    this.#view.message = next.message;
    this.#view.description = next.description;
    if (JSON.stringify([before?.roots, before?.children]) !== JSON.stringify([next.roots, next.children])) {
      this.#changed.fire();
    }
  }

  /** A failure is part of the list's state, and shown as such. */
  async #loadOnce(): Promise<void> {
    for (const { id } of await this.store.connections().catch(() => [])) {
      const list = this.lists.current(id);
      if (list.at === undefined && !list.error && !list.loading) {
        this.lists.refresh(id).catch(() => undefined);
      }
    }
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
}
