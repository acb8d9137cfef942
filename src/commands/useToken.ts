import * as v from 'valibot';
import * as vscode from 'vscode';

import { settings } from '../settings';
import { plain } from '../view/sentences';
import { readArgument, refusal, saying, tokenFields } from './argument';
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
    const { text, reached } = inUseSentence(name);
    if (reached) {
      vscode.window.setStatusBarMessage(text, 5000);
    } else {
      void vscode.window.showInformationMessage(text);
    }
  }
  return { id: ref.id, name };
}

/** What putting a token to use means in this window, and whether its terminals get it. */
export function inUseSentence(name: string): { text: string; reached: boolean } {
  const shown = plain(name);
  if (!vscode.workspace.isTrusted) {
    const text = t('The token "{0}" is in use. Terminals here get it once you trust this workspace.', shown);
    return { text, reached: false };
  }
  if (!settings.terminalEnabled()) {
    const text = t('The token "{0}" is in use, but the setting tir.terminal.enabled keeps it out of terminals.', shown);
    return { text, reached: false };
  }
  return { text: t('The token "{0}" is in use: new terminals have it.', shown), reached: true };
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
    throw refusal(
      'untrusted-workspace',
      t('This workspace is not trusted, so its terminals get no token. Trust it first.'),
    );
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
