import { randomBytes } from 'node:crypto';

import * as vscode from 'vscode';

import { startBackground } from './background';
import { Clipboard } from './commands/clipboard';
import type { Parts } from './commands/parts';
import { registerCommands } from './commands/register';
import { Activity } from './lifecycle/activity';
import { Reminders } from './lifecycle/reminders';
import { Rotations } from './lifecycle/rotation';
import { Sessions } from './lifecycle/session';
import { Trail } from './lifecycle/trail';
import { Usage } from './lifecycle/usage';
import { Store } from './secrets/store';
import { WebSecrets } from './secrets/webSecrets';
import { settings } from './settings';
import { TerminalEnvironment } from './terminals/environment';
import { OpenTerminals } from './terminals/openTerminals';
import { TirClient } from './tir/client';
import { TokenLists } from './tir/lists';
import { ActivityPage } from './view/activityPage';
import { TokenInUse } from './view/tokenInUse';
import { TokensView } from './view/tokensView';

let clipboard: Clipboard | undefined;

/** Builds the parts and joins them. The terminals come first: those that open before they are ready lack the token. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('TIR Tokens', { log: true });
  const web = vscode.env.uiKind === vscode.UIKind.Web ? new WebSecrets(context.secrets) : undefined;
  const store = new Store(web ?? context.secrets);
  const terminals = new TerminalEnvironment(context.environmentVariableCollection, store, log);
  context.subscriptions.push(log, store, terminals);
  const ready = terminals.update().catch((error: unknown) => {
    log.error(String(error));
  });

  const now = Date.now;
  const folder = context.globalStorageUri.fsPath;
  const client: Parts['client'] = ({ connection, credentials }) =>
    new TirClient(connection, credentials, {
      apiUrl: settings.apiUrl(),
      timeoutSeconds: settings.requestTimeoutSeconds(),
    });
  const host = () => (URL.canParse(settings.apiUrl()) ? new URL(settings.apiUrl()).host : settings.apiUrl());
  const window = [vscode.workspace.name, randomBytes(3).toString('hex')].filter(Boolean).join(' ');
  const trail = new Trail(folder, window, now);
  const activity = new Activity(trail, store, log);
  const sessions = new Sessions(store, client, (connectionId, code) => {
    void activity.note('refused', { connectionId }, code);
  });
  const lists = new TokenLists((connectionId) => sessions.call(connectionId, (api) => api.list()));
  const rotations = new Rotations(store, lists, sessions, client, now);
  const usage = new Usage(context.globalState, now);
  const activityPage = new ActivityPage(trail);
  const reminders = new Reminders(store, context.globalState, folder, now);
  const openTerminals = new OpenTerminals(terminals, ({ use }) => {
    void usage.note(use, 'terminal').then(() => view.redraw());
    void activity.note('terminal', { connectionId: use.connectionId, token: use, folder: use.folder });
  });
  const sources = { store, lists, usage, host, now };
  const view = new TokensView(sources, context.globalState);
  const status = new TokenInUse(sources, openTerminals, terminals.onDidChange, context.globalState, log);
  clipboard = new Clipboard(log);
  const parts: Parts = {
    ...{ store, lists, sessions, rotations, reminders, usage, activity, activityPage, terminals, openTerminals },
    ...{ view, clipboard, log, client, host, now },
  };
  context.subscriptions.push(openTerminals, activityPage, view, status, registerCommands(parts));
  await ready;
  void status.update();
  context.subscriptions.push(startBackground(parts, web));
}

export async function deactivate(): Promise<void> {
  await clipboard?.clear();
}
