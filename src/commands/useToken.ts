import * as v from 'valibot';
import * as vscode from 'vscode';

import { settings } from '../settings';
import { TirError } from '../tir/errors';
import { plain } from '../view/sentences';
import { readArgument, saying, tokenFields } from './argument';
import { chooseToken, tokenWithValue, type TokenRef } from './choose';
import type { Call, Parts } from './parts';

const { t } = vscode.l10n;

/** One token serves all folders of a window: a folder of its own is refused rather than widened in silence. */
const noFolder = v.optional(v.undefined());

/** Puts a token into the environment of new terminals. */
export async function useToken(parts: Parts, { argument, byHand }: Call) {
  const given = readArgument({ ...tokenFields, folder: noFolder }, argument);
  const ref = await chooseToken(parts, t('Use in Terminals'), given);
  const { name } = await use(parts, ref);
  if (byHand) {
    const { reached, text } = reach();
    const message = `${t('The token "{0}" is in use.', plain(name))} ${text}`;
    if (reached) {
      vscode.window.setStatusBarMessage(message, 5000);
    } else {
      void vscode.window.showInformationMessage(message);
    }
  }
  return { id: ref.id, name };
}

/** Whether terminals of this window get the token in use, and a sentence that says so. */
export function reach(): { reached: boolean; text: string } {
  if (!vscode.workspace.isTrusted) {
    return { reached: false, text: t('Terminals here get it once you trust this workspace.') };
  }
  if (!settings.terminalEnabled()) {
    return { reached: false, text: t('The setting tir.terminal.enabled keeps it out of terminals.') };
  }
  return { reached: true, text: t('New terminals have it.') };
}

/** Takes the token out of the environment of new terminals. */
export async function stopUsingToken(parts: Parts, { argument }: Call) {
  readArgument({ folder: noFolder }, argument);
  await parts.store.stopUsing();
  parts.log.info('No token is in use.');
  return {};
}

/** Opens a terminal that has the token in use, or the one that is named, which then is the one in use. */
export async function openTerminal(parts: Parts, { argument }: Call) {
  if (!vscode.workspace.isTrusted) {
    throw new TirError('untrusted-workspace', 'the workspace is not trusted');
  }
  const given = readArgument(tokenFields, argument);
  const inUse = await parts.store.inUse();
  let name = inUse?.name;
  if (given.id === undefined ? !inUse : inUse?.id !== given.id) {
    ({ name } = await use(parts, await chooseToken(parts, t('Open Terminal with Token'), given)));
  }
  await parts.terminals.update();
  const terminal = vscode.window.createTerminal({
    name: t('TIR: {0}', plain(name ?? '')),
    iconPath: new vscode.ThemeIcon('key'),
  });
  terminal.show();
  return { terminalName: terminal.name };
}

async function use(parts: Parts, ref: TokenRef): Promise<{ name: string }> {
  const token = await tokenWithValue(parts, ref);
  await saying(t('The token "{0}" is not in use.', plain(token.name)), async () => {
    if (!(await parts.store.token(ref.connectionId, ref.id))) {
      await parts.store.saveToken(ref.connectionId, ref.id, token);
    }
    await parts.store.use({ ...ref, name: token.name });
  });
  parts.log.info(`The token ${ref.id} of ${ref.connectionId} is in use.`);
  return token;
}
