import type * as vscode from 'vscode';

import { Queue } from '../base/async';
import type { ErrorCode } from '../base/errors';
import type { Store } from '../secrets/store';
import type { ActivityAction, ActivityEntry } from './entries';
import type { ActivityLog } from './log';

/** The project, token and folder that an entry is about. */
export interface ActivitySubject {
  readonly connectionId?: string | undefined;
  /** The project's label. Only needed once its record is deleted, as after signing out. */
  readonly connection?: string | undefined;
  readonly token?: { readonly id: number; readonly name?: string | undefined } | undefined;
  readonly folder?: string | undefined;
}

/**
 * Records entries in the activity log. Failures are logged and never thrown, since a full disk must not stop anyone
 * from deleting a token.
 */
export class ActivityRecorder {
  readonly #queue = new Queue();

  constructor(
    readonly activityLog: ActivityLog,
    private readonly store: Store,
    private readonly log: vscode.LogOutputChannel,
    /** Returns what entries say of the secret storage, in a browser. */
    private readonly mark: () => Promise<Pick<ActivityEntry, 'storage' | 'change'> | undefined> = () =>
      Promise.resolve(undefined),
  ) {}

  /** Records an entry. Entries keep the order of the calls, even if those aren't awaited. */
  record(action: ActivityAction, about: ActivitySubject = {}, outcome: 'ok' | ErrorCode = 'ok'): Promise<void> {
    return this.#queue.run(() => this.#write(action, about, outcome));
  }

  async #write(action: ActivityAction, about: ActivitySubject, outcome: 'ok' | ErrorCode): Promise<void> {
    const { connectionId, token, folder } = about;
    try {
      const mark = await this.mark();
      const connection = about.connection ?? (connectionId && (await this.#labelOf(connectionId)));
      await this.activityLog.append({
        action,
        outcome,
        ...(connectionId !== undefined && { connectionId }),
        ...(connection && { connection }),
        ...(token && { tokenId: token.id }),
        ...(token?.name !== undefined && { token: token.name }),
        ...(folder !== undefined && { folder }),
        ...mark,
      });
    } catch (error) {
      this.log.warn(`The activity "${action}" wasn't recorded: ${String(error)}`);
    }
  }

  /** Deletes all entries, also those still being recorded, and then records a `forget` entry for other windows. */
  clear(): Promise<void> {
    return this.#queue.run(async () => {
      await this.activityLog.clear().catch((error: unknown) => {
        this.log.warn(`The activity log wasn't deleted: ${String(error)}`);
      });
      await this.#write('forget', {}, 'ok');
    });
  }

  async #labelOf(connectionId: string): Promise<string | undefined> {
    const signedIn = await this.store.connection(connectionId).catch(() => undefined);
    return signedIn?.connection.label;
  }
}
