import * as vscode from 'vscode';

import { readArgument, tokenFields } from '../base/arguments';
import { refusal, TirError, withErrorContext } from '../base/errors';
import { concernsThisWindow } from '../base/folders';
import { plain } from '../base/sentences';
import { settings } from '../base/settings';
import type { TokenRef, Use } from '../secrets/records';
import type { Call, Services } from '../services';
import { terminalName } from '../terminals/openTerminals';
import { chooseToken, tokenWithValue } from './choose';
import { askFolder, findFolder, folderField } from './chooseFolder';

/** Puts a token into the environment of new terminals: of all, or of those of one workspace folder. */
export async function useToken(services: Services, { argument, interactive }: Call) {
  const given = readArgument({ ...tokenFields, ...folderField }, argument);
  const folder = given.folder === undefined ? undefined : findFolder(given.folder);
  const title = folder
    ? vscode.l10n.t('Use in Terminals of {0}', plain(folder.name))
    : vscode.l10n.t('Use in Terminals');
  const ref = await chooseToken(services, title, given);
  const name = await use(services, ref, folder);
  if (interactive) {
    const { reached, text } = terminalAvailability();
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

/** Asks for a workspace folder, and puts a token to use in its terminals alone. */
export async function useTokenInFolder(services: Services, call: Call) {
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
      await askFolder(vscode.l10n.t('Use in Folder'), vscode.l10n.t('Folder whose terminals get the token'))
    ).uri.toString();
  return useToken(services, { ...call, argument: { ...given, folder: chosen } });
}

/** Whether terminals of this window get the token in use, and a sentence that says so. */
export function terminalAvailability(): { reached: boolean; text: string } {
  if (!vscode.workspace.isTrusted) {
    return { reached: false, text: vscode.l10n.t('Terminals here get it once you trust this workspace.') };
  }
  if (!settings.terminalEnabled()) {
    return { reached: false, text: vscode.l10n.t('The setting tir.terminal.enabled keeps it out of terminals.') };
  }
  return { reached: true, text: vscode.l10n.t('New terminals have it.') };
}

/**
 * Takes the token out of the environment of new terminals: of the folder that is named; for a person everywhere
 * in this window, or wherever the token of the row is in use; else in all that have none of their own folder.
 */
export async function stopUsingToken(services: Services, { argument, interactive }: Call) {
  const given = readArgument({ ...tokenFields, ...folderField }, argument);
  const folder = given.folder === undefined ? undefined : findFolder(given.folder).uri.toString();
  const uses = await services.store.uses();
  const named = (use: Use) =>
    use.id === (given.id ?? use.id) && use.connectionId === (given.connectionId ?? use.connectionId);
  const ending =
    interactive && folder === undefined
      ? uses.filter((use) => concernsThisWindow(use) && named(use))
      : uses.filter((use) => use.folder === folder);
  const tokens = await services.tokens();
  for (const use of ending) {
    await tokens.stop(use);
  }
  services.log.info(`Stopped the use of ${ending.length} tokens.`);
  return {};
}

/** Opens a terminal that has the token in use, or the one that is named, which then is the one in use. */
export async function openTerminal(services: Services, { argument }: Call) {
  if (!vscode.workspace.isTrusted) {
    throw new TirError('untrusted-workspace', 'the workspace is not trusted');
  }
  const given = readArgument(tokenFields, argument);
  const inUse = (await services.store.uses()).find(({ folder }) => folder === undefined);
  let name = inUse?.name;
  if (given.id === undefined ? !inUse : inUse?.id !== given.id) {
    name = await use(services, await chooseToken(services, vscode.l10n.t('Open Terminal with Token'), given));
  }
  await services.terminals.update();
  const terminal = services.openTerminals.open({
    name: terminalName(name ?? ''),
    iconPath: new vscode.ThemeIcon('key'),
  });
  terminal.show();
  return { terminalName: terminal.name };
}

async function use(services: Services, ref: TokenRef, folder?: vscode.WorkspaceFolder): Promise<string> {
  const token = await tokenWithValue(services, ref);
  const tokens = await services.tokens();
  await withErrorContext(vscode.l10n.t('The token "{0}" is not in use.', plain(token.name)), () =>
    tokens.use(ref, token, folder?.uri.toString()),
  );
  return token.name;
}
