import * as vscode from 'vscode';

import { registerAuthentication } from './authentication/register';
import { once } from './base/async';
import { LosslessMemento } from './base/memento';
import type { Clipboard } from './export/clipboard';
import { machineId } from './platform/machine';
import { ListableSecrets } from './secrets/listableSecrets';
import { Store } from './secrets/store';
import { WebSecrets } from './secrets/webSecrets';
import { TerminalEnvironment } from './terminals/environment';
import { warnOfUnreadableRecords } from './view/failure';

let clipboard: Clipboard | undefined;

/**
 * Sets up terminals first, because a terminal that opens too early lacks the token. Loads everything else afterwards,
 * and only then makes all other calls to VS Code, but the registration that others would time out without.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const openLog = once(() => vscode.window.createOutputChannel('TIR Tokens', { log: true }));
  const machine = machineId(context.globalStorageUri.fsPath);
  const secrets = new ListableSecrets(context.secrets);
  const web =
    vscode.env.uiKind === vscode.UIKind.Web
      ? new WebSecrets(secrets, machine ?? '', context.globalStorageUri)
      : undefined;
  const store = new Store(web ?? secrets, machine ?? '', warnOfUnreadableRecords(openLog));
  const globalState = new LosslessMemento(context.globalState);
  const terminals = new TerminalEnvironment(context.environmentVariableCollection, store, globalState, (error) => {
    openLog().error(String(error));
  });
  context.subscriptions.push(store, terminals);
  const ready = terminals.start();
  const rest = ready.then(async () => {
    const log = openLog();
    context.subscriptions.push(log);
    const { startRest } = await import('./start');
    return startRest(context, { log, store, terminals, globalState }, web);
  });
  context.subscriptions.push(registerAuthentication(rest.then(({ authentication }) => authentication)));
  ({ clipboard } = await rest);
}

export async function deactivate(): Promise<void> {
  await clipboard?.clear();
}
