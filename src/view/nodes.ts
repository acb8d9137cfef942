import * as vscode from 'vscode';

import { settings } from '../base/settings';
import { dateText, plain } from '../base/text';
import type { Connection } from '../secrets/records';
import { expiresIn, expirySentence } from './expiry';
import { type ExpiryState, timeOf } from '../tir/times';
import type { Token } from '../tir/token';
import type { TokenUsage } from '../tokens/usage';

/** A token's row. */
export interface TokenNode {
  readonly kind: 'token';
  /** The token's `tokenKey`, which identifies the row. */
  readonly key: string;
  readonly connectionId: string;
  readonly id: number;
  readonly token: Token;
  readonly state: ExpiryState;
  /** Whole days until it expires; undefined unless that's soon. */
  readonly daysLeft: number | undefined;
  /** Whether it's in use in all terminals, except in folders with their own token. */
  readonly inUse: boolean;
  /** Names of this window's folders whose terminals get it. */
  readonly folders: readonly string[];
  readonly stored: boolean;
  /** Whether it's the token that its project is signed in with. */
  readonly signsIn: boolean;
  readonly usage: TokenUsage;
}

/** A project's row. If there's only one project, the tree shows just its tokens. */
export interface ConnectionNode {
  readonly kind: 'connection';
  /** `Connection.id`. */
  readonly key: string;
  readonly connectionId: string;
  /** If its stored record can't be read, the label is the ID. */
  readonly connection: Pick<Connection, 'id' | 'label' | 'variables'>;
  /** Why its list couldn't be loaded or its stored record couldn't be read; undefined if neither failed. */
  readonly problem: string | undefined;
}

export type Node = TokenNode | ConnectionNode;

export function connectionItem(node: ConnectionNode): vscode.TreeItem {
  const item = new vscode.TreeItem(plain(node.connection.label), vscode.TreeItemCollapsibleState.Expanded);
  item.id = node.key;
  item.contextValue = 'connection';
  item.iconPath = new vscode.ThemeIcon(node.problem ? 'warning' : 'project');
  if (node.problem) {
    item.description = node.problem;
  }
  item.tooltip = [node.problem ?? plain(node.connection.label), extraNames(node.connection)].filter(Boolean).join('\n');
  return item;
}

/** Says which extra variables get a project's token; undefined if there are none. */
export function extraNames({ variables }: Pick<Connection, 'variables'>): string | undefined {
  return variables && vscode.l10n.t('Terminals get the token as {0} too', variables.join(', '));
}

export function tokenItem(node: TokenNode): vscode.TreeItem {
  const { token, stored, state, folders } = node;
  const name = plain(token.name);
  const active = node.inUse || folders.length > 0;
  const marks = [
    node.inUse && vscode.l10n.t('in use'),
    folders.length > 0 && vscode.l10n.t('in use in {0}', folderNames(folders)),
    state === 'expired' && vscode.l10n.t('expired'),
    node.daysLeft !== undefined && expiresIn(node.daysLeft),
    createdText(token.created),
  ];
  const item = new vscode.TreeItem(name);
  item.id = node.key;
  item.description = marks.filter(Boolean).join(' · ');
  item.contextValue = ['token', active && 'active', stored && 'stored', state !== 'valid' && state]
    .filter(Boolean)
    .join(' ');
  item.iconPath = icon(active, stored, state);
  const value = stored ? vscode.l10n.t('value stored') : token.hasValue ? undefined : vscode.l10n.t('value not stored');
  item.accessibilityInformation = { label: [name, ...marks, value].filter(Boolean).join(', ') };
  return item;
}

/** Returns a token's tooltip. It's plain text, not Markdown: names come from the API and must never become links. */
export function tokenTooltip({ token, stored, state, inUse, folders, signsIn, usage }: TokenNode): string {
  return [
    plain(token.name),
    vscode.l10n.t('Id: {0}', token.id),
    createdSentence(token.created),
    expirySentence(token.expires, state),
    valueSentence(token, stored),
    inUse && vscode.l10n.t('In use in new terminals'),
    folders.length > 0 && vscode.l10n.t('In use in new terminals of {0}', folderNames(folders)),
    !inUse && folders.length === 0 && vscode.l10n.t('Not in use in terminals'),
    (inUse || folders.length > 0) &&
      settings.savesTerminals() &&
      vscode.l10n.t('VS Code saves it in plain text with your terminals when it quits'),
    signsIn && vscode.l10n.t('You signed in with it'),
    usageSentence(usage),
  ]
    .filter(Boolean)
    .join('\n');
}

