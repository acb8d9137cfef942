import * as vscode from 'vscode';

import { fromUi, isFromUi } from '../base/arguments';
import { type ErrorCode, type TirError, toTirError } from '../base/errors';
import type { CommandCall, Command, Services } from '../services';
import { toUserError } from '../view/failure';
import { oldTerminalsSentence } from '../view/statusFace';
import { clearActivityFilter, exportActivity, filterActivity, showActivity } from './activity';
import { addTokenValue } from './addTokenValue';
import { checkTerminal, findTerminal } from './checkTerminal';
import { copyConfig, copySnippet, copyToken } from './copy';
import { copyDiagnostics } from './copyDiagnostics';
import { createToken, showOnce } from './createToken';
import { deleteToken } from './deleteToken';
import { findUnusedTokens } from './findUnusedTokens';
import { giveToNotebook } from './giveToNotebook';
import { clearFilter, filterTokens, refresh, sortTokens } from './list';
import { openExample } from './openExample';
import { rotateToken } from './rotateToken';
import { saveToEnvFile } from './saveToEnvFile';
import { scanWorkspace } from './scanWorkspace';
import { setGitHubSecret } from './setGitHubSecret';
import { setVariableNames } from './setVariableNames';
import { signIn } from './signIn';
import { forgetEverything, signOut } from './signOut';
import { openTerminal, provideProfile, stopUsingToken, useToken, useTokenInFolder } from './useToken';

export { recordExport } from './export';
export { remind } from './remind';
export { recoverRotations } from './rotateToken';
export { tellOfStorageLoss } from './storageLoss';
export { tellOfOpened, tellOfOtherValue } from './notices';
export { obtainToken } from './obtainToken';
export { findTokens } from './signInFound';
export { provideProfile, showOnce, signOut };
// The bundle has both in one file: neither is used without the other.
export { Tokens } from '../tokens/tokens';

/** Commands by their IDs without `tir.`. */
export const commands = {
  signIn,
  signOut,
  refresh,
  createToken,
  deleteToken,
  rotateToken,
  useToken,
  useTokenInFolder,
  stopUsingToken,
  addTokenValue,
  copyToken,
  copyConfig,
  saveToEnvFile,
  setGitHubSecret,
  copySnippet,
  openTerminal,
  checkTerminal,
  giveToNotebook,
  setVariableNames,
  findUnusedTokens,
  sortTokens,
  filterTokens,
  clearFilter,
  scanWorkspace,
  showActivity,
  filterActivity,
  clearActivityFilter,
  exportActivity,
  openExample,
  copyDiagnostics,
  forgetEverything,
} satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof commands;

/**
 * Runs a command. A program passes an object that isn't from the UI: errors reject with a public `code`. A person uses
 * the palette, a key, a menu or a button: errors are shown with a button for the next step, and the call resolves to
 * undefined, because VS Code would show its own message for a rejection.
 */
export function runCommand(
  services: Services,
  name: CommandName,
  argument: unknown,
  selection: unknown,
): Promise<unknown> {
  // VS Code passes a document's URI to the buttons beside its tab, an editor to those of a notebook, and a terminal to
  // its menu.
  const isOfButton = (given: object) =>
    given instanceof vscode.Uri || 'notebookEditor' in given || isFromUi(given) || findTerminal(given) !== undefined;
  const isProgram = typeof argument === 'object' && argument !== null && !isOfButton(argument);
  return isProgram
    ? call(services, name, { argument, selection: [], interactive: false })
    : runInteractively(services, name, argument, selection);
}

async function runInteractively(
  services: Services,
  name: CommandName,
  argument: unknown,
  selection: unknown,
): Promise<undefined> {
  const before = new Set(services.openTerminals.withOldToken());
  // A keybinding can't pass rows. It passes 'selection' to mean the selected rows.
  const isKey = argument === 'selection';
  const rows = isKey ? services.view.selection : selection;
  try {
    await call(services, name, {
      argument: isFromUi(argument) ? argument : (findTerminal(argument) ?? notebookOf(argument)),
      selection: Array.isArray(rows) ? rows : [],
      interactive: true,
    });
  } catch (error) {
    void showError(toTirError(error), name, argument);
  }
  if (services.openTerminals.withOldToken().some((terminal) => !before.has(terminal))) {
    void offerToReopen(services);
  }
}

/** Returns the argument of a button of a notebook's editor as that of other buttons. */
function notebookOf(argument: unknown): object | undefined {
  const { notebookEditor } = (argument ?? {}) as { notebookEditor?: { notebookUri?: vscode.Uri } };
  return notebookEditor?.notebookUri && fromUi({ notebook: notebookEditor.notebookUri.toString() });
}

