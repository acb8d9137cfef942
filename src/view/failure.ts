import * as vscode from 'vscode';

import { TirError, toTirError } from '../base/errors';
import { sentence } from '../base/sentences';

/** Says once for each reason that stored records are left out because they cannot be read. */
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

/** What went wrong, as people read it; the log has what they do not. */
export function toUserError(
  { log, host }: { readonly log: vscode.LogOutputChannel; readonly host: () => string },
  thrown: unknown,
): TirError {
  const error = toTirError(thrown);
  const ours = thrown !== error && error.code !== 'cancelled';
  if (ours) {
    // The message is left out: it may quote what was being worked on.
    log.error(String(thrown instanceof Error ? thrown.stack?.replace(thrown.message, '') : typeof thrown));
  } else {
    log.info(`${error.code}: ${error.message}`);
  }
  const text = ours
    ? vscode.l10n.t('TIR Tokens failed for a reason of its own. The output "TIR Tokens" says where.')
    : sentence(error, host());
  return new TirError(error.code, text, error.details);
}
