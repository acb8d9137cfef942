import { l10n } from 'vscode';

import type { ErrorCode } from '../base/errors';
import type { ActivityAction } from './entries';

/** Returns the activity page's word for each action. */
export function actionWords(): Record<ActivityAction, string> {
  return {
    'sign-in': l10n.t('Signed in'),
    'sign-out': l10n.t('Signed out'),
    create: l10n.t('Created'),
    'add-value': l10n.t('Value added'),
    'set-variables': l10n.t('Variable names set'),
    use: l10n.t('Used in terminals'),
    stop: l10n.t('Stopped using'),
    copy: l10n.t('Copied'),
    'copy-config': l10n.t('Copied as config'),
    'save-env': l10n.t('Saved to .env'),
    'github-secret': l10n.t('Set as GitHub secret'),
    terminal: l10n.t('Terminal opened'),
    'agent-terminal': l10n.t('Agent terminal'),
    debug: l10n.t('Debugging started'),
    notebook: l10n.t('Given to notebook'),
    session: l10n.t('Given to extension'),
    rotate: l10n.t('Rotated'),
    delete: l10n.t('Deleted'),
    refused: l10n.t('Refused by TIR'),
    forget: l10n.t('Everything forgotten'),
  };
}

/** Returns the words for actions that failed. Only these are recorded then. */
export function failureWords(): Partial<Record<ActivityAction, string>> {
  return {
    'sign-in': l10n.t('Sign-in failed'),
    // Otherwise a failed creation isn't recorded, since it leaves no token.
    create: l10n.t('Created, not stored'),
    rotate: l10n.t('Rotation failed'),
    // Without an answer, TIR may have deleted the token.
    delete: l10n.t('Tried to delete'),
    refused: l10n.t('Refused by TIR'),
  };
}

/** Returns why something failed for each code, in few enough words for a column. */
export function reasonWords(): Record<ErrorCode, string> {
  return {
    cancelled: l10n.t('Canceled'),
    'not-signed-in': l10n.t('Not signed in'),
    'invalid-input': l10n.t('Invalid input'),
    unauthorized: l10n.t('Not accepted'),
    forbidden: l10n.t('No permission'),
    'not-found': l10n.t('Not found'),
    conflict: l10n.t('Conflict'),
    'rate-limited': l10n.t('Too many requests'),
    offline: l10n.t('Offline'),
    timeout: l10n.t('Timed out'),
    'server-error': l10n.t('Server error'),
    'bad-response': l10n.t('Unexpected answer'),
    'value-not-stored': l10n.t('No stored value'),
    'value-lost': l10n.t('Value lost'),
    'storage-failed': l10n.t('Storage failed'),
    'untrusted-workspace': l10n.t('Untrusted workspace'),
  };
}
