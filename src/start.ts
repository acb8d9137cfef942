import * as vscode from 'vscode';

import { ActivityLog } from './activity/log';
import { ActivityPage } from './activity/page';
import { ActivityRecorder } from './activity/recorder';
import { TirAuthentication } from './authentication/provider';
import { once } from './base/async';
import { LosslessMemento } from './base/memento';
import { settings } from './base/settings';
import { followWalkthrough, loadForNotebooks, startBackground } from './background';
import { registerCommands, registerProfile } from './commands/register';
import { Clipboard } from './export/clipboard';
import { SignsOfLife } from './platform/signsOfLife';
import { Lasting } from './secrets/lasting';
import type { NamedToken } from './secrets/records';
import type { WebSecrets } from './secrets/webSecrets';
import type { Services } from './services';
import { SnippetCompletions } from './snippets/completions';
import { Debugging } from './terminals/debugging';
import { OpenTerminals } from './terminals/openTerminals';
import { registerTestTask } from './terminals/testTask';
import { ShellQuestions } from './terminals/shellQuestions';
import { TirClient } from './tir/client';
import { TokenLists } from './tir/lists';
import { pause } from './tir/retry';
import { Reminders } from './tokens/reminders';
import { RevokedValues } from './tokens/revokedValues';
import { SignedInCalls } from './tokens/signedInCalls';
import { Usage } from './tokens/usage';
import { StatusBar } from './view/statusBar';
import { TokensView } from './view/tokensView';

/** What `extension.ts` has made for terminals already. */
interface First extends Pick<Services, 'log' | 'store' | 'terminals'> {
  readonly globalState: vscode.Memento;
}

/**
 * Builds and connects everything but what terminals need, which is ready by then. Returns what `activate` goes on with.
 * @param web the storage, in a browser window
 */
export function startRest(
  context: vscode.ExtensionContext,
  first: First,
  web: WebSecrets | undefined,
): { readonly clipboard: Clipboard; readonly authentication: vscode.AuthenticationProvider } {
  const services = buildServices(context, first, web);
  const authentication = new TirAuthentication(services);
  context.subscriptions.push(
    registerCommands(services, context.extension.packageJSON),
    registerProfile(services),
    authentication,
    startBackground(services, web),
    loadForNotebooks(services),
    followWalkthrough(services),
  );
  return { clipboard: services.clipboard, authentication };
}

/** Builds the services that commands and background work use. */
export function buildServices(
  context: vscode.ExtensionContext,
  { log, store, terminals, globalState }: First,
  web: WebSecrets | undefined,
): Services {
  const now = Date.now;
  const { version } = context.extension.packageJSON as { version: string };
  const storage = context.globalStorageUri;
  const client: Services['client'] = ({ connection, credentials }) =>
    new TirClient(connection, credentials, {
      apiUrl: settings.apiUrl(),
      timeoutSeconds: settings.requestTimeoutSeconds(),
      userAgent: `tir-tokens/${version}`,
    });
  const host = () => (URL.canParse(settings.apiUrl()) ? new URL(settings.apiUrl()).host : settings.apiUrl());

  const window = [vscode.workspace.name?.slice(0, 100), crypto.randomUUID().slice(0, 6)].filter(Boolean).join(' ');
  const activity = new ActivityRecorder(new ActivityLog(storage, window, now), store, log, async () => web?.mark());
  const usage = new Usage(globalState, activity, now);
  const calls = new SignedInCalls(store, client, (connectionId, code) => {
    void activity.record('refused', { connectionId }, code);
  });
  const lists = new TokenLists((connectionId, signal) => calls.list(connectionId, signal));
  const recordUse = (
    to: 'terminal' | 'agent-terminal' | 'debug' | 'notebook',
    token: NamedToken,
    folder: string | undefined,
  ) => {
    const scope = folder !== undefined && terminals.hasOwn(folder) ? folder : undefined;
    void usage.record(to, token, scope).finally(() => view.redraw());
  };
  const workspaceState = new LosslessMemento(context.workspaceState);
  const openTerminals = new OpenTerminals(terminals, workspaceState);
  openTerminals.onDidOpen(({ token, folder, isOfAgent }) => {
    recordUse(isOfAgent ? 'agent-terminal' : 'terminal', token, folder);
  });
  const shellQuestions = new ShellQuestions();
  const debugging = new Debugging(terminals, openTerminals, log, (use) => recordUse('debug', use, use.folder));
  const notebookKernels = once(async () => {
    const { CellItems, NotebookKernels } = await import('./notebooks/cellItems');
    const kernels = new NotebookKernels(
      terminals,
      store,
      { global: globalState, workspace: workspaceState },
      log,
      (token, folder) => recordUse('notebook', token, folder),
    );
    context.subscriptions.push(kernels, new CellItems(kernels));
    return kernels;
  });
  const sources = { store, lists, usage, host, now };
  const view = new TokensView(sources, globalState, async () => (await import('./commands/run')).findTokens());
  const statusBar = new StatusBar(sources, openTerminals, terminals, globalState, log);
  const activityPage = new ActivityPage(activity.activityLog);
  const leaks = once(async () => {
    const { LeakGuard } = await import('./leaks/leakGuard');
    const guard = new LeakGuard(
      store,
      lists,
      host,
      log,
      vscode.Uri.joinPath(context.extensionUri, 'media', 'leaks.md'),
    );
    context.subscriptions.push(guard);
    return guard;
  });
  const tokens = once(async () => {
    const { Tokens, showOnce } = await import('./commands/run');
    const signs = new SignsOfLife(storage);
    const shared = { store, lists, calls, client, usage, activity, terminals, log, now };
    return new Tokens({ ...shared, wait: pause, signs }, showOnce);
  });
  const lasting = new Lasting(
    store,
    globalState,
    (time) => activity.activityLog.signedOutSince(time),
    now,
    process.env['VSCODE_PID'] ?? vscode.env.sessionId,
  );
  const clipboard = new Clipboard(log);
  const completions = new SnippetCompletions(store).register();
  context.subscriptions.push(
    registerTestTask(terminals),
    openTerminals,
    shellQuestions,
    debugging,
    view,
    statusBar,
    activityPage,
    clipboard,
    completions,
    lasting,
  );
  return {
    store,
    lasting,
    lists,
    calls,
    tokens,
    revokedValues: new RevokedValues(store, lists, client, now),
    reminders: new Reminders(store, globalState, storage, now),
    usage,
    activity,
    activityPage,
    leaks,
    terminals,
    openTerminals,
    globalState,
    workspaceState,
    shellQuestions,
    notebookKernels,
    view,
    clipboard,
    log,
    client,
    host,
    now,
  };
}
