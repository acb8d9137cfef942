import * as vscode from 'vscode';

import { Disposable, onTrustOrSetting } from '../base/disposable';
import { fromUi } from '../base/arguments';
import { coalesced } from '../base/async';
import { activeFolder, concernsThisWindow, useInFolder } from '../base/folders';
import { plain } from '../base/text';
import { settings } from '../base/settings';
import { type Connection, tokenKey, type Use } from '../secrets/records';
import type { TerminalEnvironment } from '../terminals/environment';
import type { OpenTerminals } from '../terminals/openTerminals';
import { expiryState } from '../tir/times';
import type { Token } from '../tir/token';
import type { ViewSources } from './snapshot';
import type { Face, ShownToken, TokenHealth } from './statusFace';

/** How long a token must seem expired or refused before a warning, in milliseconds. */
const refusalGracePeriod = 2000;

/** Milliseconds from a failed read to the next, at first and at most: no event tells that the storage works again. */
const [firstRetry, longestRetry] = [5000, 60_000];

const warnedKey = 'toldRefused';

/** Only windows that are signed in need it. */
const loadFaces = () => import('./statusFace');

/**
 * Shows in the status bar which token new terminals of the active editor's folder have, or why they have none. If that
 * token has expired or TIR refuses it, a warning says so once and the item keeps saying it. Also sets the context keys
 * of menus, and of the walkthrough's first step.
 */
