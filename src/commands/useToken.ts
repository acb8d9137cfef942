import * as vscode from 'vscode';

import { readArgument, tokenFields } from '../base/arguments';
import { refusal, TirError, withErrorContext } from '../base/errors';
import { concernsThisWindow, defaultFolder, windowFolders } from '../base/folders';
import { plain } from '../base/text';
import { settings } from '../base/settings';
import { sameToken, type TokenRef, type Use } from '../secrets/records';
import type { CommandCall, Services } from '../services';
import { inFolder } from '../terminals/collections';
import { onlyChosenSentence } from '../view/statusFace';
import { terminalName, tokenIcon } from '../terminals/terminalOptions';
import { chooseToken, listedWithValue } from './choose';
import { askFolder, findFolder, folderField } from './chooseFolder';

/** Uses a token in new terminals: in all of them, or in those of one workspace folder. */
export async function useToken(services: Services, { argument, interactive }: CommandCall) {
  const given = readArgument({ ...tokenFields, ...folderField }, argument);
  const folder = given.folder === undefined ? undefined : findFolder(given.folder);
  const title = folder
    ? vscode.l10n.t('Use in Terminals of {0}', plain(folder.name))
    : vscode.l10n.t('Use in Terminals');
  const ref = await chooseToken(services, title, given);
  const name = await use(services, ref, folder);
  if (interactive) {
    const { reached, text } = terminalAvailability(services, folder);
    const message = `${
      folder
        ? vscode.l10n.t('The token "{0}" is in use in {1}.', plain(name), plain(folder.name))
        : vscode.l10n.t('The token "{0}" is in use.', plain(name))
    } ${text}`;
    if (reached) {
      vscode.window.setStatusBarMessage(message, 5000);
    } else {
      void vscode.window.showInformationMessage(message);
    }
  }
  return { id: ref.id, name };
}

/** Uses a token only in new terminals of one workspace folder. Asks for the folder if it isn't given. */
export async function useTokenInFolder(services: Services, call: CommandCall) {
  const { folder, ...given } = readArgument({ ...tokenFields, ...folderField }, call.argument);
  if (!vscode.workspace.workspaceFolders?.length) {
    throw refusal(
      'invalid-input',
      vscode.l10n.t('This window has no folder. Open one, or use the token in all terminals.'),
    );
  }
  const chosen =
    folder ??
    (
      await askFolder(vscode.l10n.t('Use in Folder'), vscode.l10n.t('Select the folder whose terminals use the token'))
    ).uri.toString();
  return useToken(services, { ...call, argument: { ...given, folder: chosen } });
}

/**
 * Tells whether this window's terminals get the token in use, as a flag and as a sentence.
 * @param folder the only folder whose terminals get it
 */
export function terminalAvailability(
  { terminals }: Services,
  folder?: vscode.WorkspaceFolder,
): { reached: boolean; text: string } {
  if (!vscode.workspace.isTrusted) {
    return { reached: false, text: vscode.l10n.t('Terminals can use it once you trust this workspace.') };
  }
  if (!settings.terminalEnabled()) {
    return {
      reached: false,
      text: vscode.l10n.t("Terminals don't have it, because the setting tir.terminal.enabled is off."),
    };
  }
  if (settings.chosenTerminalsOnly()) {
    return { reached: false, text: `${onlyChosenSentence()}.` };
  }
  const all = vscode.workspace.workspaceFolders ?? [];
  const others = folder ? [] : all.filter(({ uri }) => terminals.hasOwn(uri.toString()));
  const reached = others.length < all.length || all.length === 0;
  const names = others.map(({ name }) => plain(name)).join(', ');
  const texts = [
    reached && vscode.l10n.t('New terminals have it.'),
    names !== '' && vscode.l10n.t('New terminals in {0} keep their own token.', names),
  ];
  return { reached, text: texts.filter(Boolean).join(' ') };
}

/** Says whether new terminals have the token that is in use now, and offers to open one. */
export async function tellOfUse(services: Services, message: string): Promise<void> {
  const { reached, text } = terminalAvailability(services);
  const open = vscode.l10n.t('Open Terminal');
  const answer = await vscode.window.showInformationMessage(`${message} ${text}`, ...(reached ? [open] : []));
  if (answer === open) {
    await vscode.commands.executeCommand('tir.openTerminal');
  }
}

