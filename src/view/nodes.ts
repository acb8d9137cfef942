import * as vscode from 'vscode';

import { dateText, plain } from '../base/sentences';
import type { Connection } from '../secrets/records';
import type { ExpiryState, Token } from '../tir/token';
import type { TokenUsage } from '../tokens/usage';

/** What the row of a token shows. */
export interface TokenNode {
  readonly kind: 'token';
  /** Its place as one word, which stays the same. */
  readonly key: string;
  readonly connectionId: string;
  readonly id: number;
  readonly token: Token;
  readonly state: ExpiryState;
  /** Whole days until it expires, where that is soon. */
  readonly daysLeft: number | undefined;
  /** Whether the terminals of this window that have no token of their folder get it. */
  readonly inUse: boolean;
  /** Names of the folders of this window whose terminals get it. */
  readonly folders: readonly string[];
  readonly stored: boolean;
  /** Whether its project is signed in with it. */
  readonly signsIn: boolean;
  readonly usage: TokenUsage;
}

/** What the row of a project shows, where more than one is signed in to. */
export interface ConnectionNode {
  readonly kind: 'connection';
  /** The connection's id. */
  readonly key: string;
  readonly connectionId: string;
  /** One that cannot be read has its id for a label. */
  readonly connection: Pick<Connection, 'id' | 'label' | 'variables'>;
  /** What is wrong with its list; undefined where nothing is. */
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

/** Which other variables have the token of a project; undefined where none has. */
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
  item.accessibilityInformation = {
    label: [name, ...marks, stored ? vscode.l10n.t('value stored') : vscode.l10n.t('value not stored')]
      .filter(Boolean)
      .join(', '),
  };
  return item;
}

/** What is said of a token where the mouse rests on it. A text and not Markdown: names come from the API, and must never become links. */
export function tokenTooltip({ token, stored, state, inUse, folders, signsIn, usage }: TokenNode): string {
  return [
    plain(token.name),
    vscode.l10n.t('Id: {0}', token.id),
    createdSentence(token.created),
    expirySentence(token.expires, state),
    stored
      ? vscode.l10n.t('The value is stored on this machine')
      : vscode.l10n.t('The value is not stored on this machine'),
    inUse && vscode.l10n.t('In use in new terminals'),
    folders.length > 0 && vscode.l10n.t('In use in new terminals of {0}', folderNames(folders)),
    !inUse && folders.length === 0 && vscode.l10n.t('Not in use in terminals'),
    signsIn && vscode.l10n.t('You signed in with it'),
    usageSentence(usage),
  ]
    .filter(Boolean)
    .join('\n');
}

function folderNames(folders: readonly string[]): string {
  return folders.map(plain).join(', ');
}

/** Each made once: there may be thousands of rows. */
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
    // In use without its value: another window of a browser has it, and this one has to be loaded anew.
    return stored ? icons.inUse : icons.warning;
  }
  if (state === 'expiring') {
    return icons.warning;
  }
  return stored ? icons.stored : icons.listed;
}

export function expiresIn(days: number): string {
  return days === 1 ? vscode.l10n.t('expires in a day') : vscode.l10n.t('expires in {0} days', days);
}

function usageSentence({ use, copy, terminal, debug, session, handOver }: TokenUsage): string {
  const known = [
    use !== undefined && vscode.l10n.t('put to use {0}', dateText(use)),
    terminal !== undefined && vscode.l10n.t('in a terminal {0}', dateText(terminal)),
    debug !== undefined && vscode.l10n.t('in a debug session {0}', dateText(debug)),
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

/** A time as a day; the API's own words as they are. */
function dayText(created: number | string): string {
  return typeof created === 'number' ? dateText(created) : plain(created);
}

function expirySentence(expires: number | undefined, state: string): string {
  if (expires === undefined) {
    return vscode.l10n.t('Expiry unknown; tokens last 365 days');
  }
  return state === 'expired'
    ? vscode.l10n.t('Expired {0}', dateText(expires))
    : vscode.l10n.t('Expires {0}', dateText(expires));
}

/** An element of the tree, and the argument of the commands in its menu. The same object for as long as its row is there. */
export interface Row {
  /** Tells a command that a person called it: see `base/arguments.ts`. */
  readonly kind: Node['kind'];
  readonly connectionId: string;
  /** Of its token; undefined for the row of a project. */
  readonly id: number | undefined;
  /** What it shows now. */
  node: Node;
}

/**
 * The rows of the tree. While the editor draws a tree anew it does not know which row a click was for, so that only
 * rows that differ are drawn, and all of them only where rows came, went or moved.
 */
export class Rows {
  #rows: ReadonlyMap<string, Row> = new Map();

  of(node: Node): Row | undefined {
    return this.#rows.get(node.key);
  }

  /**
   * @param nodes all that the tree shows from now on, in their order
   * @returns the rows to draw; undefined where none is
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
