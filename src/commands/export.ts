import * as vscode from 'vscode';

import type { ActivityAction } from '../activity/entries';
import { refusal } from '../base/errors';
import { settings } from '../base/settings';
import type { TokenRef } from '../secrets/records';
import type { Services } from '../services';
import type { TokenUsage } from '../tokens/usage';

/** @throws TirError `forbidden` if the setting `tir.export.enabled` is off, for example by company policy */
export function requireExportEnabled(): void {
  if (!settings.exportEnabled()) {
    throw refusal(
      'forbidden',
      vscode.l10n.t('The setting tir.export.enabled keeps token values in the secret storage.'),
    );
  }
}

/** Git and gh can run what a repository's configuration says. @throws TirError `untrusted-workspace` */
export function requireTrust(): void {
  if (!vscode.workspace.isTrusted) {
    throw refusal(
      'untrusted-workspace',
      vscode.l10n.t('This workspace is not trusted, and git and gh could run what it says. Trust it first.'),
    );
  }
}

/** Records that a token's value was exported. */
export async function recordExport(
  services: Services,
  token: TokenRef & { readonly name: string },
  action: ActivityAction,
  { how, folder }: { readonly how: keyof TokenUsage; readonly folder?: vscode.Uri },
): Promise<void> {
  await services.usage.note(token, how);
  services.view.redraw();
  await services.activity.record(action, { connectionId: token.connectionId, token, folder: folder?.toString() });
  services.log.info(`${action}: the token ${token.id} of ${token.connectionId}.`);
}