/**
 * Stops using tokens in new terminals: in the given folder, or else everywhere in this window for a person and for a
 * given token. Without either, a program stops the use in all terminals, though not in folders that have their own
 * token. Other tokens than the given one stay in use.
 */
export async function stopUsingToken(services: Services, { argument, interactive }: CommandCall) {
  const given = readArgument({ ...tokenFields, ...folderField }, argument);
  const folder = given.folder === undefined ? undefined : findFolder(given.folder).uri.toString();
  const uses = await services.store.uses();
  const named = (use: Use) =>
    use.id === (given.id ?? use.id) && use.connectionId === (given.connectionId ?? use.connectionId);
  const isEverywhere = folder === undefined && (interactive || given.id !== undefined);
  const ending = uses.filter((use) => named(use) && (isEverywhere ? concernsThisWindow(use) : use.folder === folder));
  const tokens = await services.tokens();
  for (const use of ending) {
    await tokens.stop(use);
  }
  if (given.id === undefined && given.connectionId === undefined) {
    const scopes = isEverywhere ? [undefined, ...windowFolders()] : [folder];
    for (const scope of scopes) {
      await tokens.stopUnreadable(scope);
    }
  }
  services.log.info(`Stopped the use of ${ending.length} tokens.`);
  return {};
}

/**
 * Opens a terminal with the token in use in its folder. If another token is given, uses that one first: in that folder if
 * one is in use in it alone, or else in all terminals.
 */
export async function openTerminal(services: Services, { argument }: CommandCall) {
  const { options, folder } = await terminalWithToken(services, argument);
  const terminal = await services.openTerminals.openWithToken(options, folder);
  terminal.show();
  return { terminalName: terminal.name };
}

/** Returns the profile of a terminal with the token, for VS Code to open. Asks which token if none is in use. */
export async function provideProfile(services: Services): Promise<vscode.TerminalProfile> {
  const { options, folder } = await terminalWithToken(services, undefined);
  return new vscode.TerminalProfile(await services.terminals.withToken(options, folder));
}

/** Starts to use the token of a new terminal, if it isn't in use. Resolves to the terminal's options. */
async function terminalWithToken(services: Services, argument: unknown) {
  if (!vscode.workspace.isTrusted) {
    throw new TirError('untrusted-workspace', 'the workspace is not trusted');
  }
  if (!settings.terminalEnabled()) {
    throw refusal(
      'forbidden',
      vscode.l10n.t("Terminals can't use tokens, because the setting tir.terminal.enabled is off. Turn it on first."),
    );
  }
  const given = readArgument(tokenFields, argument);
  const folder = defaultFolder();
  const scope = folder?.uri.toString();
  const usesNow = () => services.store.usesInFolders(scope === undefined ? [] : [scope]);
  const isGiven = given.id !== undefined || given.connectionId !== undefined;
  const before = isGiven ? undefined : inFolder(await usesNow(), scope);
  const ref = before ?? (await chooseToken(services, vscode.l10n.t('Open Terminal with Token'), given));
  // A token may have come into use in the folder alone while the person chose.
  const uses = await usesNow();
  const isOwn = uses.has(scope);
  const inUse = inFolder(uses, scope);
  const isReady = sameToken(inUse, ref) && (await services.store.tokenIfReadable(ref)) !== undefined;
  const name = isReady && inUse ? inUse.name : await use(services, ref, isOwn ? folder : undefined);
  await services.terminals.update();
  const options = { name: terminalName(name), iconPath: tokenIcon };
  return { options: { ...options, ...(folder && { cwd: folder.uri }) }, folder: scope };
}

async function use(services: Services, ref: TokenRef, folder?: vscode.WorkspaceFolder): Promise<string> {
  const stored = await services.store.tokenIfReadable(ref);
  const token = stored ?? (await listedWithValue(services, ref));
  const tokens = await services.tokens();
  await withErrorContext(vscode.l10n.t('Couldn\'t use the token "{0}".', plain(token.name)), () =>
    tokens.use(ref, stored ? undefined : token, folder?.uri.toString()),
  );
  return token.name;
}
