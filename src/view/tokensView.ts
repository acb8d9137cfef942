import * as vscode from 'vscode';

import { Disposable, onSetting } from '../base/disposable';
import { coalesced } from '../base/async';
import { settings } from '../base/settings';
import type { Sorting } from '../tir/token';
import { connectionItem, type Row, Rows, tokenItem, tokenTooltip } from './nodes';
import { type Snapshot, type ViewSources, takeSnapshot } from './snapshot';

/** In milliseconds. Rows show the days left, which change while a window is open. */
const redrawInterval = 60 * 60 * 1000;
/** In milliseconds. No event tells that a storage that couldn't be read works again. */
const nextRead = 5000;
/** Key of the sort order in the global state. */
const sortingKey = 'sorting';

/**
 * The tree "Tokens". Once it has been shown, it loads each project's list that was never loaded, but
 * doesn't reload lists by itself.
 *
 * It first takes a snapshot, and then redraws only what differs: see {@link Rows} for the reason.
 */
export class TokensView extends Disposable implements vscode.TreeDataProvider<Row> {
  readonly #changed = this.register(new vscode.EventEmitter<Row[] | undefined>());
  readonly #view: vscode.TreeView<Row>;
  readonly #clock: NodeJS.Timeout;
  #retry: NodeJS.Timeout | undefined;
  #shown: Snapshot | undefined;
  readonly #rows = new Rows();
  #wasVisible = false;
  #isVisible = false;
  #filter = '';
  /** Hides the progress bar; undefined if it isn't shown. */
  #loaded: (() => void) | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(
    private readonly sources: ViewSources,
    /** Stores the sort order. */
    private readonly state: vscode.Memento,
    /** Looks for tokens on this machine, for a button of the welcome text. May never settle. */
    private readonly findTokens: () => Promise<unknown>,
  ) {
    super();
    const { store, lists } = sources;
    this.#view = this.register(
      vscode.window.createTreeView('tir.tokens', { treeDataProvider: this, canSelectMany: true }),
    );
    this.register(
      vscode.Disposable.from(
        store.onDidChange((change) => {
          // Signed in again, maybe in another window: TIR may accept what it refused before.
          if (change.kind === 'connection' && lists.current(change.connectionId).error) {
            lists.forget(change.connectionId);
          }
          this.redraw();
        }),
        lists.onDidChange(() => {
          this.#showLoading();
          this.redraw();
        }),
        // Rows name the folders of this window that use them.
        vscode.workspace.onDidChangeWorkspaceFolders(() => this.redraw()),
        onSetting('tir.expiry', () => this.redraw()),
        vscode.workspace.onDidGrantWorkspaceTrust(() => this.redraw()),
        this.#view.onDidChangeVisibility(({ visible }) => {
          this.#isVisible = visible;
          this.#lookForTokens();
        }),
        vscode.window.onDidChangeWindowState(({ focused }) => {
          if (focused) {
            this.#lookForTokens();
          }
        }),
      ),
    );
    this.#clock = setInterval(() => this.redraw(), redrawInterval);
  }

  override dispose(): void {
    clearInterval(this.#clock);
    clearTimeout(this.#retry);
    super.dispose();
  }

  get selection(): readonly Row[] {
    return this.#view.selection;
  }

  getTreeItem({ node }: Row): vscode.TreeItem {
    return node.kind === 'connection' ? connectionItem(node) : tokenItem(node);
  }

  /** Adds the tooltip only for the row under the mouse: making one for every row would be slow. */
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

  /** Shows only tokens whose names contain `filter`, or all if it's empty. */
  async setFilter(filter: string): Promise<void> {
    this.#filter = filter;
    await vscode.commands.executeCommand('setContext', 'tir.filtered', filter !== '');
    this.redraw();
  }

  async getChildren(parent?: Row): Promise<Row[]> {
    if (!this.#wasVisible) {
      this.#wasVisible = this.#isVisible = true;
      await this.#update();
    }
    const nodes = parent ? this.#shown?.children[parent.connectionId] : this.#shown?.roots;
    return (nodes ?? []).flatMap((node) => this.#rows.of(node) ?? []);
  }

  /** Redraws what differs. Does nothing, and reads nothing, before the view is first shown. */
  redraw(): void {
    if (this.#wasVisible) {
      void this.#update();
    }
  }

  readonly #update = coalesced(async () => {
    void this.#loadOnce();
    const warnBeforeDays = settings.warnBeforeDays();
    const arrangement = { sorting: this.sorting, filter: this.#filter, warnBeforeDays };
    const snapshot = await takeSnapshot(this.sources, arrangement);
    clearTimeout(this.#retry);
    if (snapshot.isUnread) {
      this.#retry = setTimeout(() => this.redraw(), nextRead).unref();
    }
    await this.#show(snapshot);
  });

  async #show(next: Snapshot): Promise<void> {
    const before = this.#shown;
    this.#shown = next;
    // Update the rows together with `#shown`, before any await: VS Code may ask for children at any time.
    const changed = this.#rows.show([...next.roots, ...Object.values(next.children).flat()]);
    this.#lookForTokens();
    if (next.state !== before?.state) {
      await vscode.commands.executeCommand('setContext', 'tir.view', next.state);
    }
    // Only if it differs: VS Code delays row changes that follow a new message within 200 ms.
    if (next.message !== before?.message) {
      this.#view.message = next.message;
    }
    this.#view.description = next.description;
    if (next.expiringCount !== before?.expiringCount) {
      const tooltip =
        next.expiringCount === 1
          ? vscode.l10n.t('A token expires soon or has expired')
          : vscode.l10n.t('{0} tokens expire soon or have expired', next.expiringCount);
      this.#view.badge = next.expiringCount === 0 ? undefined : { value: next.expiringCount, tooltip };
    }
    if (changed) {
      this.#changed.fire(changed === 'all' ? undefined : changed);
    }
  }

  /** Never awaited: a disk that doesn't answer must not keep the view from showing what it can. */
  #lookForTokens(): void {
    if (this.#shown?.state === 'signedOut' && this.#isVisible) {
      this.#search().catch(() => undefined);
    }
  }

  /** One at a time: each search that hangs holds one of Node.js's few threads for files. */
  readonly #search = coalesced(() => this.findTokens());

  /** Loads lists that were never loaded. Ignores failures here: a list's state includes them, and the view shows it. */
  async #loadOnce(): Promise<void> {
    const { store, lists } = this.sources;
    for (const { id } of await store.connections().catch(() => [])) {
      const list = lists.current(id);
      if (list.at === undefined && !list.error && !list.loading) {
        lists.refresh(id).catch(() => undefined);
      }
    }
  }

  /** Shows the progress bar at the top of the view while any list is being loaded. */
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
