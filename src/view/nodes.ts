import * as vscode from 'vscode';

import { settings } from '../base/settings';
import { dateText, plain } from '../base/text';
import type { Connection } from '../secrets/records';
import { daysLeftMark, expiresIn, expirySentence } from './expiry';
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
  /** See {@link shortNameOf}. Undefined if another row's would be the same. */
  readonly shortName?: string | undefined;
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
  readonly problem: Problem | undefined;
}

/** What's wrong with a project. */
export interface Problem {
  /** One or two words, which fit into a narrow row. */
  readonly mark: string;
  readonly sentence: string;
}

export type Node = TokenNode | ConnectionNode;

export function connectionItem(node: ConnectionNode): vscode.TreeItem {
  const item = new vscode.TreeItem(plain(node.connection.label), vscode.TreeItemCollapsibleState.Expanded);
  item.id = node.key;
  item.contextValue = 'connection';
  item.iconPath = new vscode.ThemeIcon(node.problem ? 'warning' : 'project');
  const label = plain(node.connection.label);
  if (node.problem) {
    item.description = node.problem.mark;
    item.accessibilityInformation = { label: `${label}, ${node.problem.sentence}` };
  }
  item.tooltip = [label, node.problem?.sentence, extraNames(node.connection)].filter(Boolean).join('\n');
  return item;
}

/** Says which extra variables get a project's token; undefined if there are none. */
export function extraNames({ variables }: Pick<Connection, 'variables'>): string | undefined {
  return variables && vscode.l10n.t('Terminals also have the token as {0}', variables.join(', '));
}

/** Builds a token's row. Its description begins with the state, because a narrow side bar cuts off the end. */
export function tokenItem(node: TokenNode): vscode.TreeItem {
  const { token, stored, state, folders, daysLeft } = node;
  const name = plain(token.name);
  const active = node.inUse || folders.length > 0;
  const expiry = (days: (count: number) => string) => [
    state === 'expired' && vscode.l10n.t('expired'),
    daysLeft !== undefined && days(daysLeft),
  ];
  const uses = [
    node.inUse && vscode.l10n.t('in use'),
    folders.length > 0 && vscode.l10n.t('in use in {0}', folderNames(folders)),
  ];
  const created = token.created === undefined ? undefined : dayText(token.created);
  const marks = [...uses, ...expiry(daysLeftMark)].filter(Boolean);
  const item = new vscode.TreeItem(marks.length > 0 ? (node.shortName ?? name) : name);
  item.id = node.key;
  item.description = [...marks, created].filter(Boolean).join(' · ');
  item.contextValue = ['token', active && 'active', stored && 'stored', state !== 'valid' && state]
    .filter(Boolean)
    .join(' ');
  item.iconPath = icon(active, stored, state);
  const spoken = [
    name,
    ...uses,
    ...expiry(expiresIn),
    created === undefined ? vscode.l10n.t('creation date unknown') : vscode.l10n.t('created {0}', created),
    stored
      ? vscode.l10n.t('value stored on this machine')
      : !token.hasValue && vscode.l10n.t('value not stored on this machine'),
  ];
  item.accessibilityInformation = { label: spoken.filter(Boolean).join(', ') };
  return item;
}

/** Cuts out the middle of a long name, so a side bar of 240 pixels has room for the first mark after it. */
export function shortNameOf(name: string): string {
  const letters = Array.from(name);
  return letters.length > 18 ? [...letters.slice(0, 9), '…', ...letters.slice(-8)].join('') : name;
}

/** Returns a token's tooltip. It's plain text, not Markdown: names come from the API and must never become links. */
export function tokenTooltip({ token, stored, state, inUse, folders, signsIn, usage }: TokenNode): string {
  return [
    plain(token.name),
    vscode.l10n.t('ID: {0}', token.id),
    createdSentence(token.created),
    expirySentence(token.expires, state),
    valueSentence(token, stored),
    inUse && vscode.l10n.t('In use in new terminals'),
    folders.length > 0 && vscode.l10n.t('In use in new terminals in {0}', folderNames(folders)),
    !inUse && folders.length === 0 && vscode.l10n.t('Not in use'),
    (inUse || folders.length > 0) &&
      settings.savesTerminals() &&
      vscode.l10n.t('When VS Code quits, it saves the token in plain text with your terminals'),
    signsIn && vscode.l10n.t('You signed in with this token'),
    usageSentence(usage),
  ]
    .filter(Boolean)
    .join('\n');
}

/** Says where a token's value comes from. */
function valueSentence({ hasValue }: Token, stored: boolean): string {
  if (stored) {
    return vscode.l10n.t('Value stored on this machine');
  }
  return hasValue
    ? vscode.l10n.t('TIR provides the value when you use the token')
    : vscode.l10n.t('Value not stored on this machine');
}

function folderNames(folders: readonly string[]): string {
  return folders.map(plain).join(', ');
}

/** One shape for each state, for people who can't tell colors. Created once, because there may be thousands of rows. */
const icons = {
  expired: new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground')),
  inUse: new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('terminal.ansiGreen')),
  inUseWithoutValue: new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')),
  expiring: new vscode.ThemeIcon('watch', new vscode.ThemeColor('list.warningForeground')),
  stored: new vscode.ThemeIcon('key'),
  listed: new vscode.ThemeIcon('cloud'),
};

function icon(active: boolean, stored: boolean, state: ExpiryState): vscode.ThemeIcon {
  if (state === 'expired') {
    return icons.expired;
  }
  if (active) {
    // In a browser, the value may have been stored by another window. Then this one has to be reloaded.
    return stored ? icons.inUse : icons.inUseWithoutValue;
  }
  if (state === 'expiring') {
    return icons.expiring;
  }
  return stored ? icons.stored : icons.listed;
}

function usageSentence({ use, copy, terminal, debug, notebook, session, handOver }: TokenUsage): string {
  const known = [
    use !== undefined && vscode.l10n.t('selected for terminals on {0}', dateText(use)),
    terminal !== undefined && vscode.l10n.t('in a terminal on {0}', dateText(terminal)),
    debug !== undefined && vscode.l10n.t('in a debug session on {0}', dateText(debug)),
    notebook !== undefined && vscode.l10n.t('in a notebook on {0}', dateText(notebook)),
    session !== undefined && vscode.l10n.t('requested by an extension on {0}', dateText(session)),
    copy !== undefined && vscode.l10n.t('copied on {0}', dateText(copy)),
    handOver !== undefined && vscode.l10n.t('exported on {0}', dateText(handOver)),
  ].filter(Boolean);
  return known.length === 0
    ? vscode.l10n.t("Never used on this machine. Use elsewhere isn't known")
    : vscode.l10n.t("Last used on this machine: {0}. Use elsewhere isn't known", known.join('; '));
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