export class StatusBar extends Disposable {
  readonly #item = this.register(
    vscode.window.createStatusBarItem('tir.tokenInUse', vscode.StatusBarAlignment.Left, 10),
  );
  /** The token in use that seems expired or refused, the timer of the second look, and whether that timer has fired. */
  #suspected: { readonly key: string; readonly timer: NodeJS.Timeout; isOld: boolean } | undefined;
  #retry: NodeJS.Timeout | undefined;
  /** Number of timers that have fired since the last read that succeeded. */
  #retries = 0;
  #contexts = '';
  #isShown = false;

  constructor(
    private readonly sources: ViewSources,
    private readonly openTerminals: OpenTerminals,
    private readonly terminals: Pick<TerminalEnvironment, 'onDidChange' | 'tokenIn' | 'hasOwn'>,
    /** Stores which tokens a warning was shown for. */
    private readonly state: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    const follow = () => {
      void this.update();
    };
    this.#item.name = vscode.l10n.t('TIR Token in Use');
    this.register(
      vscode.Disposable.from(
        sources.store.onDidChange(follow),
        sources.lists.onDidChange(follow),
        terminals.onDidChange(follow),
        openTerminals.onDidChange(follow),
        vscode.window.onDidChangeActiveTextEditor(follow),
        vscode.workspace.onDidChangeWorkspaceFolders(follow),
        vscode.window.onDidOpenTerminal(follow),
        vscode.window.onDidCloseTerminal(follow),
        onTrustOrSetting('tir', follow),
      ),
    );
    follow();
  }

  override dispose(): void {
    clearTimeout(this.#suspected?.timer);
    clearTimeout(this.#retry);
    super.dispose();
  }

  readonly update = coalesced(async () => {
    try {
      await this.#show();
      clearTimeout(this.#retry);
      this.#retries = 0;
    } catch (error) {
      this.log.error(String(error));
      clearTimeout(this.#retry);
      const wait = Math.min(firstRetry * 2 ** this.#retries, longestRetry);
      this.#retry = setTimeout(() => {
        this.#retries++;
        void this.update();
      }, wait).unref();
      await this.#showUnread().catch((failed: unknown) => {
        this.log.error(String(failed));
      });
    }
  });

  async #show(): Promise<void> {
    const { store } = this.sources;
    const [connections, all] = await Promise.all([store.connections(), store.uses()]);
    const uses = all.filter(concernsThisWindow);
    await this.#setContexts(connections.length > 0, uses.length > 0);
    this.#isShown = connections.length > 0;
    if (!this.#isShown) {
      this.#item.hide();
      return;
    }
    const folder = shownFolder();
    const use = useInFolder(uses, folder);
    const shown = use && (await this.#examine(use, connections));
    const { faceOf } = await loadFaces();
    const { openTerminals } = this;
    this.#draw(
      faceOf({ shown, folder, uses, withLabel: connections.length > 1, openTerminals, now: this.sources.now() }),
    );
    if (shown) {
      this.#warnOnce(shown);
    }
  }

  /** Shows what terminals have while the storage can't be read: they keep their token unless their own read failed. */
  async #showUnread(): Promise<void> {
    const folder = shownFolder();
    const token = this.terminals.tokenIn(folder)?.token;
    if (!token && !this.#isShown) {
      return;
    }
    this.#isShown = true;
    const isOwn = folder !== undefined && this.terminals.hasOwn(folder);
    const use = token && { ...token, folder: isOwn ? folder : undefined };
    const listed = use && this.sources.lists.current(use.connectionId).tokens.find(({ id }) => id === use.id);
    const state = listed && expiryState(listed, this.sources.now(), settings.warnBeforeDays());
    const health: TokenHealth = !state || state === 'valid' ? 'good' : state;
    const shown = use && { use, connection: undefined, health, expires: listed?.expires };
    const { unreadableFace } = await loadFaces();
    const { openTerminals } = this;
    const uses = use ? [use] : [];
    this.#draw(unreadableFace({ shown, folder, uses, withLabel: false, openTerminals, now: this.sources.now() }));
  }

  #draw({ icon, text, lines, isWarning, click }: Face): void {
    const tooltip = lines.filter(Boolean).join('\n');
    this.#item.text = `$(${icon}) ${text}`;
    this.#item.tooltip = tooltip;
    this.#item.backgroundColor = isWarning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.accessibilityInformation = { label: tooltip.replaceAll('\n', ', '), role: 'button' };
    // The same command stays, since VS Code drops the old one at once: a click that is under way then fails.
    if (JSON.stringify(click) !== JSON.stringify(this.#item.command)) {
      this.#item.command = click;
    }
    this.#item.show();
  }

  async #examine(use: Use, connections: readonly Connection[]): Promise<ShownToken> {
    const { store, lists, now } = this.sources;
    const connection = connections.find(({ id }) => id === use.connectionId);
    const list = lists.current(use.connectionId);
    const listed = list.tokens.find(({ id }) => id === use.id);
    const stored = await store.tokenIfReadable(use);
    const token: Token | undefined = listed ?? (stored && { ...stored, id: use.id });
    const state = token && expiryState(token, now(), settings.warnBeforeDays());
    // TIR no longer knows a token that an up-to-date list lacks, or that signs in its project and is refused.
    const gone = list.at !== undefined && !list.error && !list.loading && !listed;
    const refused = list.error?.code === 'unauthorized' && connection?.signInTokenId === use.id;
    const valid = state === 'expiring' ? state : 'good';
    const known: TokenHealth = state === 'expired' ? state : gone || refused ? 'refused' : valid;
    return { use, connection, health: stored ? known : 'no-value', expires: token?.expires };
  }

  /** Warns once, and only if the problem lasts: on a deletion, the list may change before the store does. */
  #warnOnce({ use, health }: ShownToken): void {
    const key = tokenKey(use);
    const told = this.state.get<readonly string[]>(warnedKey, []);
    if ((health !== 'refused' && health !== 'expired') || told.includes(key)) {
      clearTimeout(this.#suspected?.timer);
      this.#suspected = undefined;
      return;
    }
    if (this.#suspected?.key !== key) {
      clearTimeout(this.#suspected?.timer);
      const timer = setTimeout(() => {
        doubt.isOld = true;
        void this.update();
      }, refusalGracePeriod);
      const doubt = { key, timer, isOld: false };
      this.#suspected = doubt;
    }
    if (!this.#suspected.isOld) {
      return;
    }
    void this.state.update(warnedKey, [...told, key]);
    const another = vscode.l10n.t('Use Another…');
    const message =
      health === 'expired'
        ? vscode.l10n.t('TIR refuses the token "{0}": it has expired. Use another token.', plain(use.name))
        : vscode.l10n.t('TIR refuses the token "{0}": it no longer exists. Use another token.', plain(use.name));
    void vscode.window.showWarningMessage(message, another).then((answer) => {
      if (answer === another) {
        void vscode.commands.executeCommand('tir.useToken', fromUi({ folder: use.folder }));
      }
    });
  }

  async #setContexts(signedIn: boolean, tokenInUse: boolean): Promise<void> {
    const contexts = JSON.stringify([signedIn, tokenInUse]);
    if (contexts !== this.#contexts) {
      this.#contexts = contexts;
      await vscode.commands.executeCommand('setContext', 'tir.signedIn', signedIn);
      await vscode.commands.executeCommand('setContext', 'tir.tokenInUse', tokenInUse);
    }
  }
}

/** Returns the URI of the folder that the item is about; undefined if the window has several and none is active. */
function shownFolder(): string | undefined {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return (activeFolder() ?? (folders.length === 1 ? folders[0] : undefined))?.uri.toString();
}
