import * as vscode from 'vscode';

import { refusal } from '../base/errors';
import { settings } from '../base/settings';
import type { NamedToken } from '../secrets/records';
import type { Services } from '../services';
import type { UseAction } from '../tokens/usage';

/** @throws TirError `forbidden` if the setting `tir.export.enabled` is off, for example by company policy */
export function requireExportEnabled(): void {
  if (!settings.exportEnabled()) {
    throw refusal(
      'forbidden',
      vscode.l10n.t("You can't export tokens, because the setting tir.export.enabled is off. Turn it on first."),
    );
  }
}

/** Git and gh can run what a repository's configuration says. @throws TirError `untrusted-workspace` */
export function requireTrust(): void {
  if (!vscode.workspace.isTrusted) {
    throw refusal(
      'untrusted-workspace',
      vscode.l10n.t("This workspace isn't trusted, and Git and gh could run code from it. Trust it first."),
    );
  }
}

/** Records that a token's value was exported. */
export async function recordExport(
  { usage, view, log }: Services,
  action: UseAction,
  token: NamedToken,
  folder?: vscode.Uri,
): Promise<void> {
  await usage.record(action, token, folder?.toString());
  view.redraw();
  log.info(`${action}: the token ${token.id} of ${token.connectionId}.`);
}
