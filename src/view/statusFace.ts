import * as vscode from 'vscode';

import { fromUi } from '../base/arguments';
import { folderOf } from '../base/folders';
import { settings } from '../base/settings';
import { dateText, plain } from '../base/text';
import type { Connection, Use } from '../secrets/records';
import type { OpenTerminals } from '../terminals/openTerminals';
import { daysUntil, timeOf } from '../tir/times';
import type { Token } from '../tir/token';
import { expiresSentence } from './expiry';
import { extraNames } from './nodes';

/** `good`, or what's wrong with the token in use. */
export type TokenHealth = 'good' | 'expiring' | 'expired' | 'refused' | 'no-value';

/** The token in use, with what the item shows of it. */
export interface ShownToken {
  readonly use: Use;
  readonly connection: Connection | undefined;
  readonly health: TokenHealth;
  readonly expires: Token['expires'];
}

/** What the item shows at one moment. */
export interface Face {
  readonly icon: string;
  readonly text: string;
  /** Lines of the tooltip. */
  readonly lines: readonly (string | false | undefined)[];
  readonly isWarning?: boolean;
  readonly click: vscode.Command;
}

/** What the item's face depends on, besides settings and trust. */
export interface Situation {
  /** Undefined if no token is in use. */
  readonly shown: ShownToken | undefined;
  /** URI of the folder whose terminals the item is about; undefined if the window has several and none is active. */
  readonly folder: string | undefined;
  /** All uses in this window. */
  readonly uses: readonly Use[];
  /** Whether to name the token's project. */
  readonly withLabel: boolean;
  readonly openTerminals: OpenTerminals;
  readonly now: number;
}

export function faceOf(situation: Situation): Face {
  const { shown, folder, uses, openTerminals, now } = situation;
  const about = shown ? aboutToken(shown, now) : [];
  const others = otherFolders(uses, shown?.use);
  const old = oldTerminalsSentence(openTerminals);
  const keptOut = keptOutFace([shown && inUseSentence(shown.use), ...about, others, old]);
  if (keptOut) {
    return keptOut;
  }
  return shown ? tokenFace(situation, shown, [...about, others, old]) : noTokenFace(folder, [others, old]);
}

function tokenFace({ folder, withLabel, openTerminals }: Situation, shown: ShownToken, about: Face['lines']): Face {
  const { use, connection, health } = shown;
  const click = switchCommand(use.folder);
  const lines = [...about, vscode.l10n.t('Click to switch')];
  if (health === 'no-value') {
    const none = [vscode.l10n.t('New terminals have no TIR token'), inUseSentence(use)];
    return { icon: 'warning', text: vscode.l10n.t('No TIR token'), lines: [...none, ...lines], isWarning: true, click };
  }
  if (openTerminals.mismatchedIn(folder)) {
    const text = vscode.l10n.t('Token not in terminals');
    return { icon: 'warning', text, lines: [mismatchSentence(use), ...lines], isWarning: true, click };
  }
  const isWarning = health !== 'good';
  const name = [plain(use.name), withLabel && connection && plain(connection.label)].filter(Boolean).join(' · ');
  if (settings.chosenTerminalsOnly()) {
    const text = vscode.l10n.t('{0} (chosen terminals)', name);
    const icon = isWarning ? 'warning' : 'pinned';
    return { icon, text, lines: [inUseSentence(use), onlyChosenSentence(), ...lines], isWarning, click };
  }
  return { icon: isWarning ? 'warning' : 'key', text: name, lines: [whereSentence(use), ...lines], isWarning, click };
}

/** Returns the tooltip's lines about a token, wherever terminals have it. */
function aboutToken({ connection, health, expires }: ShownToken, now: number): Face['lines'] {
  return [
    connection && plain(connection.label),
    connection && extraNames(connection),
    healthSentence(health, expires, now),
  ];
}

/** Returns the item where this window keeps tokens out of all its terminals; undefined if it doesn't. */
function keptOutFace(about: Face['lines']): Face | undefined {
  if (!vscode.workspace.isTrusted) {
    const title = vscode.l10n.t('Click to manage workspace trust');
    return {
      icon: 'shield',
      text: vscode.l10n.t('TIR off'),
      lines: [vscode.l10n.t("New terminals have no TIR token: this workspace isn't trusted"), ...about, title],
      click: { command: 'workbench.trust.manage', title },
    };
  }
  if (!settings.terminalEnabled()) {
    const title = vscode.l10n.t('Click to open the setting');
    const why = vscode.l10n.t('New terminals have no TIR token: the setting tir.terminal.enabled is off');
    return {
      icon: 'circle-slash',
      text: vscode.l10n.t('TIR off'),
      lines: [why, ...about, title],
      click: { command: 'workbench.action.openSettings', title, arguments: ['tir.terminal.enabled'] },
    };
  }
  return undefined;
}

function noTokenFace(uri: string | undefined, about: Face['lines']): Face {
  const isOnly = vscode.workspace.workspaceFolders?.length === 1;
  const folder = isOnly ? undefined : folderOf(uri);
  const none = folder
    ? vscode.l10n.t('New terminals in {0} have no TIR token', plain(folder.name))
    : vscode.l10n.t('New terminals have no TIR token');
  return {
    icon: 'circle-outline',
    text: vscode.l10n.t('No TIR token'),
    lines: [none, ...about, vscode.l10n.t('Click to choose one')],
    click: switchCommand(undefined),
  };
}

/** Returns the item while the storage can't be read. `shown` is the token that terminals have, by its list. */
export function unreadableFace(situation: Situation): Face {
  const face = faceOf(situation);
  const [what, ...others] = face.lines;
  const lines = [what, vscode.l10n.t("VS Code's secret storage can't be read"), ...others];
  return { ...face, icon: 'warning', lines, isWarning: true };
}

/** Returns the command that replaces the token in use: in a folder, or in all terminals. */
function switchCommand(folder: string | undefined): vscode.Command {
  return { command: 'tir.useToken', title: vscode.l10n.t('Use in Terminals'), arguments: [fromUi({ folder })] };
}

function inUseSentence({ name }: Use): string {
  return vscode.l10n.t('The token in use is "{0}"', plain(name));
}

/** Names the folders whose own token isn't the one shown; undefined if there are none. */
function otherFolders(uses: readonly Use[], shown: Use | undefined): string | undefined {
  const names = uses.filter((use) => use !== shown).flatMap(({ folder }) => folderOf(folder)?.name ?? []);
  return names.length === 0
    ? undefined
    : vscode.l10n.t('Folders with their own token: {0}', names.map(plain).join(', '));
}

function whereSentence(use: Use): string {
  const folder = folderOf(use.folder);
  return folder
    ? vscode.l10n.t('New terminals in {0} have the TIR token "{1}"', plain(folder.name), plain(use.name))
    : vscode.l10n.t('New terminals have the TIR token "{0}"', plain(use.name));
}

function mismatchSentence({ name }: Use): string {
  return vscode.l10n.t(
    'New terminals don\'t have the token in use, "{0}". Run "TIR: Check Token in Terminal" to see why',
    plain(name),
  );
}

export function onlyChosenSentence(): string {
  return vscode.l10n.t('Only terminals opened with "Open Terminal with Token…" or the profile "TIR Token" have it');
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
      return vscode.l10n.t('TIR refuses it: it no longer exists');
    case 'no-value':
      return vscode.l10n.t("This window doesn't have its value. If another window stored it, reload this one");
  }
}
