import * as vscode from 'vscode';

import { dateText } from '../base/text';
import { timeOf } from '../tir/times';
import type { Token } from '../tir/token';

/* Texts about expiry, in tree rows, pickers, tooltips and the status bar. */

/** Returns the days left in a few letters, for a row. */
export function daysLeftMark(days: number): string {
  return vscode.l10n.t('{0} d left', days);
}

export function expiresIn(days: number): string {
  return days === 1 ? vscode.l10n.t('expires in a day') : vscode.l10n.t('expires in {0} days', days);
}

export function expiresSentence(days: number): string {
  return days === 1 ? vscode.l10n.t('Expires in a day') : vscode.l10n.t('Expires in {0} days', days);
}

export function expirySentence(expires: Token['expires'], state: string): string {
  const time = timeOf(expires);
  if (time === undefined) {
    return vscode.l10n.t('Expiry unknown; tokens last 365 days');
  }
  return state === 'expired'
    ? vscode.l10n.t('Expired {0}', dateText(time))
    : vscode.l10n.t('Expires {0}', dateText(time));
}
