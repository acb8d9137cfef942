import * as vscode from 'vscode';

import type { Activity } from './lifecycle/activityRecord';
import type { Parts } from './parts';
import type { WebSecrets } from './secrets/webSecrets';
import { settings } from './settings';
import { codeOf, toTirError } from './tir/errors';

/** Whether a token is due for a rotation is looked at so often. Milliseconds. */
const hour = 60 * 60 * 1000;

/** What goes on without anybody asking: rotations are resumed, people are reminded, other windows are heard, and files watched for tokens. */
export function startBackground(parts: Parts, web: WebSecrets | undefined): vscode.Disposable {
  const quietly = (work: Promise<void>) => {
    work.catch((error: unknown) => {
      parts.log.warn(toTirError(error).message);
    });
  };
  quietly(resume(parts));
  quietly(remind(parts));
  quietly(parts.activity.trail.read().then((entries) => learn(parts, entries)));
  quietly(parts.leaks().then((leaks) => leaks.start()));
  const lists = parts.lists.onDidChange((connectionId) => quietly(forgetLeftovers(parts, connectionId)));
  const timer = setInterval(() => quietly(remind(parts)), hour);

  return vscode.Disposable.from(
    watch(parts, () => quietly(hear(parts, web))),
    lists,
    {
      dispose: () => clearInterval(timer),
    },
  );
}

/** Most windows have no rotation to resume, and load nothing for it. */
async function resume(parts: Parts): Promise<void> {
  if ((await parts.store.rotations()).length > 0) {
    const { resumeRotations } = await import('./commands/run');
    await resumeRotations(parts);
  }
}

async function remind(parts: Parts): Promise<void> {
  if ((await parts.reminders.due(settings.remindAfterDays())).length > 0) {
    const run = await import('./commands/run');
    await run.remind(parts);
  }
}

async function forgetLeftovers({ leftovers, log, view }: Parts, connectionId: string): Promise<void> {
  for (const { id } of await leftovers.look(connectionId)) {
    log.info(`Forgot the value of the token ${id} of ${connectionId}, which TIR refuses and does not list any more.`);
    view.redraw();
  }
}

/** A machine that has no watcher left, or a disk that takes no folder, must not keep terminals from their token. */
function watch({ activity, log }: Parts, listen: () => void): { dispose(): void } {
  try {
    return activity.trail.watch(listen);
  } catch (error) {
    log.warn(`Other windows are not heard: ${codeOf(error)}`);
    return { dispose: () => undefined };
  }
}

/** Of the projects that are signed in to: signing out forgets when tokens were used. */
async function learn({ store, usage, view }: Parts, entries: readonly Activity[]): Promise<void> {
  const signedIn = (await store.connections()).map(({ id }) => id);
  if (await usage.learn(entries.filter(({ connectionId = '' }) => signedIn.includes(connectionId)))) {
    view.redraw();
  }
}

/** Entries that change what the list of a project holds. */
const changesList: readonly Activity['action'][] = ['create', 'rotate', 'delete'];

/** Takes in what other windows wrote down: tokens that came or went, which no event of the editor tells. */
async function hear(parts: Parts, web: WebSecrets | undefined): Promise<void> {
  const { activityPage, lists } = parts;
  const { trail } = parts.activity;
  activityPage.refresh();
  const others = (await trail.newer()).filter(({ window, outcome }) => window !== trail.window && outcome === 'ok');
  if (others.length === 0) {
    return;
  }
  for (const entry of others) {
    await web?.hear(entry);
  }
  await learn(parts, others);
  const changed = others.filter(({ action }) => changesList.includes(action)).map(({ connectionId }) => connectionId);
  for (const connectionId of new Set(changed)) {
    if (connectionId !== undefined && lists.current(connectionId).at !== undefined) {
      await lists.refresh(connectionId);
    }
  }
}
