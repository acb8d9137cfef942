import * as vscode from 'vscode';

import type { TirError } from './errors';
import { withoutMarkup } from './text';

/** The end of a sentence in the languages of the texts. */
const fullStop = /[.।]$/;

/**
 * Builds the text that people read about an error, in two sentences: what failed and why, and what to do next.
 * @param host the API's host, for network errors
 */
export function sentence(error: TirError, host: string): string {
  const { what, why = reason(error, host), next } = error.details;
  // A reason's first sentence is the cause.
  const because = next === undefined ? why : `${why.split(/(?<=[.।])\s/)[0]} ${next}`;
  return withoutMarkup(what ? `${what.replace(fullStop, '')}: ${because}` : because);
}

function reason(error: TirError, host: string): string {
  const says = error.details.serverSays ? ` ${vscode.l10n.t('TIR says: {0}', error.details.serverSays)}` : '';
  switch (error.code) {
    case 'cancelled':
      return vscode.l10n.t('Canceled.');
    case 'not-signed-in':
      return vscode.l10n.t("You aren't signed in to TIR. Sign in first.");
    case 'unauthorized':
      if (error.details.apiKey === 'missing') {
        return vscode.l10n.t('TIR refused the token without its API key. Sign in with both.');
      }
      return vscode.l10n.t(
        "TIR refused the token that you signed in with, because it's expired, deleted or from another project. Sign in with another token.",
      );
    case 'forbidden':
      return `${vscode.l10n.t("Your role in the project doesn't allow this. Ask a project owner.")}${says}`;
    case 'not-found':
      if (error.details.call === 'list' || error.details.call === 'create') {
        return vscode.l10n.t("TIR doesn't know this project. Check its ID and location, and the setting tir.apiUrl.");
      }
      if (error.details.listed) {
        return vscode.l10n.t("TIR lists the token but says that it doesn't exist. Try again later.");
      }
      return vscode.l10n.t('It no longer exists on TIR. Refresh the list.');
    case 'conflict':
      if (error.details.call === 'list' || error.details.call === 'delete') {
        return `${vscode.l10n.t("TIR can't do this right now. Refresh the list and try again.")}${says}`;
      }
      return vscode.l10n.t('The name is taken in this project. Choose another one.');
    case 'rate-limited':
      return error.details.retryAfterSeconds === undefined
        ? vscode.l10n.t('TIR is getting too many requests. Try again in a minute.')
        : vscode.l10n.t('TIR is getting too many requests. Try again in {0} seconds.', error.details.retryAfterSeconds);
    case 'offline':
      if (error.details.certificate !== undefined) {
        return vscode.l10n.t(
          "Nothing was sent to {0}, because this machine doesn't trust its certificate ({1}). If your company's proxy inspects traffic, add the proxy's certificate to the system's, or name its file in NODE_EXTRA_CA_CERTS.",
          host,
          error.details.certificate,
        );
      }
      return vscode.l10n.t("Couldn't reach {0}. Check the network, the proxy and the setting tir.apiUrl.", host);
    case 'timeout':
      return vscode.l10n.t(
        "{0} didn't answer in time. Try again, or increase the setting tir.requestTimeoutSeconds.",
        host,
      );
    case 'server-error':
      return error.details.retryAfterSeconds === undefined
        ? `${vscode.l10n.t('Something went wrong on TIR. Try again later.')}${says}`
        : `${vscode.l10n.t('Something went wrong on TIR. Try again in {0} seconds.', error.details.retryAfterSeconds)}${says}`;
    case 'bad-response':
      if (error.details.notJson) {
        return vscode.l10n.t(
          '{0} answered with a web page instead of TIR API data. If this network requires you to log in first, do that in a browser; otherwise, check the setting tir.apiUrl.',
          host,
        );
      }
      if (error.details.status !== undefined && error.details.status >= 400) {
        const refused = vscode.l10n.t('TIR answered with the status {0}.', error.details.status);
        return `${refused} ${vscode.l10n.t('Try again later, or check the setting tir.apiUrl.')}${says}`;
      }
      return vscode.l10n.t(
        "{0} doesn't answer like the TIR API ({1}). Check the setting tir.apiUrl.",
        host,
        error.message,
      );
    case 'value-not-stored':
      return vscode.l10n.t(
        "Its value isn't stored on this machine and isn't in TIR's list. Add the value, or create another token.",
      );
    case 'value-lost':
      if (error.details.left) {
        return vscode.l10n.t(
          "TIR now lists a token with this name, but someone else may have created it. If it's yours, use it or delete it.",
        );
      }
      if (error.details.unknown) {
        return vscode.l10n.t(
          "TIR created it, but its value didn't arrive and the list couldn't be loaded. Refresh the list, then use the token.",
        );
      }
      return vscode.l10n.t(
        "TIR created it, but its value didn't arrive and isn't in TIR's list. Delete it and create another token.",
      );
    case 'storage-failed':
      if (error.details.behind) {
        return vscode.l10n.t(
          'This window would overwrite values that another window stored. Reload this window first.',
        );
      }
      if (error.details.record === 'newer') {
        return vscode.l10n.t(
          "A newer version of TIR Tokens stored data that this version can't read. Update the extension.",
        );
      }
      if (error.details.record === 'damaged') {
        return vscode.l10n.t(
          "The data stored on this machine is damaged. Sign in to the project again, or add the token's value again.",
        );
      }
      return vscode.l10n.t("VS Code's secret storage failed. Check that this machine's keyring is unlocked.");
    case 'untrusted-workspace':
      return vscode.l10n.t(
        "This workspace isn't trusted, so its terminals and notebooks can't use tokens. Trust it first.",
      );
    case 'invalid-input':
      return error.details.status === undefined
        ? vscode.l10n.t('The setting tir.apiUrl must be an https: URL, or an http: URL of this machine.')
        : `${vscode.l10n.t("TIR didn't accept the request.")}${says}`;
  }
}
