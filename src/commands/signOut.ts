import * as v from 'valibot';
import * as vscode from 'vscode';

import { chooseConnection } from '../ask/choose';
import { confirm } from '../ask/confirm';
import type { Parts } from '../parts';
import type { Connection } from '../secrets/records';
import { readArgument } from './argument';
import type { Call } from './command';

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
