import * as vscode from 'vscode';

import { confirm } from '../ask/confirm';
import type { Parts } from '../parts';

/** Takes everything that the extension has stored out of this machine. On TIR nothing changes. */
export async function forgetEverything(parts: Parts) {
  await confirm(
    vscode.l10n.t('Forget everything that TIR Tokens has stored on this machine?'),
    vscode.l10n.t(
      'All connections, token values and the record of token activity are deleted here. The tokens stay valid on TIR; a value that you have nowhere else is lost for good.',
    ),
    vscode.l10n.t('Forget Everything'),
  );
  const connections = await parts.store.connections().catch(() => []);
  await parts.store.forgetEverything();
  await parts.clipboard.clear();
  await parts.usage.forget(() => true);
  await parts.reminders.forget();
  await parts.activity.clear();
  for (const { id } of connections) {
    parts.lists.forget(id);
  }
  parts.log.info('Everything stored was forgotten.');
  return {};
}
