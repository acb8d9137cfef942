import * as vscode from 'vscode';

import { Disposable, onTrustOrSetting } from '../base/disposable';
import { fromUi } from '../base/arguments';
import { coalesced } from '../base/async';
import { activeFolder, folderOf, concernsThisWindow, useInFolder } from '../base/folders';
import { dateText, plain } from '../base/text';
import { settings } from '../base/settings';
import { type Connection, tokenKey, type Use } from '../secrets/records';
import type { OpenTerminals } from '../terminals/openTerminals';
import { daysUntil, expiryState, timeOf } from '../tir/times';
import type { Token } from '../tir/token';
import { expiresSentence } from './expiry';
import { extraNames } from './nodes';
import type { ViewSources } from './snapshot';

/** How long a token must seem expired or refused before a warning, in milliseconds. */
const refusalGracePeriod = 2000;

const warnedKey = 'toldRefused';

/** `good`, or what's wrong with the token in use. */
type TokenHealth = 'good' | 'expiring' | 'expired' | 'refused' | 'no-value';

/** The token in use, with what the item shows of it. */
interface ShownToken {
  readonly use: Use;
  readonly connection: Connection | undefined;
  readonly health: TokenHealth;
  readonly expires: Token['expires'];
}

/**
 * Shows in the status bar which token the terminals of the active editor's folder get. If that token has expired or TIR
 * refuses it, a warning says so once and the item keeps saying it. Also sets the context keys of walkthrough and menus.
 */
