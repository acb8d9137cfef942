import * as vscode from 'vscode';

import { Clipboard } from './clipboard';
import { Activity } from './lifecycle/activity';
import { Leftovers } from './lifecycle/leftovers';
import { Reminders } from './lifecycle/reminders';
import { Sessions } from './lifecycle/session';
import { Trail } from './lifecycle/trail';
import { Usage } from './lifecycle/usage';
import { once } from './once';
import type { Parts } from './parts';
import type { Use } from './secrets/records';
import { settings } from './settings';
import { SnippetCompletions } from './snippets/completions';
import { Debugging } from './terminals/debugging';
import { OpenTerminals } from './terminals/openTerminals';
import { TirClient } from './tir/client';
import { TokenLists } from './tir/lists';
import { ActivityPage } from './view/activityPage';
import { TokenInUse } from './view/tokenInUse';
import { TokensView } from './view/tokensView';

/** Builds what commands and background work with, upon the parts that terminals need first. */
export function buildParts(
  context: vscode.ExtensionContext,
  { log, store, terminals }: Pick<Parts, 'log' | 'store' | 'terminals'>,
): Parts {
  const now = Date.now;
  const { globalState } = context;
  const storage = context.globalStorageUri;
  const client: Parts['client'] = ({ connection, credentials }) =>
    new TirClient(connection, credentials, {
      apiUrl: settings.apiUrl(),
      timeoutSeconds: settings.requestTimeoutSeconds(),
    });
  const host = () => (URL.canParse(settings.apiUrl()) ? new URL(settings.apiUrl()).host : settings.apiUrl());

  const usage = new Usage(globalState, now);
  const window = [vscode.workspace.name, crypto.randomUUID().slice(0, 6)].filter(Boolean).join(' ');
  const activity = new Activity(new Trail(storage, window, now), store, log);
  const sessions = new Sessions(store, client, (connectionId, code) => {
    void activity.note('refused', { connectionId }, code);
  });
  const lists = new TokenLists((connectionId) => sessions.call(connectionId, (api) => api.list()));
  const noteGiven = (to: 'terminal' | 'debug', use: Use) => {
    void usage.note(use, to).then(() => view.redraw());
    void activity.note(to, { connectionId: use.connectionId, token: use, folder: use.folder });
  };
  const openTerminals = new OpenTerminals(terminals, ({ use }) => noteGiven('terminal', use));
  const debugging = new Debugging(terminals, log, (use) => noteGiven('debug', use));
  const sources = { store, lists, usage, host, now };
  const view = new TokensView(sources, globalState);
  const tokenInUse = new TokenInUse(sources, openTerminals, terminals.onDidChange, globalState, log);
  const activityPage = new ActivityPage(activity.trail);
  const leaks = once(async () => {
    const { LeakGuard } = await import('./leaks/leakGuard');
    const guard = new LeakGuard(store, log, vscode.Uri.joinPath(context.extensionUri, 'media', 'leaks.md'));
    context.subscriptions.push(guard);
    return guard;
  });
  const rotations = once(async () => {
    const { Rotations } = await import('./lifecycle/rotation');
    return new Rotations(store, lists, sessions, client, now);
  });
  const completions = new SnippetCompletions(store).register();
  context.subscriptions.push(openTerminals, debugging, view, tokenInUse, activityPage, completions);
  return {
    store,
    lists,
    sessions,
    rotations,
    leftovers: new Leftovers(store, lists, client, now),
    reminders: new Reminders(store, globalState, storage, now),
    usage,
    activity,
    activityPage,
    leaks,
    terminals,
    openTerminals,
    view,
    clipboard: new Clipboard(log),
    log,
    client,
    host,
    now,
  };
}
