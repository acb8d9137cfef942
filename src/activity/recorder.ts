import type * as vscode from 'vscode';

import { Queue } from '../base/async';
import type { ErrorCode } from '../base/errors';
import type { Store } from '../secrets/store';
import type { ActivityAction } from './entries';
import type { ActivityLog } from './log';

/** Whom and where an entry of the audit trail is about. */
export interface ActivitySubject {
  readonly connectionId?: string | undefined;
  /** Label of a connection that is not kept any more. */
  readonly connection?: string | undefined;
  readonly token?: { readonly id: number; readonly name?: string | undefined } | undefined;
  readonly folder?: string | undefined;
}

/** Writes the audit trail. A disk that is full must not keep anyone from revoking a token: failures are logged, never thrown. */
export class ActivityRecorder {
  readonly #queue = new Queue();

  constructor(
    readonly trail: ActivityLog,
    private readonly store: Store,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** In the order of the calls, whether or not they are waited for. */
  record(action: ActivityAction, about: ActivitySubject = {}, outcome: 'ok' | ErrorCode = 'ok'): Promise<void> {
    return this.#queue.run(() => this.#write(action, about, outcome));
  }

  async #write(action: ActivityAction, about: ActivitySubject, outcome: 'ok' | ErrorCode): Promise<void> {
    const { connectionId, token, folder } = about;
    try {
      const connection = about.connection ?? (connectionId && (await this.#labelOf(connectionId)));
      await this.trail.append({
        action,
        outcome,
        ...(connectionId !== undefined && { connectionId }),
        ...(connection && { connection }),
        ...(token && { tokenId: token.id }),
        ...(token?.name !== undefined && { token: token.name }),
        ...(folder !== undefined && { folder }),
      });
    } catch (error) {
      this.log.warn(`The activity "${action}" was not written down: ${String(error)}`);
    }
  }

  /** Forgets all entries but the one that says so, which other windows hear. */
  async clear(): Promise<void> {
    await this.trail.clear().catch((error: unknown) => {
      this.log.warn(`The activity was not deleted: ${String(error)}`);
    });
    await this.record('forget');
  }

  async #labelOf(connectionId: string): Promise<string | undefined> {
    const signedIn = await this.store.connection(connectionId).catch(() => undefined);
    return signedIn?.connection.label;
  }
}
