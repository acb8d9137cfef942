import * as vscode from 'vscode';

import type { TirError } from './errors';
import { withoutMarkup } from './text';

/**
 * Builds the text that people read about an error: what wasn't done, why, and what to do next.
 * @param host the API's host, for network errors
 */
export function sentence(error: TirError, host: string): string {
  return withoutMarkup([error.details.what, error.details.why ?? reason(error, host)].filter(Boolean).join(' '));
}

function reason(error: TirError, host: string): string {
  const says = error.details.serverSays ? ` ${vscode.l10n.t('TIR says: {0}', error.details.serverSays)}` : '';
  switch (error.code) {
    case 'cancelled':
      return vscode.l10n.t('Cancelled.');
    case 'not-signed-in':
      return vscode.l10n.t('You are not signed in to TIR. Sign in first.');
    case 'unauthorized':
      if (error.details.apiKey === 'missing') {
        return vscode.l10n.t(
          'TIR refused the token: it needs its API key. Sign in with the token and the API key created with it.',
        );
      }
      return vscode.l10n.t(
        'TIR refused the token that you signed in with: it has expired, has been deleted, or is not of this project. Sign in with another one.',
      );
    case 'forbidden':
      return `${vscode.l10n.t('Your role in the project does not allow this. Ask an owner of the project.')}${says}`;
    case 'not-found':
      if (error.details.call === 'list' || error.details.call === 'create') {
        return vscode.l10n.t(
          'TIR does not know this project. Check its id and its location, and the setting tir.apiUrl.',
        );
      }
      if (error.details.listed) {
        return vscode.l10n.t('TIR lists it, and says that it is not there. Try again later.');
      }
      return vscode.l10n.t('It no longer exists on TIR. Refresh the list.');
    case 'conflict':
      if (error.details.call === 'list' || error.details.call === 'delete') {
        return `${vscode.l10n.t('TIR refuses this as things are at the moment. Refresh the list, and try again.')}${says}`;
      }
      return vscode.l10n.t('The name is taken in this project. Choose another one.');
    case 'rate-limited':
      return error.details.retryAfterSeconds === undefined
        ? vscode.l10n.t('TIR takes no more calls for the moment. Try again in a minute.')
        : vscode.l10n.t(
            'TIR takes no more calls for the moment. Try again in {0} seconds.',
            error.details.retryAfterSeconds,
          );
    case 'offline':
      if (error.details.certificate !== undefined) {
        return vscode.l10n.t(
          'Nothing was sent to {0}: this machine does not trust its certificate ({1}). If a proxy of your company opens connections, add its certificate to those of the system or name it in NODE_EXTRA_CA_CERTS.',
          host,
          error.details.certificate,
        );
      }
      return vscode.l10n.t('{0} cannot be reached. Check the network, the proxy and the setting tir.apiUrl.', host);
    case 'timeout':
      return vscode.l10n.t(
        '{0} did not answer in time. Try again, or raise the setting tir.requestTimeoutSeconds.',
        host,
      );
    case 'server-error':
      return error.details.retryAfterSeconds === undefined
        ? `${vscode.l10n.t('Something went wrong on TIR. Try again later.')}${says}`
        : `${vscode.l10n.t('Something went wrong on TIR. Try again in {0} seconds.', error.details.retryAfterSeconds)}${says}`;
    case 'bad-response':
      if (error.details.notJson) {
        return vscode.l10n.t(
          '{0} answered with a page instead of the data of the TIR API. If this network wants you to log in first, do that in a browser; else check the setting tir.apiUrl.',
          host,
        );
      }
      if (error.details.status !== undefined && error.details.status >= 400) {
        const refused = vscode.l10n.t('TIR refused this with the status {0}.', error.details.status);
        return `${refused} ${vscode.l10n.t('Try again later, and check the setting tir.apiUrl.')}${says}`;
      }
      return vscode.l10n.t(
        '{0} answered something that is not the TIR API ({1}). Check the setting tir.apiUrl.',
        host,
        error.message,
      );
    case 'value-not-stored':
      return vscode.l10n.t(
        "Its value isn't stored on this machine, and TIR's list doesn't have it. Add the value, or create another token.",
      );
    case 'value-lost':
      if (error.details.left) {
        return vscode.l10n.t(
          "TIR has a token of this name now, but it isn't certain that this call created it. Unless somebody else did, use it or delete it.",
        );
      }
      if (error.details.unknown) {
        return vscode.l10n.t(
          "TIR created it, but its value was lost on the way and the list couldn't be loaded. Refresh the list, then use the token.",
        );
      }
      return vscode.l10n.t(
        "TIR created it, but its value was lost on the way, and TIR's list doesn't have it. Delete it and create another one.",
      );
    case 'storage-failed':
      if (error.details.behind) {
        return vscode.l10n.t(
          'Another window has stored values that this one has not read, and would overwrite. Reload this window first.',
        );
      }
      if (error.details.record === 'newer') {
        return vscode.l10n.t(
          'A newer version of TIR Tokens has stored it in a way that this one does not know. Update the extension.',
        );
      }
      if (error.details.record === 'damaged') {
        return vscode.l10n.t(
          'What is stored of it on this machine is damaged. Store it again: sign in to the project, or add the value of the token.',
        );
      }
      return vscode.l10n.t(
        'The secret storage of the editor failed. Check that the keyring of this machine is unlocked.',
      );
    case 'untrusted-workspace':
      return vscode.l10n.t('This workspace is not trusted, so its terminals get no token. Trust it first.');
    case 'invalid-input':
      return error.details.status === undefined
        ? vscode.l10n.t('The setting tir.apiUrl must be an https: address, or an http: address of this machine.')
        : `${vscode.l10n.t('TIR did not accept it.')}${says}`;
  }
}
