import * as vscode from 'vscode';

import { Clipboard } from './commands/clipboard';
import type { Parts } from './commands/parts';
import { registerCommands } from './commands/register';
import { Store } from './secrets/store';
import { settings } from './settings';
import { TerminalEnvironment } from './terminals/environment';
import { TirClient } from './tir/client';
import { TirError } from './tir/errors';
import { TokenLists } from './tir/lists';
import { TokensView } from './view/tokensView';

let clipboard: Clipboard | undefined;

/** Builds the parts and joins them. The terminals come first: those that open before they are ready lack the token. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('TIR Tokens', { log: true });
  const store = new Store(context.secrets);
  const terminals = new TerminalEnvironment(context.environmentVariableCollection, store, log);
  context.subscriptions.push(log, store, terminals);
  const ready = terminals.update().catch((error: unknown) => {
    log.error(String(error));
  });

  const client: Parts['client'] = ({ connection, credentials }) =>
    new TirClient(connection, credentials, {
      apiUrl: settings.apiUrl(),
      timeoutSeconds: settings.requestTimeoutSeconds(),
    });
  const host = () => (URL.canParse(settings.apiUrl()) ? new URL(settings.apiUrl()).host : settings.apiUrl());
  const lists = new TokenLists(async (connectionId) => {
    const signedIn = await store.connection(connectionId);
    if (!signedIn) {
      throw new TirError('not-signed-in', 'no such connection');
    }
    return client(signedIn).list();
  });
  const view = new TokensView(store, lists, host);
  clipboard = new Clipboard(log);
  context.subscriptions.push(view, registerCommands({ store, lists, terminals, view, clipboard, log, client, host }));
  await ready;
}

export async function deactivate(): Promise<void> {
  await clipboard?.clear();
}
