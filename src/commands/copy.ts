import * as v from 'valibot';
import * as vscode from 'vscode';

import { isFromUi, readArgument, tokenFields } from '../base/arguments';
import { refusal } from '../base/errors';
import { askPick, singleStep } from '../base/prompts';
import type { Secret } from '../base/secret';
import { plain } from '../base/text';
import { settings } from '../base/settings';
import { configFile } from '../export/configFile';
import type { StoredToken, TokenRef } from '../secrets/records';
import type { CommandCall, Services } from '../services';
import { titles } from '../snippets/offers';
import { isKind, type Kind, kinds, snippetOf } from '../snippets/snippets';
import { chooseConnection, chooseToken, tokenWithValue } from './choose';
import { requireExportEnabled, recordExport } from './export';

/** Copies a token's value. The clipboard is cleared later. */
export async function copyToken(services: Services, call: CommandCall) {
  return copy(services, call, {
    title: vscode.l10n.t('Copy Token'),
    action: 'copy',
    text: ({ credentials }) => credentials.token,
    done: (name) => vscode.l10n.t('Copied the token "{0}".', name),
  });
}

/** Copies a token and its API key as a TIR config file. The clipboard is cleared later. */
export async function copyConfig(services: Services, call: CommandCall) {
  return copy(services, call, {
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

interface CopyAction {
  readonly title: string;
  readonly action: 'copy' | 'copy-config';
  readonly text: (token: StoredToken, ref: TokenRef) => Secret;
  readonly done: (name: string) => string;
}

async function copy(
  services: Services,
  { argument, interactive }: CommandCall,
  { title, action, text, done }: CopyAction,
) {
  requireExportEnabled();
  const ref = await chooseToken(services, title, readArgument(tokenFields, argument));
  const token = await tokenWithValue(services, ref);
  const { name } = token;
  const seconds = await services.clipboard.copy(text(token, ref));
  await recordExport(services, action, { ...ref, name });
  if (interactive) {
    const message = done(plain(name));
    const clearing = vscode.l10n.t('The clipboard is cleared in {0} seconds.', seconds);
    vscode.window.setStatusBarMessage(seconds > 0 ? `${message} ${clearing}` : message, 5000);
  }
  return { id: ref.id, name };
}

/** Copies a snippet for a project, or for a token's project. It reads the token from its environment variable. */
export async function copySnippet(services: Services, { argument, interactive }: CommandCall) {
  const title = vscode.l10n.t('Copy Code Snippet');
  const given = readArgument({ ...tokenFields, kind: v.optional(v.string()) }, argument);
  const home = given.id === undefined ? given.connectionId : (await chooseToken(services, title, given)).connectionId;
  const { connection } = await chooseConnection(services, title, home);
  const kind = given.kind === undefined || isFromUi(argument) ? await askKind(title) : readKind(given.kind);
  await vscode.env.clipboard.writeText(snippetOf(kind).text({ ...connection, apiUrl: settings.apiUrl() }));
  if (interactive) {
    vscode.window.setStatusBarMessage(vscode.l10n.t('Copied the snippet "{0}".', titles[kind].label), 5000);
  }
  return { kind };
}

async function askKind(title: string): Promise<Kind> {
  const items = kinds.map((kind) => ({ label: titles[kind].label, description: titles[kind].use, chosen: kind }));
  return (await askPick(singleStep(title), vscode.l10n.t('Where the token is to be read'), items)).chosen;
}

function readKind(word: string): Kind {
  if (!isKind(word)) {
    // Don't quote the word: it may be a token that was passed in the wrong field.
    throw refusal(
      'invalid-input',
      vscode.l10n.t('There is no snippet of this kind. Choose one of: {0}.', kinds.join(', ')),
    );
  }
  return word;
}
