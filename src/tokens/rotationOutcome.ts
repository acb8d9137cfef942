import { l10n } from 'vscode';

import type { TirError } from '../base/errors';
import { plain } from '../base/sentences';
import type { NamedToken, Rotation } from '../secrets/records';

/** How a rotation ended: with a new token and the result of deleting the old one, or undone. */
export type Rotated = { readonly token: NamedToken; readonly deletion: 'ok' | 'forbidden' } | 'undone';

/** The result of recovering an unfinished rotation. */
export interface Recovery {
  readonly rotation: Rotation;
  readonly outcome: 'finished' | 'undone' | 'unfinished';
  /** Set if it's finished. */
  readonly token?: NamedToken;
  /** Why it's unfinished, or why the new token was refused. */
  readonly error?: TirError;
}

/** Adds to an error that the new token is in use, but the old one wasn't deleted. */
export function oldKept(error: TirError, oldName: string): TirError {
  return error.with({
    what: l10n.t(
      'The token "{0}" has a successor, which is in use; the old one was not deleted and still works.',
      plain(oldName),
    ),
  });
}

/** Adds to an error how far the rotation got, and how it continues. */
export function unfinished(error: TirError, oldName: string): TirError {
  const name = plain(oldName);
  return error.with({
    what: error.details.unknown
      ? l10n.t(
          'The rotation of "{0}" is not finished: its successor is stored, and whether the old token was deleted is not known. Rotate it again to go on; the next start of the editor tries it too.',
          name,
        )
      : l10n.t(
          'The rotation of "{0}" is not finished: its successor is stored, and the old token still works. Rotate it again to go on; the next start of the editor tries it too.',
          name,
        ),
  });
}

/** Adds to an error that the token wasn't rotated, unless the error already says more. */
export function notRotated(error: TirError, oldName: string): TirError {
  const name = plain(oldName);
  return error.with({
    what: error.details.unknown
      ? l10n.t('Whether a successor of "{0}" was created is not known; the next rotation of it looks first.', name)
      : l10n.t('The token "{0}" was not rotated, and works as before.', name),
    ...(error.code === 'value-lost' && {
      why: l10n.t('The value of its successor was lost on the way, so that one was deleted again. Try again.'),
    }),
    ...error.details,
  });
}
