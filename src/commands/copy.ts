import * as v from 'valibot';
import * as vscode from 'vscode';

import { isFromUi, readArgument, tokenFields } from '../base/arguments';
import { refusal } from '../base/errors';
import { askPick, singleStep } from '../base/prompts';
import type { Secret } from '../base/secret';
import { plain } from '../base/text';
import { settings } from '../base/settings';
import { configFormats, type ConfigFormat, e2ectlConfig, tirConfig } from '../export/configFile';
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
    prepare: ({ name, credentials }) => ({
      text: credentials.token,
      message: vscode.l10n.t('Copied the token "{0}".', plain(name)),
    }),
  });
}

/** Copies a token and its API key as a config file. The clipboard is cleared later. */
export async function copyConfig(services: Services, call: CommandCall) {
  const { format } = readArgument({ format: v.optional(v.picklist(configFormats)) }, call.argument);
  const title = vscode.l10n.t('Copy as Config File');
  const chosen = async () => format ?? (call.interactive ? await askFormat(title) : 'tir');
  let program: ConfigFormat | undefined;
  return copy(services, call, {
    title,
    action: 'copy-config',
    ask: async () => {
      program = await chosen();
    },
    prepare: async ({ name, credentials: { token, apiKey } }, ref) => {
      if (!apiKey) {
        const why = vscode.l10n.t(
          'The API key of "{0}", which a config file needs, isn\'t stored on this machine. Add the token\'s value together with the API key.',
          plain(name),
        );
        throw refusal('value-not-stored', why, { token: ref });
      }
      const message = vscode.l10n.t('Copied the token "{0}" as a config file.', plain(name));
      if (program === 'e2ectl') {
        return { text: e2ectlConfig({ token, apiKey }, name), message };
      }
      const { connection } = await services.store.signedIn(ref.connectionId);
      const text = tirConfig({ token, apiKey }, connection);
      return connection.teamId === undefined ? { text, message, toDo: missingTeam() } : { text, message };
    },
  });
}

async function askFormat(title: string): Promise<ConfigFormat> {
  const items = [
    { label: 'TIR Python SDK', description: vscode.l10n.t('config.json, for load_config()'), format: 'tir' as const },
    { label: 'e2ectl', description: vscode.l10n.t('for e2ectl config import'), format: 'e2ectl' as const },
  ];
  return (await askPick(singleStep(title), vscode.l10n.t('Select the program that reads the file'), items)).format;
}

function missingTeam(): string {
  return vscode.l10n.t("Add your team's ID as team_id, which load_config() needs.");
}

interface CopyAction {
  readonly title: string;
  readonly action: 'copy' | 'copy-config';
  /** Asks what `prepare` needs to know. The value is read afterwards: it may be rotated while a question is open. */
  readonly ask?: () => Promise<void>;
  readonly prepare: (token: StoredToken, ref: TokenRef) => Prepared | Promise<Prepared>;
}

interface Prepared {
  readonly text: Secret;
  readonly message: string;
  /** What the person has to do before the text can be used. */
  readonly toDo?: string;
}

async function copy(
  services: Services,
  { argument, interactive }: CommandCall,
  { title, action, ask, prepare }: CopyAction,
) {
  requireExportEnabled();
  const ref = await chooseToken(services, title, readArgument(tokenFields, argument));
  if (ask) {
    // Fail before asking if the token can't be copied.
    await prepare(await tokenWithValue(services, ref), ref);
    await ask();
  }
  const token = await tokenWithValue(services, ref);
  const { name } = token;
  const { text, message, toDo } = await prepare(token, ref);
  const seconds = await services.clipboard.copy(text);
  await recordExport(services, action, { ...ref, name });
  if (interactive) {
    const clearing = seconds > 0 && vscode.l10n.t('The clipboard is cleared in {0} seconds.', seconds);
    const words = [message, toDo, clearing].filter(Boolean).join(' ');
    if (toDo === undefined) {
      vscode.window.setStatusBarMessage(words, 5000);
    } else {
      void vscode.window.showInformationMessage(words);
    }
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
  return (await askPick(singleStep(title), vscode.l10n.t('Select where your code reads the token'), items)).chosen;
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
