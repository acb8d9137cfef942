import * as vscode from 'vscode';

import type { Connection } from '../secrets/records';
import { expiryState, type Token } from '../tir/token';
import { dateText, plain } from './sentences';

const { t } = vscode.l10n;

/** A row of the tree. Its fields `id` and `connectionId` are the argument of every command that takes a token. */
export interface TokenNode {
  readonly kind: 'token';
  readonly connectionId: string;
  readonly id: number;
  readonly token: Token;
  readonly active: boolean;
  readonly stored: boolean;
}

/** Shown where more than one project is signed in to. */
export interface ConnectionNode {
  readonly kind: 'connection';
  readonly connectionId: string;
  readonly connection: Connection;
  /** What is wrong with its list; undefined where nothing is. */
  readonly problem: string | undefined;
}

export type Node = TokenNode | ConnectionNode;

export function connectionItem(node: ConnectionNode): vscode.TreeItem {
  const item = new vscode.TreeItem(plain(node.connection.label), vscode.TreeItemCollapsibleState.Expanded);
  item.id = node.connectionId;
  item.contextValue = 'connection';
  item.iconPath = new vscode.ThemeIcon(node.problem ? 'warning' : 'project');
  if (node.problem) {
    item.description = node.problem;
    item.tooltip = node.problem;
  }
  return item;
}

/** @param now milliseconds since 1970 */
export function tokenItem(node: TokenNode, now: number, warnBeforeDays: number): vscode.TreeItem {
  const { token, active, stored } = node;
  const name = plain(token.name);
  const state = expiryState(token, now, warnBeforeDays);
  const marks = [active && t('in use'), state === 'expired' && t('expired'), createdText(token.created)];
  const item = new vscode.TreeItem(name);
  item.id = `${node.connectionId}/${token.id}`;
  item.description = marks.filter(Boolean).join(' · ');
  item.contextValue = ['token', active && 'active', stored && 'stored', state !== 'valid' && state]
    .filter(Boolean)
    .join(' ');
  item.iconPath = icon(active, stored, state);
  // A string and not Markdown: names come from the API, and must never become links.
  item.tooltip = [
    name,
    t('Id: {0}', token.id),
    createdSentence(token.created),
    expirySentence(token.expires, state),
    stored ? t('The value is stored on this machine') : t('The value is not stored on this machine'),
    active ? t('In use in new terminals') : t('Not in use in terminals'),
  ].join('\n');
  item.accessibilityInformation = {
    label: [name, ...marks, stored ? t('value stored') : t('value not stored')].filter(Boolean).join(', '),
  };
  return item;
}

function icon(active: boolean, stored: boolean, state: string): vscode.ThemeIcon {
  if (state === 'expired') {
    return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  }
  if (active) {
    return new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('terminal.ansiGreen'));
  }
  return new vscode.ThemeIcon(stored ? 'key' : 'circle-outline');
}

function createdText(created: Token['created']): string {
  return created === undefined ? t('creation date unknown') : t('created {0}', dayText(created));
}

function createdSentence(created: Token['created']): string {
  return created === undefined ? t('Creation date unknown') : t('Created {0}', dayText(created));
}

/** A time as a day; the API's own words as they are. */
function dayText(created: number | string): string {
  return typeof created === 'number' ? dateText(created) : plain(created);
}

function expirySentence(expires: number | undefined, state: string): string {
  if (expires === undefined) {
    return t('Expiry unknown; tokens last 365 days');
  }
  return state === 'expired' ? t('Expired {0}', dateText(expires)) : t('Expires {0}', dateText(expires));
}
