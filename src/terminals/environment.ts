import * as vscode from 'vscode';

import type { Store } from '../secrets/store';
import { settings } from '../settings';

export const tokenVariable = 'TIR_API_TOKEN';

/**
 * Keeps the environment of new integrated terminals and tasks at what it should be: the token in use, and
 * nothing where there is none, the workspace is not trusted, or the setting is off.
 */
export class TerminalEnvironment implements vscode.Disposable {
  readonly #subscriptions: vscode.Disposable[];
  #updates: Promise<void> = Promise.resolve();

  constructor(
    private readonly collection: vscode.EnvironmentVariableCollection,
    private readonly store: Store,
    private readonly log: vscode.LogOutputChannel,
  ) {
    // The default is true, and writes the values to disk in plain text.
    collection.persistent = false;
    collection.description = vscode.l10n.t('The TIR token in use');
    const follow = () => {
      this.update().catch((error: unknown) => {
        this.log.error(String(error));
      });
    };
    this.#subscriptions = [
      store.onDidChange((change) => {
        if (change.kind !== 'connection') {
          follow();
        }
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(follow),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('tir.terminal')) {
          follow();
        }
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  /** Resolves when terminals that open from now on get what is stored now. One after the other, so that the last state wins. */
  update(): Promise<void> {
    const update = this.#updates.then(() => this.#apply());
    this.#updates = update.catch(() => undefined);
    return update;
  }

  async #apply(): Promise<void> {
    let wanted: Map<string, string>;
    try {
      wanted = await this.#wanted();
    } catch (error) {
      // What cannot be read may have been revoked: better no token than a stale one.
      this.collection.clear();
      throw error;
    }
    const present: string[] = [];
    this.collection.forEach((variable) => present.push(variable));
    for (const variable of present.filter((name) => !wanted.has(name))) {
      this.collection.delete(variable);
    }
    for (const [variable, value] of wanted) {
      this.collection.replace(variable, value);
    }
  }

  async #wanted(): Promise<Map<string, string>> {
    const wanted = new Map<string, string>();
    if (!vscode.workspace.isTrusted || !settings.terminalEnabled()) {
      return wanted;
    }
    const inUse = await this.store.inUse();
    const stored = inUse && (await this.store.token(inUse.connectionId, inUse.id));
    if (!stored) {
      return wanted;
    }
    const { credentials } = stored;
    wanted.set(tokenVariable, credentials.token.reveal());
    if (settings.sdkVariables()) {
      // The names that the vendor's Python SDK reads in `tir.init()`.
      wanted.set('E2E_TIR_ACCESS_TOKEN', credentials.token.reveal());
      if (credentials.apiKey) {
        wanted.set('E2E_TIR_API_KEY', credentials.apiKey.reveal());
      }
      const signedIn = await this.store.connection(inUse.connectionId);
      if (signedIn) {
        wanted.set('E2E_TIR_PROJECT_ID', String(signedIn.connection.projectId));
      }
    }
    return wanted;
  }
}