export class StatusBar extends Disposable {
  readonly #item = this.register(
    vscode.window.createStatusBarItem('tir.tokenInUse', vscode.StatusBarAlignment.Left, 10),
  );
  /** The token in use that seems expired or refused, the timer of the second look, and whether that timer has fired. */
  #suspected: { readonly key: string; readonly timer: NodeJS.Timeout; isOld: boolean } | undefined;
  #contexts = '';

  constructor(
    private readonly sources: ViewSources,
    private readonly openTerminals: OpenTerminals,
    environmentChanged: vscode.Event<void>,
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
        environmentChanged(follow),
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
    super.dispose();
  }

  readonly update = coalesced(() =>
    this.#show().catch((error: unknown) => {
      this.log.error(String(error));
    }),
  );

  async #show(): Promise<void> {
    const { store } = this.sources;
    const [connections, all] = await Promise.all([store.connections(), store.uses()]);
    const uses = all.filter(concernsThisWindow);
    await this.#setContexts(connections.length > 0, uses.length > 0);
    if (connections.length === 0) {
      this.#item.hide();
      return;
    }
    const folders = vscode.workspace.workspaceFolders ?? [];
    const folder = (activeFolder() ?? (folders.length === 1 ? folders[0] : undefined))?.uri.toString();
    const use = useInFolder(uses, folder);
    if (!use) {
      this.#item.text = `$(key) ${vscode.l10n.t('No TIR token')}`;
      this.#item.tooltip = vscode.l10n.t('Terminals get no TIR token. Click to choose one.');
      this.#item.backgroundColor = undefined;
      this.#setClick(undefined);
    } else {
      const shown = await this.#examine(use, connections);
      const name = plain(use.name);
      const isInTerminals = this.openTerminals.mismatchedIn(folder) === undefined;
      this.#item.text = isInTerminals
        ? `$(${shown.health === 'good' ? 'key' : 'warning'}) ${name}`
        : `$(warning) ${vscode.l10n.t('Token not in terminals')}`;
      if (isInTerminals && shown.connection && connections.length > 1) {
        this.#item.text += ` · ${plain(shown.connection.label)}`;
      }
      this.#item.tooltip = this.#tooltip(shown, isInTerminals);
      this.#item.backgroundColor =
        isInTerminals && shown.health === 'good' ? undefined : new vscode.ThemeColor('statusBarItem.warningBackground');
      this.#setClick(use.folder);
      this.#warnOnce(shown);
    }
    this.#item.accessibilityInformation = { label: this.#item.tooltip.replaceAll('\n', ', '), role: 'button' };
    this.#item.show();
  }

  /**
   * Sets the command that replaces the shown token: in its folder, or in all terminals. A command that is the same
   * stays, since VS Code drops the old one at once: a click that is under way then fails.
   */
  #setClick(folder: string | undefined): void {
    const command = {
      command: 'tir.useToken',
      title: vscode.l10n.t('Use in Terminals'),
      arguments: [fromUi({ folder })],
    };
    if (JSON.stringify(command) !== JSON.stringify(this.#item.command)) {
      this.#item.command = command;
    }
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

  #tooltip({ use, connection, health, expires }: ShownToken, isInTerminals: boolean): string {
    return [
      isInTerminals ? whereSentence(use) : mismatchSentence(use),
      connection && plain(connection.label),
      connection && extraNames(connection),
      !vscode.workspace.isTrusted && vscode.l10n.t('Not here: this workspace is not trusted'),
      settings.chosenTerminalsOnly() && onlyChosenSentence(),
      !settings.terminalEnabled() && vscode.l10n.t('Not here: the setting tir.terminal.enabled is off'),
      healthSentence(health, expires, this.sources.now()),
      oldTerminalsSentence(this.openTerminals),
      vscode.l10n.t('Click to switch'),
    ]
      .filter(Boolean)
      .join('\n');
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
        ? vscode.l10n.t('The token "{0}" has expired: TIR refuses it, and terminals still get it.', plain(use.name))
        : vscode.l10n.t(
            'The token "{0}" does not exist any more: TIR refuses it, and terminals still get it.',
            plain(use.name),
          );
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

function whereSentence(use: Use): string {
  const folder = folderOf(use.folder);
  return folder
    ? vscode.l10n.t('Terminals of the folder {0} get the TIR token "{1}"', plain(folder.name), plain(use.name))
    : vscode.l10n.t('Terminals get the TIR token "{0}"', plain(use.name));
}

function mismatchSentence({ name }: Use): string {
  return vscode.l10n.t(
    'New terminals don\'t have the token in use, "{0}". Run "TIR: Check Token in Terminal" to see why',
    plain(name),
  );
}

export function onlyChosenSentence(): string {
  return vscode.l10n.t('Only terminals opened with "Open Terminal with Token…" or the profile "TIR Token" get it');
}

/** Returns a sentence on how many open terminals have an old token; undefined if none has. Restored ones may have none. */
export function oldTerminalsSentence(openTerminals: OpenTerminals): string | undefined {
  const old = openTerminals.withOldToken();
  const count = old.length;
  if (count === 0) {
    return undefined;
  }
  if (!old.every((terminal) => openTerminals.hasKnownToken(terminal))) {
    return count === 1
      ? vscode.l10n.t('An open terminal has an old token or none')
      : vscode.l10n.t('{0} open terminals have an old token or none', count);
  }
  return count === 1
    ? vscode.l10n.t('An open terminal still has an old token')
    : vscode.l10n.t('{0} open terminals still have an old token', count);
}

function healthSentence(health: TokenHealth, expires: Token['expires'], now: number): string | undefined {
  const time = timeOf(expires);
  switch (health) {
    case 'good':
      return time === undefined ? undefined : vscode.l10n.t('Expires {0}', dateText(time));
    case 'expiring':
      return expires === undefined ? undefined : expiresSentence(daysUntil(expires, now));
    case 'expired':
      return time === undefined ? vscode.l10n.t('It has expired') : vscode.l10n.t('It expired {0}', dateText(time));
    case 'refused':
      return vscode.l10n.t('TIR refuses it: it does not exist any more');
    case 'no-value':
      return vscode.l10n.t('Its value is not in this window. If another window stored it, reload this one');
  }
}
