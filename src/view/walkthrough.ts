import * as vscode from 'vscode';

import type { ActivityLog } from '../activity/log';
import { coalesced } from '../base/async';
import { Disposable } from '../base/disposable';
import type { Store } from '../secrets/store';
import type { OpenTerminals } from '../terminals/openTerminals';
import { tokenVariable } from '../terminals/variables';

/** Ends a command whose exit code the line doesn't have. */
const separator = /[;|\n]|(?<![&>])&(?!&)/;
/** The words of a command line, and what ends a command in it. */
const words = /&&|[()]|(?:"[^"]*"|'[^']*'|[^\s&()"'])+/g;
/** A script's name. Those called "install" and "setup" prepare a machine, and have no use for a token. */
const script = /^(?!(?:install|setup)\.)[^=<>]+\.(?:py|[cm]?[jt]s|sh|ps1)$/i;
/** Runs the script that is named after it. */
const runner = /^(?:python[\d.]*|py|node|bash|zsh|sh|pwsh|powershell)(?:\.exe)?$/i;
/** Runs the script or program that is named after its command `run`. */
const tool = /^(?:uv|poetry|pipenv|conda|pdm|hatch|rye|deno|bun)(?:\.exe)?$/i;
/** What may be before a program: variables, options, and programs that run another one. */
const prefix = /^(?:\w+=|-|(?:env|time|nohup|sudo|exec|npx)$)/;
/** An option that takes code or a module in place of a script, or doesn't run it. */
const noScript = /^(?:-[cep]$|-m|--check$)/;
const quoted = /"[^"]*"|'[^']*'/g;

/**
 * Tells whether a command line's end runs a file that is a script by its name, as a program or by an interpreter.
 * Modules (`python -m pip`) and code (`node -p 1`) don't count, nor do files that another program reads or writes.
 */
export function runsScript(line: string): boolean {
  let before: 'start' | 'runner' | 'tool' | 'other' = 'start';
  // Within quotes, a separator doesn't end a command.
  const plain = line.replace(quoted, (text) => text.replace(/[;|&\n]/g, ' '));
  for (const [word] of (plain.split(separator).findLast((part) => part.trim() !== '') ?? '').matchAll(words)) {
    const name = word.replace(/["']/g, '').replace(/^.*[\\/]/, '');
    const runs = before === 'start' || before === 'runner';
    if (word === '&&' || word === '(' || word === ')') {
      before = 'start';
    } else if (/^\d?[<>]/.test(word)) {
      before = 'other';
    } else if (runs && script.test(name)) {
      return true;
    } else if (before === 'tool') {
      before = name === 'run' ? 'runner' : 'other';
    } else if (runs && (runner.test(name) || tool.test(name))) {
      before = runner.test(name) ? 'runner' : 'tool';
    } else if (before === 'runner' ? noScript.test(word) : !prefix.test(word)) {
      before = 'other';
    }
  }
  return false;
}

/** Tells whether a debug session's program has the token. */
function hasToken({ configuration }: vscode.DebugSession): boolean {
  const { env } = configuration as { readonly env?: unknown };
  return typeof env === 'object' && env !== null && tokenVariable in env;
}

/**
 * Ticks the steps of the walkthrough that were done, rather than tried, by context keys: `tir.tokenCreated` once the
 * activity log has a token that was created, and `tir.scriptRun` once a script ran with a token. VS Code remembers a tick
 * for good, so the keys needn't outlast a window. `tir.signedIn` is the status bar's.
 */
export class Walkthrough extends Disposable {
  readonly #done = new Set<string>();
  #watcher: { dispose(): void } | undefined;

  constructor(
    private readonly store: Pick<Store, 'rotations'>,
    openTerminals: Pick<OpenTerminals, 'hasKnownToken'>,
    private readonly activityLog: Pick<ActivityLog, 'read' | 'watch'>,
  ) {
    super();
    /** A session that couldn't be launched ends without having started. */
    const started = new WeakSet<vscode.DebugSession>();
    this.register(
      vscode.Disposable.from(
        vscode.debug.onDidStartDebugSession((session) => started.add(session)),
        vscode.debug.onDidTerminateDebugSession((session) => {
          if (started.has(session) && hasToken(session)) {
            this.#tick('tir.scriptRun');
          }
        }),
        vscode.window.onDidEndTerminalShellExecution(({ terminal, execution, exitCode }) => {
          if (exitCode === 0 && openTerminals.hasKnownToken(terminal) && runsScript(execution.commandLine.value)) {
            this.#tick('tir.scriptRun');
          }
        }),
        { dispose: () => this.#watcher?.dispose() },
      ),
    );
    try {
      this.#watcher = activityLog.watch(() => void this.#look());
    } catch {
      // Running out of file watchers only delays the tick until the next start.
    }
    void this.#look();
  }

  /** Looks for a created token in the activity log, which also names those that are deleted by now. */
  readonly #look = coalesced(async () => {
    if (this.#done.has('tir.tokenCreated')) {
      return;
    }
    try {
      // Read first: the log doesn't tell a rotation's new token from others before the rotation has ended.
      const rotating = (await this.store.rotations()).map(({ connectionId }) => connectionId);
      const entries = (await this.activityLog.read()).filter(({ outcome }) => outcome === 'ok');
      const isRotated = (of: string | undefined, id: number | undefined) =>
        rotating.some((connectionId) => connectionId === of) ||
        entries.some((one) => one.action === 'rotate' && one.connectionId === of && one.tokenId === id);
      if (entries.some((one) => one.action === 'create' && !isRotated(one.connectionId, one.tokenId))) {
        this.#tick('tir.tokenCreated');
        this.#watcher?.dispose();
      }
    } catch {
      // The storage or the disk fails at the moment. The next entry looks again.
    }
  });

  #tick(key: string): void {
    if (!this.#done.has(key)) {
      this.#done.add(key);
      void vscode.commands.executeCommand('setContext', key, true);
    }
  }
}
