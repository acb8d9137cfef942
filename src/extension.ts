import * as vscode from 'vscode';

import type { Clipboard } from './commands/clipboard';
import { tellLeftOut } from './commands/failure';
import { ListableSecrets } from './secrets/listableSecrets';
import { Store } from './secrets/store';
import { WebSecrets } from './secrets/webSecrets';
import { TerminalEnvironment } from './terminals/environment';

let clipboard: Clipboard | undefined;

/** The terminals come first, since those that open before they are ready lack the token; all else is loaded after. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('TIR Tokens', { log: true });
  const secrets = new ListableSecrets(context.secrets);
  const web = vscode.env.uiKind === vscode.UIKind.Web ? new WebSecrets(secrets) : undefined;
  const store = new Store(web ?? secrets, tellLeftOut(log));
  const { environmentVariableCollection, globalState } = context;
  const terminals = new TerminalEnvironment(environmentVariableCollection, store, globalState, log);
  context.subscriptions.push(log, store, terminals);
  await terminals.update().catch((error: unknown) => {
    log.error(String(error));
  });
  const { startRest } = await import('./rest');
  ({ clipboard } = startRest(context, { log, store, terminals }, web));
}

export async function deactivate(): Promise<void> {
  await clipboard?.clear();
}
