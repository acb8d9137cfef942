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
    what: l10n.t('Replaced the token "{0}", but couldn\'t delete it, so it still works.', plain(oldName)),
  });
}

/** Adds to an error that the project was signed out of during the rotation. */
export function signedOut(error: TirError, oldName: string): TirError {
  return error.with({
    what: l10n.t(
      'You signed out during the rotation of "{0}", so TIR still has both the old and the new token.',
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
        ? l10n.t('The new token for "{0}" is stored, but "{0}" may still exist.', name)
        : l10n.t('The new token for "{0}" is stored, but "{0}" still works.', name),
    ...(isTemporary(error) && { next: l10n.t('Rotate "{0}" again to finish.', name) }),
  });
}

/** Creates the error of a rotation that can be neither finished nor undone now. */
export function stuck(code: ErrorCode, oldName: string): TirError {
  return refusal(code, l10n.t("The old token is deleted, and the new token can't be used."), {
    what: l10n.t('Can\'t finish or undo the rotation of "{0}".', plain(oldName)),
    next: l10n.t('Create another token, or rotate "{0}" again later.', plain(oldName)),
  });
}

/** Checks if another try is the next step. Other failures' reasons say what to do first, or when. */
function isTemporary({ code, details }: TirError): boolean {
  const hasAdvice = [details.certificate, details.why, details.retryAfterSeconds].some((one) => one !== undefined);
  return !hasAdvice && (code === 'offline' || code === 'timeout' || code === 'server-error');
}

/** Adds to an error that the token wasn't rotated, unless the error already says more. */
export function notRotated(error: TirError, oldName: string): TirError {
  const name = plain(oldName);
  const { left, unknown } = error.details;
  return error.with({
    what: unknown
      ? l10n.t('Can\'t tell whether TIR created the new token for "{0}".', name)
      : left
        ? l10n.t('Couldn\'t rotate the token "{0}".', name)
        : l10n.t('Couldn\'t rotate the token "{0}", which still works.', name),
    ...(unknown && { next: l10n.t('Rotate "{0}" again to check.', name) }),
    ...(error.code === 'value-lost' && unknown && { why: l10n.t("TIR's answer was incomplete.") }),
    ...(error.code === 'value-lost' &&
      !unknown &&
      !left && {
        why: l10n.t("The new token's value didn't arrive, so the new token was deleted. Try again."),
      }),
    ...(error.code === 'value-lost' &&
      left && {
        why: l10n.t(
          'TIR\'s answer was lost, but TIR now lists "{0}", which may be the new token. Unless someone else uses it, delete it and rotate again.',
          plain(left.name),
        ),
      }),
    ...error.details,
  });
}
