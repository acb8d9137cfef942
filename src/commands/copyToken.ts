import * as vscode from 'vscode';

import { chooseToken, tokenWithValue } from '../ask/choose';
import { configFile } from '../handOver/configFile';
import type { Parts } from '../parts';
import type { StoredToken, TokenRef } from '../secrets/records';
import { refusal } from '../tir/errors';
import type { Secret } from '../tir/secret';
import { plain } from '../view/sentences';
import { readArgument, tokenFields } from './argument';
import type { Call } from './command';
import { allowExport, noteHandOver } from './handOver';

/** Copies the value of a token; the clipboard is cleared later. */
export async function copyToken(parts: Parts, call: Call) {
  return copy(parts, call, {
    title: vscode.l10n.t('Copy Token'),
    action: 'copy',
    text: ({ credentials }) => credentials.token,
    done: (name) => vscode.l10n.t('Copied the token "{0}".', name),
  });
}

/** Copies a token with its API key as the platform's config file; the clipboard is cleared later. */
export async function copyConfig(parts: Parts, call: Call) {
  return copy(parts, call, {
    title: vscode.l10n.t('Copy as Config File'),
    action: 'copy-config',
    text: ({ name, credentials: { token, apiKey } }, ref) => {
      if (!apiKey) {
        const why = vscode.l10n.t(
          'The API key of the token "{0}" is not stored on this machine, and a config file needs it. Add the value together with the key.',
          plain(name),
        );
        throw refusal('value-not-stored', why, { token: ref });
      }
      return configFile(name, token, apiKey);
    },
    done: (name) => vscode.l10n.t('Copied the token "{0}" as a config file.', name),
  });
}

interface Copy {
  readonly title: string;
  readonly action: 'copy' | 'copy-config';
  readonly text: (token: StoredToken, ref: TokenRef) => Secret;
  readonly done: (name: string) => string;
}

async function copy(parts: Parts, { argument, byHand }: Call, { title, action, text, done }: Copy) {
  allowExport();
  const ref = await chooseToken(parts, title, readArgument(tokenFields, argument));
  const token = await tokenWithValue(parts, ref);
  const { name } = token;
  const seconds = await parts.clipboard.copy(text(token, ref));
  await noteHandOver(parts, { ...ref, name }, action, { how: 'copy' });
  if (byHand) {
    const message = done(plain(name));
    const clearing = vscode.l10n.t('The clipboard is cleared in {0} seconds.', seconds);
    vscode.window.setStatusBarMessage(seconds > 0 ? `${message} ${clearing}` : message, 5000);
  }
  return { id: ref.id, name };
}