async function call(services: Services, name: CommandName, given: CommandCall): Promise<unknown> {
  try {
    const command: Command = commands[name];
    return await command(services, given);
  } catch (thrown) {
    throw toUserError(services, thrown);
  } finally {
    // A terminal that the caller opens next must get the right token. What was done is done, even if this fails.
    await services.terminals.update().catch((error: unknown) => services.log.error(String(error)));
  }
}

/** Says how many open terminals have an old token, and offers to reopen those that can be. */
export async function offerToReopen({ openTerminals }: Services): Promise<void> {
  const sentence = oldTerminalsSentence(openTerminals);
  if (sentence === undefined) {
    return;
  }
  const reopen = vscode.l10n.t('Reopen');
  const [all, own] = [openTerminals.withOldToken().length, openTerminals.reopenable().length];
  const next =
    own === all
      ? vscode.l10n.t('Reopening ends running programs.')
      : own > 0
        ? vscode.l10n.t(
            "Reopening ends running programs; restart tasks, debug sessions and other extensions' terminals yourself.",
          )
        : vscode.l10n.t("Restart tasks, debug sessions and other extensions' terminals yourself.");
  const message = `${sentence}. ${next}`;
  if ((await vscode.window.showInformationMessage(message, ...(own > 0 ? [reopen] : []))) === reopen) {
    await openTerminals.reopen();
  }
}

/** Shows an error with a button for the next step. Shows nothing if the person canceled. */
export async function showError(error: TirError, name: CommandName, argument: unknown): Promise<void> {
  if (error.code === 'cancelled') {
    return;
  }
  const help = helpFor(error, name, argument);
  const answer = await vscode.window.showErrorMessage(error.message, ...(help ? [help.label] : []));
  if (help && answer === help.label) {
    await vscode.commands.executeCommand(help.command, ...help.arguments);
  }
}

interface Help {
  readonly label: string;
  readonly command: string;
  readonly arguments: readonly unknown[];
}

function helpFor(error: TirError, name: CommandName, argument: unknown): Help | undefined {
  // With the token that the person chose, so the next try doesn't begin something else.
  const same = error.details.token ? fromUi(error.details.token) : argument;
  const again: Help = { label: vscode.l10n.t('Try Again'), command: `tir.${name}`, arguments: [same] };
  const settings: Help = {
    label: vscode.l10n.t('Open Settings'),
    command: 'workbench.action.openSettings',
    arguments: ['@ext:tir-community.tir-tokens'],
  };
  const login: Help = { label: vscode.l10n.t('Sign In…'), command: 'tir.signIn', arguments: [] };
  const help: Partial<Record<ErrorCode, Help>> = {
    'not-signed-in': login,
    unauthorized: login,
    offline: again,
    timeout: again,
    'rate-limited': again,
    'server-error': again,
    'storage-failed': again,
    'bad-response': settings,
    'not-found': { label: vscode.l10n.t('Refresh'), command: 'tir.refresh', arguments: [] },
    'value-not-stored': {
      label: vscode.l10n.t('Add Token Value…'),
      command: 'tir.addTokenValue',
      arguments: error.details.token ? [fromUi(error.details.token)] : [],
    },
    'value-lost': { label: vscode.l10n.t('Refresh'), command: 'tir.refresh', arguments: [] },
    'untrusted-workspace': {
      label: vscode.l10n.t('Manage Workspace Trust'),
      command: 'workbench.trust.manage',
      arguments: [],
    },
  };
  if (error.details.next !== undefined) {
    return name === 'rotateToken' ? again : help['not-found'];
  }
  if (name === 'checkTerminal' && error.code === 'not-found') {
    return { label: vscode.l10n.t('Open Terminal'), command: 'tir.openTerminal', arguments: [] };
  }
  if (name === 'giveToNotebook') {
    return error.code === 'forbidden'
      ? { label: vscode.l10n.t('Manage Access'), command: 'jupyter.manageAccessToKernels', arguments: [] }
      : { 'untrusted-workspace': help['untrusted-workspace'], 'storage-failed': again }[error.code as string];
  }
  if (name === 'rotateToken' && error.code === 'value-lost' && error.details.left && error.details.token) {
    const left = fromUi({ ...error.details.token, id: error.details.left.id });
    return { label: vscode.l10n.t('Delete…'), command: 'tir.deleteToken', arguments: [left] };
  }
  if (error.details.undone) {
    return again;
  }
  if (name === 'createToken' && error.details.lostId !== undefined) {
    return help['not-found'];
  }
  if (name === 'createToken' && error.details.token) {
    // It's created, and another try would create another one.
    return { label: vscode.l10n.t('Use in Terminals'), command: 'tir.useToken', arguments: [same] };
  }
  if (error.details.behind) {
    return { label: vscode.l10n.t('Reload Window'), command: 'workbench.action.reloadWindow', arguments: [] };
  }
  // Without a reason or an HTTP status, `invalid-input` means that the setting tir.apiUrl can't be used.
  return error.code === 'invalid-input' && !error.details.why && !error.details.status ? settings : help[error.code];
}
