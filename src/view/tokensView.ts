import * as vscode from 'vscode';

import { Disposable, onSetting } from '../base/disposable';
import { coalesced } from '../base/async';
import { settings } from '../base/settings';
import type { Sorting } from '../tir/token';
import { connectionItem, type Row, Rows, tokenItem, tokenTooltip } from './nodes';
import { type Snapshot, type ViewSources, takeSnapshot } from './snapshot';

/** Days pass while a window is open, and rows say how many are left. Milliseconds. */
const redrawInterval = 60 * 60 * 1000;
/** Where the editor's global state keeps how rows are sorted. */
const sortingKey = 'sorting';

/**
 * The tree "Personal Access Tokens". It asks the API when it is first seen and never by itself after.
 *
 * What it shows is read first and drawn then, and only the rows that differ are drawn. While the editor draws all of them
 * anew it does not know which row a click was for, so that this is left to when rows come, go or move.
 */
export class TokensView extends Disposable implements vscode.TreeDataProvider<Row> {
  readonly #changed = this.register(new vscode.EventEmitter<Row[] | undefined>());
  readonly #view: vscode.TreeView<Row>;
  readonly #clock: NodeJS.Timeout;
  #shown: Snapshot | undefined;
  readonly #rows = new Rows();
  #wasVisible = false;
  #filter = '';
  /** Ends the bar that says that a list is being loaded. */
  #loaded: (() => void) | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(
    private readonly sources: ViewSources,
    /** Keeps how rows are sorted. */
    private readonly state: vscode.Memento,
  ) {
    super();
    const { store, lists } = sources;
    this.#view = this.register(
      vscode.window.createTreeView('tir.tokens', { treeDataProvider: this, canSelectMany: true }),
    );
    const subscriptions = [
      store.onDidChange((change) => {
        // Another window signed in again: what was refused before may be answered now.
        if (change.kind === 'connection' && lists.current(change.connectionId).error) {
          lists.forget(change.connectionId);
        }
        this.redraw();
      }),
      lists.onDidChange(() => {
        this.#showLoading();
        this.redraw();
      }),
      onSetting('tir.expiry', () => this.redraw()),
    ];
    subscriptions.forEach((one) => this.register(one));
    this.#clock = setInterval(() => this.redraw(), redrawInterval);
  }

  override dispose(): void {
    clearInterval(this.#clock);
    super.dispose();
  }

  get selection(): readonly Row[] {
    return this.#view.selection;
  }

  getTreeItem({ node }: Row): vscode.TreeItem {
    return node.kind === 'connection' ? connectionItem(node) : tokenItem(node);
  }

  /** What is asked for the one row that the mouse is over is not made for all. */
  resolveTreeItem(item: vscode.TreeItem, { node }: Row): vscode.TreeItem {
    if (node.kind === 'token') {
      item.tooltip = tokenTooltip(node);
    }
    return item;
  }

  get sorting(): Sorting {
    return this.state.get<Sorting>(sortingKey, 'name');
  }

  async sort(by: Sorting): Promise<void> {
    await this.state.update(sortingKey, by);
    this.redraw();
  }

  get filter(): string {
    return this.#filter;
  }

  /** Shows the tokens alone that have this in their names; all where it is empty. */
  async showOnly(filter: string): Promise<void> {
    this.#filter = filter;
    await vscode.commands.executeCommand('setContext', 'tir.filtered', filter !== '');
    this.redraw();
  }

  async getChildren(parent?: Row): Promise<Row[]> {
    if (!this.#wasVisible) {
      this.#wasVisible = true;
      await this.#update();
    }
    const nodes = parent ? this.#shown?.children[parent.connectionId] : this.#shown?.roots;
    return (nodes ?? []).flatMap((node) => this.#rows.of(node) ?? []);
  }

  /** Before the view was seen there is nothing to draw, and nothing is read. */
  redraw(): void {
    if (this.#wasVisible) {
      void this.#update();
    }
  }

  /** Reads anew, and draws what differs. */
  readonly #update = coalesced(async () => {
    void this.#loadOnce();
    const warnBeforeDays = settings.warnBeforeDays();
    await this.#show(await takeSnapshot(this.sources, { sorting: this.sorting, filter: this.#filter, warnBeforeDays }));
  });

  async #show(next: Snapshot): Promise<void> {
    const before = this.#shown;
    this.#shown = next;
    // With it, and not after what is awaited: the editor may ask for the children at any time.
    const changed = this.#rows.show([...next.roots, ...Object.values(next.children).flat()]);
    if (next.state !== before?.state) {
      await vscode.commands.executeCommand('setContext', 'tir.view', next.state);
    }
    // Only where it differs: rows that are told within 200 ms after a message have to wait for so long.
    if (next.message !== before?.message) {
      this.#view.message = next.message;
    }
    this.#view.description = next.description;
    if (next.needCare !== before?.needCare) {
      const tooltip =
        next.needCare === 1
          ? vscode.l10n.t('A token expires soon or has expired')
          : vscode.l10n.t('{0} tokens expire soon or have expired', next.needCare);
      this.#view.badge = next.needCare === 0 ? undefined : { value: next.needCare, tooltip };
    }
    if (changed) {
      this.#changed.fire(changed === 'all' ? undefined : changed);
    }
  }

  /** A failure is part of the list's state, and shown as such. */
  async #loadOnce(): Promise<void> {
    const { store, lists } = this.sources;
    for (const { id } of await store.connections().catch(() => [])) {
      const list = lists.current(id);
      if (list.at === undefined && !list.error && !list.loading) {
        lists.refresh(id).catch(() => undefined);
      }
    }
  }

  /** The bar at the top of the view, for as long as any list is being loaded. */
  #showLoading(): void {
    if (this.sources.lists.loading && !this.#loaded) {
      const loaded = new Promise<void>((resolve) => {
        this.#loaded = resolve;
      });
      void vscode.window.withProgress({ location: { viewId: 'tir.tokens' } }, () => loaded);
    } else if (!this.sources.lists.loading) {
      this.#loaded?.();
      this.#loaded = undefined;
    }
  }
}
