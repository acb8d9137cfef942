import * as vscode from 'vscode';

import { fromUi } from '../base/arguments';
import { plain } from '../base/text';
import { settings } from '../base/settings';
import type { Services } from '../services';

/** Reminds the person to rotate the oldest due token, at most once a day across all windows of this machine. */
export async function remind(services: Services): Promise<void> {
  const [oldest, ...others] = await services.reminders.due(settings.remindAfterDays());
  if (!oldest || !(await services.reminders.claimDailyReminder())) {
    return;
  }
  const [rotate, snooze, never] = [
    vscode.l10n.t('Rotate…'),
    vscode.l10n.t('Snooze for a Week'),
    vscode.l10n.t('Never for This Token'),
  ];
  const message = [
    vscode.l10n.t('It\'s time to rotate the token "{0}", which is {1} days old.', plain(oldest.name), oldest.age),
    others.length === 1 && vscode.l10n.t('Another token is due, too.'),
    others.length > 1 && vscode.l10n.t('{0} more tokens are due, too.', others.length),
  ]
    .filter(Boolean)
    .join(' ');
  const answer = await vscode.window.showInformationMessage(message, rotate, snooze, never);
  const ref = { connectionId: oldest.connectionId, id: oldest.id };
  if (answer === rotate) {
    await vscode.commands.executeCommand('tir.rotateToken', fromUi(ref));
  } else if (answer === snooze) {
    await services.reminders.snooze(ref);
  } else if (answer === never) {
    await services.reminders.never(ref);
  }
}
