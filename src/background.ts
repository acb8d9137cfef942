import * as vscode from 'vscode';

import type { ActivityEntry } from './activity/entries';
import { Queue } from './base/async';
import { codeOf, toTirError } from './base/errors';
import { settings } from './base/settings';
import { notebookType } from './notebooks/jupyter';
import type { WebSecrets } from './secrets/webSecrets';
import type { Services } from './services';
import type { OpenedTerminal } from './terminals/openTerminals';
import { isIntegrated } from './terminals/terminalOptions';

/** How often to check whether a token is due for rotation. Milliseconds. */
const reminderInterval = 60 * 60 * 1000;

/**
 * Starts background work: resumes rotations, reminds people to rotate, follows other windows and terminals, and watches
 * files for tokens.
 */
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
  const { openTerminals } = services;
  let isTold = false;
  const tellOfRestored = async () => {
    await openTerminals.ready;
    if (!isTold && openTerminals.withOldToken().some((terminal) => openTerminals.isLeftOver(terminal))) {
      isTold = true;
      const run = await import('./commands/run');
      await run.offerToReopen(services);
    }
  };
  quietly(tellOfRestored());
  const terminals = vscode.Disposable.from(
    openTerminals.onDidChange((terminal) => {
      quietly(openTerminals.isRestored(terminal) ? tellOfRestored() : tellOfOtherValue(services, terminal));
    }),
    openTerminals.onDidOpen((opened) => quietly(tellOfOpened(services, opened))),
  );
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
    terminals,
    {
      dispose: () => clearInterval(timer),
    },
  );
}

/** Loads what notebooks need once a Jupyter notebook is open. */
export function loadForNotebooks({ notebookKernels }: Services): vscode.Disposable {
  const look = (notebook: vscode.NotebookDocument) => {
    if (notebook.notebookType === notebookType) {
      void notebookKernels();
    }
  };
  vscode.workspace.notebookDocuments.forEach(look);
  return vscode.workspace.onDidOpenNotebookDocument(look);
}

/** Ticks the walkthrough's steps. Loads its module without making the start wait. */
export function followWalkthrough({ store, openTerminals, activity }: Services): vscode.Disposable {
  const following = import('./view/walkthrough').then(
    ({ Walkthrough }) => new Walkthrough(store, openTerminals, activity.activityLog),
  );
  return new vscode.Disposable(() => void following.then((followed) => followed.dispose()));
}

/** Doesn't load the commands for an ordinary terminal in a browser, which needs no notice. */
async function tellOfOpened(services: Services, opened: OpenedTerminal): Promise<void> {
  const isUsual = !opened.isOfAgent && isIntegrated(opened.terminal) && !settings.savesTerminals();
  if (!isUsual) {
    const run = await import('./commands/run');
    await run.tellOfOpened(services, opened);
  }
}

async function lookForStorageLoss({ lasting }: Services): Promise<void> {
  if (await lasting.look()) {
    const { tellOfStorageLoss } = await import('./commands/run');
    await tellOfStorageLoss();
  }
}

/** Shows that a terminal turned out to have another value than the token in use. */
async function tellOfOtherValue(services: Services, terminal: vscode.Terminal): Promise<void> {
  if (services.openTerminals.isMismatched(terminal)) {
    const run = await import('./commands/run');
    await run.tellOfOtherValue(services, terminal);
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
