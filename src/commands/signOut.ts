import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument } from '../base/arguments';
import { withErrorContext } from '../base/errors';
import { confirm } from '../base/prompts';
import { plain } from '../base/text';
import { allowedKey, kernelsKey } from '../notebooks/jupyter';
import type { Connection } from '../secrets/records';
import type { CommandCall, Services } from '../services';
import { chooseConnection } from './choose';
import { saidKey } from './notices';

/** Removes a project and its tokens' values from this machine. Nothing changes on TIR. */
export async function signOut(services: Services, { argument, interactive }: CommandCall) {
  const given = readArgument({ connectionId: v.optional(v.string()) }, argument);
  const connection = await chooseProjectToLeave(services, given.connectionId);
  if (interactive) {
    const values = (await services.store.storedIds(connection.id)).size;
    await confirm(
      vscode.l10n.t('Sign out of {0}?', connection.label),
      vscode.l10n.t(
        'Stored values that will be deleted from this machine: {0}. The tokens stay valid on TIR, but values that you have nowhere else are lost.',
        values,
      ),
      vscode.l10n.t('Sign Out'),
    );
  }
  const what = vscode.l10n.t(
    'You signed out of {0}, but some of its data is still stored on this machine.',
    plain(connection.label),
  );
  await despite(services.store.forgetConnection(connection.id), what, async () => {
    services.lists.forget(connection.id);
    await services.usage.forget((name) => name.startsWith(`${connection.id}/`));
    await services.activity.record('sign-out', { connectionId: connection.id, connection: connection.label });
  });
  services.log.info(`Signed out of ${connection.id}.`);
  return { connectionId: connection.id };
}

/** Does the rest, even if a record couldn't be deleted. @throws TirError the failure of that, afterwards */
async function despite(deleting: Promise<void>, what: string, rest: () => Promise<void>): Promise<void> {
  const outcome = await Promise.allSettled([withErrorContext(what, () => deleting)]);
  await rest();
  if (outcome[0].status === 'rejected') {
    throw outcome[0].reason;
  }
}

/** Chooses the project to sign out of, which may be one whose stored record can't be read. */
async function chooseProjectToLeave(
  services: Services,
  id: string | undefined,
): Promise<Pick<Connection, 'id' | 'label'>> {
  const { readable, unreadable } = await services.store.allConnections();
  const only = readable.length === 0 && unreadable.length === 1 ? unreadable[0]?.id : undefined;
  const named = unreadable.find((one) => one.id === (id ?? only));
  return named
    ? { id: named.id, label: named.id }
    : (await chooseConnection(services, vscode.l10n.t('Sign Out'), id)).connection;
}

/** Keys in the states of VS Code that tell which terminals and kernels had a token. */
const forgotten = [allowedKey, kernelsKey, saidKey];

/** Removes all projects, values, usage, reminders and the activity log from this machine. Nothing changes on TIR. */
export async function forgetEverything(services: Services) {
  await confirm(
    vscode.l10n.t('Forget everything that TIR Tokens has stored on this machine?'),
    vscode.l10n.t(
      'This removes your sign-ins, stored token values and the activity log from this machine. The tokens stay valid on TIR, but values that you have nowhere else are lost.',
    ),
    vscode.l10n.t('Forget Everything'),
  );
  const connections = await services.store.connections().catch(() => []);
  const what = vscode.l10n.t("Couldn't forget everything; some data is still stored on this machine.");
  await despite(services.store.forgetEverything(), what, async () => {
    await services.clipboard.clear();
    await services.usage.forget(() => true);
    services.openTerminals.forget();
    for (const key of forgotten) {
      await services.globalState.update(key, undefined);
      await services.workspaceState.update(key, undefined);
    }
    await services.reminders.forget();
    await services.activity.clear();
    for (const { id } of connections) {
      services.lists.forget(id);
    }
  });
  services.log.info('Everything stored was forgotten.');
  return {};
}