/** Says where a token's value comes from. */
function valueSentence({ hasValue }: Token, stored: boolean): string {
  if (stored) {
    return vscode.l10n.t('The value is stored on this machine');
  }
  return hasValue
    ? vscode.l10n.t('The value comes from TIR when you use the token')
    : vscode.l10n.t('The value is not stored on this machine');
}

function folderNames(folders: readonly string[]): string {
  return folders.map(plain).join(', ');
}

/** Created once, because there may be thousands of rows. */
const icons = {
  expired: new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground')),
  inUse: new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('terminal.ansiGreen')),
  warning: new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')),
  stored: new vscode.ThemeIcon('key'),
  listed: new vscode.ThemeIcon('circle-outline'),
};

function icon(active: boolean, stored: boolean, state: string): vscode.ThemeIcon {
  if (state === 'expired') {
    return icons.expired;
  }
  if (active) {
    // In a browser, the value may have been stored by another window. Then this one has to be reloaded.
    return stored ? icons.inUse : icons.warning;
  }
  if (state === 'expiring') {
    return icons.warning;
  }
  return stored ? icons.stored : icons.listed;
}

function usageSentence({ use, copy, terminal, debug, notebook, session, handOver }: TokenUsage): string {
  const known = [
    use !== undefined && vscode.l10n.t('put to use {0}', dateText(use)),
    terminal !== undefined && vscode.l10n.t('in a terminal {0}', dateText(terminal)),
    debug !== undefined && vscode.l10n.t('in a debug session {0}', dateText(debug)),
    notebook !== undefined && vscode.l10n.t('in a notebook {0}', dateText(notebook)),
    session !== undefined && vscode.l10n.t('asked for by an extension {0}', dateText(session)),
    copy !== undefined && vscode.l10n.t('copied {0}', dateText(copy)),
    handOver !== undefined && vscode.l10n.t('handed over {0}', dateText(handOver)),
  ].filter(Boolean);
  return known.length === 0
    ? vscode.l10n.t('Never used on this machine; its use elsewhere is not known')
    : vscode.l10n.t('Last used on this machine: {0}; its use elsewhere is not known', known.join(', '));
}

function createdText(created: Token['created']): string {
  return created === undefined
    ? vscode.l10n.t('creation date unknown')
    : vscode.l10n.t('created {0}', dayText(created));
}

function createdSentence(created: Token['created']): string {
  return created === undefined
    ? vscode.l10n.t('Creation date unknown')
    : vscode.l10n.t('Created {0}', dayText(created));
}

/** Formats a creation as a day. Shows words from the API as they are. */
function dayText(created: number | string): string {
  const time = timeOf(created);
  return time === undefined ? plain(String(created)) : dateText(time);
}

/** An element of the tree and the argument of its menu's commands. The object stays the same while its row exists. */
export interface Row {
  /** Tells a command that a person called it: see `isFromUi` in `base/arguments.ts`. */
  readonly kind: Node['kind'];
  readonly connectionId: string;
  /** Token ID; undefined for a project's row. */
  readonly id: number | undefined;
  /** Current content. */
  node: Node;
}

/**
 * The rows of the tree. While VS Code redraws a tree, it can't tell which row a click was for. So only rows that differ
 * are redrawn, and the whole tree only if rows were added, removed or moved.
 */
export class Rows {
  #rows: ReadonlyMap<string, Row> = new Map();

  of(node: Node): Row | undefined {
    return this.#rows.get(node.key);
  }

  /**
   * @param nodes everything that the tree shows from now on, in order
   * @returns the rows to redraw; undefined if there are none
   */
  show(nodes: readonly Node[]): 'all' | Row[] | undefined {
    const before = this.#rows;
    const changed: Row[] = [];
    const rows = nodes.map((node): Row => {
      const row = before.get(node.key) ?? {
        kind: node.kind,
        connectionId: node.connectionId,
        id: node.kind === 'token' ? node.id : undefined,
        node,
      };
      if (row.node !== node && JSON.stringify(row.node) !== JSON.stringify(node)) {
        row.node = node;
        changed.push(row);
      }
      return row;
    });
    this.#rows = new Map(rows.map((row) => [row.node.key, row]));
    if ([...before.keys()].join() !== [...this.#rows.keys()].join()) {
      return 'all';
    }
    return changed.length > 0 ? changed : undefined;
  }
}
