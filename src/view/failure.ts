import * as vscode from 'vscode';

import { TirError, toTirError } from '../base/errors';
import { sentence } from '../base/errorSentences';

/** Returns a listener that logs each unreadable stored record, and warns once per reason that records are left out. */
export function warnOfUnreadableRecords(log: () => Pick<vscode.LogOutputChannel, 'warn'>): (error: TirError) => void {
  const told = new Set<TirError['details']['record']>();
  return (error) => {
    log().warn(error.message);
    const { record } = error.details;
    if (!told.has(record)) {
      told.add(record);
      const what = vscode.l10n.t('Something that TIR Tokens has stored cannot be read, and is left out.');
      void vscode.window.showWarningMessage(`${what} ${sentence(error, '')}`);
    }
  };
}

/** Turns anything thrown into an error with a message for people. Technical details go to the log. */
export function toUserError(
  { log, host }: { readonly log: vscode.LogOutputChannel; readonly host: () => string },
  thrown: unknown,
): TirError {
  const error = toTirError(thrown);
  const ours = thrown !== error && error.code !== 'cancelled';
  if (ours) {
    // Leave out the message: it may quote the data in use.
    log.error(String(thrown instanceof Error ? thrown.stack?.replace(thrown.message, '') : typeof thrown));
  } else {
    log.info(`${error.code}: ${error.message}`);
  }
  const text = ours
    ? vscode.l10n.t('TIR Tokens failed for a reason of its own. The output "TIR Tokens" says where.')
    : sentence(error, host());
  return new TirError(error.code, text, error.details);
}
