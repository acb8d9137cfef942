import * as vscode from 'vscode';

import { registerAuthentication } from './authentication/provider';
import { startBackground } from './background';
import type { Clipboard } from './commands/clipboard';
import { registerCommands } from './commands/register';
import { tellLeftOut } from './commands/failure';
import { inBrowser } from './inBrowser';
import { buildParts } from './parts';
import { ListableSecrets } from './secrets/listableSecrets';
import { Store } from './secrets/store';
import { WebSecrets } from './secrets/webSecrets';
import { TerminalEnvironment } from './terminals/environment';

let clipboard: Clipboard | undefined;

/** Builds the parts and joins them. The terminals come first: those that open before they are ready lack the token. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  void vscode.commands.executeCommand('setContext', 'tir.inBrowser', inBrowser);
  const log = vscode.window.createOutputChannel('TIR Tokens', { log: true });
  const secrets = new ListableSecrets(context.secrets);
  const web = vscode.env.uiKind === vscode.UIKind.Web ? new WebSecrets(secrets) : undefined;
  const store = new Store(web ?? secrets, tellLeftOut(log));
  const terminals = new TerminalEnvironment(context.environmentVariableCollection, store, log);
  context.subscriptions.push(log, store, terminals);
  const ready = terminals.update().catch((error: unknown) => {
    log.error(String(error));
  });

  const parts = buildParts(context, { log, store, terminals });
  clipboard = parts.clipboard;
  context.subscriptions.push(registerCommands(parts), registerAuthentication(parts));
  await ready;
  context.subscriptions.push(startBackground(parts, web));
}

export async function deactivate(): Promise<void> {
  await clipboard?.clear();
}
