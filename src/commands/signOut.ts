import * as v from 'valibot';
import * as vscode from 'vscode';

import { confirm } from '../base/prompts';
import type { Connection } from '../secrets/records';
import type { Parts } from '../services';
import { readArgument } from './argument';
import { chooseConnection } from './choose';
import type { Call } from './register';

/** Forgets a connection and the values of its tokens. On TIR nothing changes. */
export async function signOut(parts: Parts, { argument, byHand }: Call) {
  const given = readArgument({ connectionId: v.optional(v.string()) }, argument);
  const connection = await chooseToLeave(parts, given.connectionId);
  if (byHand) {
    const values = (await parts.store.storedIds(connection.id)).size;
    await confirm(
      vscode.l10n.t('Sign out of {0}?', connection.label),
      vscode.l10n.t(
        'The tokens stay valid on TIR. Values stored here, and lost for good unless you have them elsewhere: {0}.',
        values,
      ),
      vscode.l10n.t('Sign Out'),
    );
  }
  await parts.store.forgetConnection(connection.id);
  parts.lists.forget(connection.id);
  await parts.usage.forget((name) => name.startsWith(`${connection.id}/`));
  await parts.activity.note('sign-out', { connectionId: connection.id, connection: connection.label });
  parts.log.info(`Signed out of ${connection.id}.`);
  return { connectionId: connection.id };
}

/** A connection whose record cannot be read can be left like any other. */
async function chooseToLeave(parts: Parts, id: string | undefined): Promise<Pick<Connection, 'id' | 'label'>> {
  const { readable, unreadable } = await parts.store.allConnections();
  const only = readable.length === 0 && unreadable.length === 1 ? unreadable[0]?.id : undefined;
  const named = unreadable.find((one) => one.id === (id ?? only));
  return named
    ? { id: named.id, label: named.id }
    : (await chooseConnection(parts, vscode.l10n.t('Sign Out'), id)).connection;
}

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
