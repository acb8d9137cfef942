import * as vscode from 'vscode';

import type { ActivityEntry } from './activity/entries';
import { ActivityLog } from './activity/log';
import { ActivityPage } from './activity/page';
import { ActivityRecorder } from './activity/recorder';
import { TirAuthentication } from './authentication/provider';
import { once, Queue } from './base/async';
import { codeOf, toTirError } from './base/errors';
import { settings } from './base/settings';
import { registerCommands } from './commands/register';
import { Clipboard } from './export/clipboard';
import { SignsOfLife } from './platform/signsOfLife';
import { Lasting } from './secrets/lasting';
import type { Use } from './secrets/records';
import type { WebSecrets } from './secrets/webSecrets';
import type { Services } from './services';
import { SnippetCompletions } from './snippets/completions';
import { Debugging } from './terminals/debugging';
import { OpenTerminals } from './terminals/openTerminals';
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
    authentication,
    startBackground(services, web),
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
  const noteGiven = (to: 'terminal' | 'debug', use: Use) => {
    void usage.record(to, use, use.folder).finally(() => view.redraw());
  };
  const openTerminals = new OpenTerminals(terminals, ({ use }) => noteGiven('terminal', use));
  const debugging = new Debugging(terminals, log, (use) => noteGiven('debug', use));
  const sources = { store, lists, usage, host, now };
  const view = new TokensView(sources, globalState);
  const statusBar = new StatusBar(sources, openTerminals, terminals.onDidChange, globalState, log);
  const activityPage = new ActivityPage(activity.activityLog);
  const leaks = once(async () => {
    const { LeakGuard } = await import('./leaks/leakGuard');
    const guard = new LeakGuard(store, log, vscode.Uri.joinPath(context.extensionUri, 'media', 'leaks.md'));
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
  context.subscriptions.push(openTerminals, debugging, view, statusBar, activityPage, clipboard, completions, lasting);
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
    view,
    clipboard,
    log,
    client,
    host,
    now,
  };
}

/** How often to check whether a token is due for rotation. Milliseconds. */
const reminderInterval = 60 * 60 * 1000;

/** Starts what nobody asks for: resumes rotations, reminds people to rotate, follows other windows, and watches files for tokens. */
export function startBackground(services: Services, web: WebSecrets | undefined): vscode.Disposable {
  const quietly = (work: Promise<void>) => {
    work.catch((error: unknown) => {
      services.log.warn(toTirError(error).message);
    });
  };
  quietly(lookForStorageLoss(services));
  quietly(startRecovery(services));
  quietly(remindToRotate(services));
  quietly(services.activity.activityLog.read().then((entries) => learnUsage(services, entries)));
  quietly(services.leaks().then((leaks) => leaks.start()));
  const lists = services.lists.onDidChange((connectionId) => quietly(forgetRevokedValues(services, connectionId)));
  const timer = setInterval(() => quietly(remindToRotate(services)), reminderInterval);
  const listen = listener(services, web, quietly);
  web?.listenWith(listen);

  return vscode.Disposable.from(
    watchOtherWindows(services, () => {
      services.activityPage.refresh();
      quietly(listen());
    }),
    lists,
    {
      dispose: () => clearInterval(timer),
    },
  );
}

async function lookForStorageLoss({ lasting }: Services): Promise<void> {
  if (await lasting.look()) {
    const { tellOfStorageLoss } = await import('./commands/run');
    await tellOfStorageLoss();
  }
}

/** Loads nothing in most windows: they have no rotation to resume. */
async function startRecovery(services: Services): Promise<void> {
  if ((await services.store.rotations()).length > 0) {
    const { recoverRotations } = await import('./commands/run');
    await recoverRotations(services);
  }
}

async function remindToRotate(services: Services): Promise<void> {
  if ((await services.reminders.due(settings.remindAfterDays())).length > 0) {
    const run = await import('./commands/run');
    await run.remind(services);
  }
}

async function forgetRevokedValues({ revokedValues, log, view }: Services, connectionId: string): Promise<void> {
  for (const { id } of await revokedValues.forgetRevoked(connectionId)) {
    log.info(`Forgot the value of the token ${id} of ${connectionId}, which TIR refuses and does not list any more.`);
    view.redraw();
  }
}

/** Best effort: running out of file watchers or a read-only disk must not break activation. */
function watchOtherWindows({ activity, log }: Services, listen: () => void): { dispose(): void } {
  try {
    return activity.activityLog.watch(listen);
  } catch (error) {
    log.warn(`Other windows are not heard: ${codeOf(error)}`);
    return { dispose: () => undefined };
  }
}

/** Skips projects that aren't signed in to: signing out forgets when their tokens were used. */
async function learnUsage({ store, usage, view }: Services, entries: readonly ActivityEntry[]): Promise<void> {
  const signedIn = (await store.connections()).map(({ id }) => id);
  if (await usage.learn(entries.filter(({ connectionId = '' }) => signedIn.includes(connectionId)))) {
    view.redraw();
  }
}

/** Actions that change a project's list of tokens. */
const changesList: readonly ActivityEntry['action'][] = ['create', 'rotate', 'delete'];

/**
 * Returns how to apply what other windows have recorded by now, in order: no event of VS Code tells of tokens that they
 * created or deleted.
 */
function listener(
  services: Services,
  web: WebSecrets | undefined,
  quietly: (work: Promise<void>) => void,
): () => Promise<void> {
  const { activityLog } = services.activity;
  const queue = new Queue();
  return () =>
    queue.run(async () => {
      const others = (await activityLog.readNew()).filter(
        ({ window, outcome }) => window !== activityLog.window && outcome === 'ok',
      );
      for (const entry of others) {
        await web?.apply(entry);
      }
      if (others.length > 0) {
        // Not awaited: this may write, and a write listens first.
        quietly(learnUsage(services, others));
        reloadLists(services, others, quietly);
      }
    });
}

function reloadLists(
  { lists }: Services,
  others: readonly ActivityEntry[],
  quietly: (work: Promise<void>) => void,
): void {
  const changed = others.filter(({ action }) => changesList.includes(action)).map(({ connectionId }) => connectionId);
  for (const connectionId of new Set(changed)) {
    if (connectionId !== undefined && lists.current(connectionId).at !== undefined) {
      quietly(lists.refresh(connectionId).then(() => undefined));
    }
  }
}
