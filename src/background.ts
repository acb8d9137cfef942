import * as vscode from 'vscode';

import type { Parts } from './commands/parts';
import { remind, resumeRotations } from './commands/rotateToken';
import type { Activity } from './lifecycle/activityRecord';
import type { WebSecrets } from './secrets/webSecrets';
import { toTirError } from './tir/errors';

/** Whether a token is due for a rotation is looked at so often. Milliseconds. */
const hour = 60 * 60 * 1000;

/** What goes on without anybody asking: rotations are resumed, people are reminded, and other windows are heard. */
export function startBackground(parts: Parts, web: WebSecrets | undefined): vscode.Disposable {
  const quietly = (work: Promise<void>) => {
    work.catch((error: unknown) => {
      parts.log.warn(toTirError(error).message);
    });
  };
  quietly(resumeRotations(parts));
  quietly(remind(parts));
  const timer = setInterval(() => quietly(remind(parts)), hour);

  return vscode.Disposable.from(
    watch(parts, () => quietly(hear(parts, web))),
    {
      dispose: () => clearInterval(timer),
    },
  );
}

/** A machine that has no watcher left, or a disk that takes no folder, must not keep terminals from their token. */
function watch({ activity, log }: Parts, listen: () => void): { dispose(): void } {
  try {
    return activity.trail.watch(listen);
  } catch (error) {
    log.warn(`Other windows are not heard: ${String((error as { code?: unknown }).code)}`);
    return { dispose: () => undefined };
  }
}

/** Entries that change what the list of a project holds. */
const changesList: readonly Activity['action'][] = ['create', 'rotate', 'delete'];

/** Takes in what other windows wrote down: tokens that came or went, which no event of the editor tells. */
async function hear({ activity, activityPage, lists }: Parts, web: WebSecrets | undefined): Promise<void> {
  activityPage.refresh();
  const { trail } = activity;
  const others = (await trail.newer()).filter(({ window, outcome }) => window !== trail.window && outcome === 'ok');
  for (const entry of others) {
    await web?.hear(entry);
  }
  const changed = others.filter(({ action }) => changesList.includes(action)).map(({ connectionId }) => connectionId);
  for (const connectionId of new Set(changed)) {
    if (connectionId !== undefined && lists.current(connectionId).at !== undefined) {
      await lists.refresh(connectionId);
    }
  }
}
