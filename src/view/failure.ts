import * as vscode from 'vscode';

import { TirError, toTirError } from '../base/errors';
import { sentence } from '../base/errorSentences';

/** Returns a listener that logs each unreadable stored record, and warns once per reason. */
export function warnOfUnreadableRecords(log: () => Pick<vscode.LogOutputChannel, 'warn'>): (error: TirError) => void {
  const told = new Set<TirError['details']['record']>();
  return (error) => {
    log().warn(error.message);
    const { record } = error.details;
    if (!told.has(record)) {
      told.add(record);
      const message =
        record === 'newer'
          ? vscode.l10n.t(
              "A newer version of TIR Tokens stored data that this version can't read. Update the extension.",
            )
          : vscode.l10n.t(
              "Some data that TIR Tokens stored is damaged and was ignored. Sign in to the project again, or add the token's value.",
            );
      void vscode.window.showWarningMessage(message);
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
    ? vscode.l10n.t('Something went wrong in TIR Tokens. See the output "TIR Tokens" for details.')
    : sentence(error, host());
  return new TirError(error.code, text, error.details);
}
