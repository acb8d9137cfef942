import * as vscode from 'vscode';

import type { ActivityAction } from '../activity/entries';
import type { ActivityLog } from '../activity/log';
import { coalesced } from '../base/async';
import { Disposable } from '../base/disposable';
import { tokenKey } from '../secrets/records';
import type { Store } from '../secrets/store';
import type { OpenTerminals } from '../terminals/openTerminals';
import type { Usage } from '../tokens/usage';

/** Actions that store the value of another token than the one that signs in. */
const storing: readonly ActivityAction[] = ['create', 'rotate', 'add-value'];

/** A command line that runs a script: `python3 example.py`, `& "C:\Program Files\Python\python.exe" x.py`, `./x.sh`. */
const runsScript = new RegExp(
  [
    String.raw`^\s*(?:&\s*)?(?:\w+=\S*\s+)*(?:(?:uv|poetry|pipenv) run\s+)?(?:"[^"]*[\\/]|'[^']*[\\/]|\S*[\\/])?`,
    String.raw`(?:(?:python[\d.]*|py|node|bash|zsh|sh|pwsh)(?:\.exe)?["']?\s+(?!-(?:V|h|-version|-help)\b)\S`,
    String.raw`|[\w.-]+\.(?:py|js|mjs|sh|ps1)\b)`,
  ].join(''),
  'i',
);

/**
 * Ticks the steps of the walkthrough that were done, rather than tried, by context keys: `tir.tokenCreated` once a token
 * other than the one that signed in is stored on this machine, and `tir.scriptRun` once a script ran with a token. VS
 * Code remembers a tick for good, so the keys needn't outlast a window. `tir.signedIn` is the status bar's.
 */
export class Walkthrough extends Disposable {
  readonly #done = new Set<string>();

  constructor(
    private readonly store: Store,
    usage: Pick<Usage, 'all'>,
    openTerminals: Pick<OpenTerminals, 'hasKnownToken'>,
    private readonly activityLog: Pick<ActivityLog, 'read'>,
  ) {
    super();
    // A debug session that had a token ran a script, too.
    const checkUsage = () => {
      if (Object.values(usage.all()).some(({ debug }) => debug !== undefined)) {
        this.#tick('tir.scriptRun');
      }
    };
    checkUsage();
    this.register(
      vscode.Disposable.from(
        store.onDidChange(({ kind }) => {
          if (kind === 'value') {
            void this.#lookAtStored();
          }
        }),
        vscode.debug.onDidTerminateDebugSession(checkUsage),
        vscode.window.onDidEndTerminalShellExecution(({ terminal, execution, exitCode }) => {
          if (exitCode === 0 && runsScript.test(execution.commandLine.value) && openTerminals.hasKnownToken(terminal)) {
            this.#tick('tir.scriptRun');
          }
        }),
      ),
    );
    void this.#lookAtStored().then(() => this.#lookAtLog());
  }

  /** What was stored once may be deleted by now. */
  async #lookAtLog(): Promise<void> {
    const entries = this.#done.has('tir.tokenCreated') ? [] : await this.activityLog.read().catch(() => []);
    if (entries.some(({ action, outcome }) => outcome === 'ok' && storing.includes(action))) {
      this.#tick('tir.tokenCreated');
    }
  }

  readonly #lookAtStored = coalesced(async () => {
    try {
      const [connections, stored] = await Promise.all([this.store.connections(), this.store.storedKeys()]);
      for (const { id: connectionId, signInTokenId } of connections) {
        stored.delete(tokenKey({ connectionId, id: signInTokenId ?? -1 }));
      }
      // Without its project's record, it's not known whether it's the one that signed in.
      if ([...stored].some((key) => connections.some(({ id }) => key.startsWith(`${id}/`)))) {
        this.#tick('tir.tokenCreated');
      }
    } catch {
      // The storage fails at the moment. The next change looks again.
    }
  });

  #tick(key: string): void {
    if (!this.#done.has(key)) {
      this.#done.add(key);
      void vscode.commands.executeCommand('setContext', key, true);
    }
  }
}
