import { l10n } from 'vscode';

import { type ErrorCode, refusal, type TirError } from '../base/errors';
import { plain } from '../base/text';
import type { NamedToken, Rotation } from '../secrets/records';

/** How a rotation ended: with a new token and the result of deleting the old one, or without one, and why. */
export type RotationEnd =
  { readonly token: NamedToken; readonly deletion: 'ok' | 'forbidden' } | { readonly failed: ErrorCode };

/** A new token, and what an earlier try may have left. */
export interface RotatedToken extends NamedToken {
  /** A token on TIR that may be the new one of an earlier try, if that's not certain or its value is lost. */
  readonly left?: NamedToken;
}

/** The result of recovering an unfinished rotation. */
export interface Recovery {
  readonly rotation: Rotation;
  /** `ended`: somebody has deleted the old token meanwhile, and there's no new one. */
  readonly outcome: 'finished' | 'undone' | 'unfinished' | 'ended';
  /** Set if it's finished. */
  readonly token?: NamedToken;
  /** As in {@link RotatedToken}. */
  readonly left?: NamedToken | undefined;
  /** Why it's unfinished, or why the new token was refused. */
  readonly error?: TirError;
}

/** Adds to an error that the new token is in use, but the old one wasn't deleted. */
export function oldKept(error: TirError, oldName: string): TirError {
  return error.with({
    what: l10n.t(
      'The token "{0}" has been replaced, but TIR doesn\'t allow you to delete it: it still works.',
      plain(oldName),
    ),
  });
}

/** Adds to an error that the project was signed out of during the rotation. */
export function signedOut(error: TirError, oldName: string): TirError {
  return error.with({
    what: l10n.t(
      'You signed out while "{0}" was being rotated: the old and the new token are both on TIR.',
      plain(oldName),
    ),
  });
}

/**
 * Adds to an error how far the rotation got, and how it continues.
 * @param isOldThere whether the old token certainly works
 */
export function unfinished(error: TirError, oldName: string, isOldThere: boolean): TirError {
  const name = plain(oldName);
  return error.with({
    what:
      !isOldThere || error.details.unknown
        ? l10n.t(
            'The rotation of "{0}" isn\'t finished: the new token is stored, and it\'s not known whether the old one was deleted. Rotate it again to continue, or restart VS Code.',
            name,
          )
        : l10n.t(
            'The rotation of "{0}" isn\'t finished: the new token is stored, and the old one still works. Rotate it again to continue, or restart VS Code.',
            name,
          ),
  });
}

/** Creates the error of a rotation that can be neither finished nor undone now. */
export function stuck(code: ErrorCode, oldName: string): TirError {
  return refusal(code, l10n.t('Rotate it again later, or create another token.'), {
    what: l10n.t(
      'The rotation of "{0}" can\'t be finished or undone: the old token is deleted, and the new one can\'t be used.',
      plain(oldName),
    ),
  });
}

/** Adds to an error that the token wasn't rotated, unless the error already says more. */
export function notRotated(error: TirError, oldName: string): TirError {
  const name = plain(oldName);
  const { left, unknown } = error.details;
  return error.with({
    what: unknown
      ? l10n.t('It\'s not known whether a new token for "{0}" was created. Rotate it again: that looks first.', name)
      : left
        ? l10n.t('The token "{0}" was not rotated.', name)
        : l10n.t('The token "{0}" was not rotated, and works as before.', name),
    ...(error.code === 'value-lost' &&
      !unknown &&
      !left && {
        why: l10n.t("The new token's value was lost on the way, so the new token was deleted again. Try again."),
      }),
    ...(error.code === 'value-lost' &&
      left && {
        why: l10n.t(
          'TIR\'s answer was lost, and TIR lists "{0}" now, which may be its new token. Delete it unless somebody else uses it, then rotate again.',
          plain(left.name),
        ),
      }),
    ...error.details,
  });
}
