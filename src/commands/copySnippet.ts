import * as v from 'valibot';
import * as vscode from 'vscode';

import { chooseConnection, chooseToken } from '../ask/choose';
import { alone, askPick } from '../ask/quickInput';
import type { Parts } from '../parts';
import { settings } from '../settings';
import { isKind, kinds, snippetOf, type Kind } from '../snippets/snippets';
import { titles } from '../snippets/titles';
import { refusal } from '../tir/errors';
import { readArgument, tokenFields } from './argument';
import type { Call } from './command';

/** Copies code that reads the token by the name of its variable, for the project of a token. */
export async function copySnippet(parts: Parts, { argument, byHand }: Call) {
  const title = vscode.l10n.t('Copy Code Snippet');
  const given = readArgument({ ...tokenFields, kind: v.optional(v.string()) }, argument);
  const home = given.id === undefined ? given.connectionId : (await chooseToken(parts, title, given)).connectionId;
  const { connection } = await chooseConnection(parts, title, home);
  // The row of a token has a kind of its own.
  const kind = given.kind === undefined || given.kind === 'token' ? await askKind(title) : readKind(given.kind);
  await vscode.env.clipboard.writeText(snippetOf(kind).text({ ...connection, apiUrl: settings.apiUrl() }));
  if (byHand) {
    vscode.window.setStatusBarMessage(vscode.l10n.t('Copied the snippet "{0}".', titles[kind].label), 5000);
  }
  return { kind };
}

async function askKind(title: string): Promise<Kind> {
  const items = kinds.map((kind) => ({ label: titles[kind].label, description: titles[kind].use, chosen: kind }));
  return (await askPick(alone(title), vscode.l10n.t('Where the token is to be read'), items)).chosen;
}

function readKind(word: string): Kind {
  if (!isKind(word)) {
    // Not quoted: it may be a token that was passed in the wrong field.
    throw refusal(
      'invalid-input',
      vscode.l10n.t('There is no snippet of this kind. Choose one of: {0}.', kinds.join(', ')),
    );
  }
  return word;
}
