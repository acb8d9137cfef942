import { setTimeout as pause } from 'node:timers/promises';

import * as vscode from 'vscode';

import { once } from '../base/async';
import { Disposable } from '../base/disposable';
import { defaultFolder } from '../base/folders';
import { initialVariable, programOf, startOf } from '../platform/processes';
import type { NamedToken } from '../secrets/records';
import type { TerminalEnvironment } from './environment';
import { type Content, sameContent, type SavedTerminal, SavedTerminals, type TerminalProcess } from './savedTerminals';
import {
  getsVariables,
  isIntegrated,
  isOfAgent,
  isOfToken,
  isOurs,
  isPersons,
  shellOf,
  terminalName,
  withoutToken,
} from './terminalOptions';
import { sameTerminalToken, type TerminalToken } from './terminalTokens';
import { tokenVariable } from './variables';

/*
 * Longer than other files: the facts about a terminal belong together with the code that learns them.
 */

interface KnownTerminal extends SavedTerminal {
  /** URI of the workspace folder whose token it gets; undefined if the window has no folder. */
  readonly folder: string | undefined;
  /** False while the folder is a guess. */
  readonly certain: boolean;
  /** The token that it was to get as it opened. Undefined for a terminal that is older than this extension's start. */
  readonly expected: TerminalToken | undefined;
  readonly isRestored: boolean;
  /** Whether its state from before the window reloaded is known. */
  readonly isKept: boolean;
  /** Whether the content was seen, and isn't just what the terminal was to get. */
  readonly isSeen: boolean;
  /** Whether VS Code is about to start its process again, since it's untouched. */
  readonly isRelaunching: boolean;
  readonly pid?: number;
}

/** A new terminal that got a token. */
export interface OpenedTerminal {
  readonly terminal: vscode.Terminal;
  readonly token: NamedToken;
  readonly folder: string | undefined;
  /** Whether an AI agent opened it. */
  readonly isOfAgent: boolean;
}

/** Milliseconds until a second look at a process that doesn't seem to have what it was to get: it may not run yet. */
const secondLook = 1000;

/** VS Code starts the process of an untouched terminal again 2 s after a change. Milliseconds between looks for that. */
const relaunchLook = 500;
const mostRelaunchLooks = 16;

/** Knows each open terminal's token, to tell of the terminals that have another one, and to reopen them. */
export class OpenTerminals extends Disposable {
  readonly #changed = this.register(new vscode.EventEmitter<vscode.Terminal>());
  readonly #opened = this.register(new vscode.EventEmitter<OpenedTerminal>());
  readonly #known = new Map<vscode.Terminal, KnownTerminal>();
  readonly #saved: SavedTerminals;
  /** Terminals opened by this extension: VS Code doesn't relaunch those. */
  readonly #ours = new WeakSet<vscode.Terminal>();

  /** Fires with a terminal that turns out to have something else than it was to get. */
  readonly onDidChange = this.#changed.event;

  /** Fires with each new terminal that got a token. */
  readonly onDidOpen = this.#opened.event;

  /** Resolves when all terminals have been looked at that were open at the start. */
  readonly ready: Promise<unknown>;

  constructor(
    private readonly terminals: TerminalEnvironment,
    /** Saves what terminals have, across reloads of the window. */
    state: vscode.Memento,
  ) {
    super();
    this.#saved = new SavedTerminals(state);
    // A token that was rotated since isn't stored any more.
    this.#saved.tokens.forEach(({ token, digest }) => terminals.tokens.note(token, digest));
    this.ready = Promise.all(vscode.window.terminals.map((terminal) => this.#followOld(terminal)));
    this.register(
      vscode.Disposable.from(
        vscode.window.onDidOpenTerminal((terminal) => void this.#open(terminal)),
        vscode.window.onDidCloseTerminal((terminal) => {
          this.#known.delete(terminal);
          this.#saved.forget(terminal);
        }),
        // A task's next run may be a new process in the same terminal.
        vscode.tasks.onDidStartTaskProcess(({ processId }) => void this.#followProcess(processId)),
        terminals.onDidChange(() => {
          for (const terminal of vscode.window.terminals.filter((one) => this.#isRelaunched(one))) {
            void this.#followRelaunch(terminal);
          }
        }),
        vscode.window.onDidChangeTerminalShellIntegration(({ terminal }) => {
          // Without a `cwd` option, only the shell knows where it started. Ignore later reports: it may have moved since.
          if (this.#known.get(terminal)?.certain === false) {
            void this.#follow(terminal, this.isRestored(terminal));
          }
        }),
      ),
    );
  }

  /** Looks again at what a terminal's process was started with; `unknown` if this system doesn't show it. */
  async lookAt(terminal: vscode.Terminal): Promise<Content> {
    await this.#look(terminal, true);
    const known = this.#known.get(terminal);
    return known?.isSeen ? known.content : 'unknown';
  }

  /** Resolves to the digest of the value that a terminal's process was started with; undefined if it has none. */
  async digestAtStart(terminal: vscode.Terminal): Promise<string | undefined> {
    const pid = await terminal.processId;
    const value = pid === undefined ? undefined : await initialVariable(pid, tokenVariable).catch(() => undefined);
    return value && this.terminals.tokens.digest(value);
  }

  /** Tells whether a terminal is from before this extension started. */
  isRestored(terminal: vscode.Terminal): boolean {
    return this.#known.get(terminal)?.isRestored ?? false;
  }

  /** Tells whether a terminal is from before this extension started, and not one that was known before a reload. */
  isLeftOver(terminal: vscode.Terminal): boolean {
    const known = this.#known.get(terminal);
    return known !== undefined && known.isRestored && !known.isKept;
  }

  /** Tells whether a terminal has a certain token. */
  hasKnownToken(terminal: vscode.Terminal): boolean {
    return typeof this.#known.get(terminal)?.content === 'object';
  }

  /** Returns the token that a terminal would get if it opened now. */
  tokenFor(terminal: vscode.Terminal): TerminalToken | undefined {
    const { folder, withToken = false } = this.#known.get(terminal) ?? {};
    return withToken ? this.terminals.tokenIn(folder) : this.terminals.tokenOfNewTerminals(folder);
  }

  /** Returns the token in use in a terminal's folder, whether the terminal gets it or not. */
  inUseFor(terminal: vscode.Terminal): TerminalToken | undefined {
    return this.terminals.tokenIn(this.#known.get(terminal)?.folder);
  }

  /**
   * Returns the terminals with a token that they wouldn't get now. Others count if they would get one now: those from
   * before the start, and those that should have got one.
   */
  withOldToken(): vscode.Terminal[] {
    return vscode.window.terminals.filter((terminal) => {
      const known = this.#known.get(terminal);
      const now = this.tokenFor(terminal);
      if (!known || known.isRelaunching) {
        return false;
      }
      return typeof known.content === 'object'
        ? !sameTerminalToken(known.content, now)
        : now !== undefined && (known.isRestored || (known.content === 'none' && known.expected !== undefined));
    });
  }

  /** Returns those with an old token that can be reopened. */
  reopenable(): vscode.Terminal[] {
    return this.withOldToken().filter((terminal) => this.canReopen(terminal));
  }

  /**
   * Tells whether a terminal can be reopened: a person's own shell, or one that this extension opened. A task's or
   * debugger's terminal would run its command again, since its options contain it, and another extension expects its
   * terminal to stay.
   */
  canReopen(terminal: vscode.Terminal): boolean {
    return this.#known.get(terminal)?.canReopen === true;
  }

  /** Replaces terminals with new ones in the same directories. Programs running in the old ones end. */
  async reopen(terminals = this.reopenable()): Promise<void> {
    for (const terminal of terminals) {
      const cwd = currentDirectory(terminal);
      const { name, env, ...options } = terminal.creationOptions as vscode.TerminalOptions;
      const newName = this.#newName(terminal, name);
      const place = { ...options, ...(cwd && { cwd }), ...(newName !== undefined && { name: newName }) };
      const others = env && withoutToken(env);
      const given = { ...place, ...(others && { env: others }) };
      const { folder, withToken } = this.#known.get(terminal) ?? {};
      const opened = withToken ? await this.openWithToken(given, folder) : vscode.window.createTerminal(given);
      this.#ours.add(opened);
      opened.show(true);
      terminal.dispose();
    }
  }

  /** Opens a terminal that has the token in use in its folder, even if not every terminal gets it. */
  async openWithToken(options: vscode.TerminalOptions, folder: string | undefined): Promise<vscode.Terminal> {
    const terminal = vscode.window.createTerminal(await this.terminals.withToken(options, folder));
    this.#ours.add(terminal);
    return terminal;
  }

  /**
   * Returns the newest terminal of a folder if its process has a value from elsewhere, although it was to get the token
   * that is in use there now: other new ones don't have that token either, then.
   */
  mismatchedIn(folder: string | undefined): vscode.Terminal | undefined {
    const newest = [...this.#known].findLast(
      ([terminal, known]) => known.folder === folder && known.expected !== undefined && isIntegrated(terminal),
    );
    if (!newest) {
      return undefined;
    }
    const [terminal, { content, certain, expected, isRelaunching }] = newest;
    const isMismatched =
      content === 'other' && certain && !isRelaunching && sameTerminalToken(expected, this.tokenFor(terminal));
    return isMismatched ? terminal : undefined;
  }

  /** Tells whether a terminal is the one that {@link mismatchedIn} returns. */
  isMismatched(terminal: vscode.Terminal): boolean {
    const known = this.#known.get(terminal);
    return known !== undefined && this.mismatchedIn(known.folder) === terminal;
  }

  /** Forgets what is saved about terminals. Those that are open stay known until they close. */
  forget(): void {
    this.#saved.forgetAll();
  }

  /** Returns the name for a reopened terminal: if it was named after its old token, then after its new one. */
  #newName(terminal: vscode.Terminal, name: string | undefined): string | undefined {
    const { expected, content } = this.#known.get(terminal) ?? {};
    const old = expected ?? (typeof content === 'object' ? content : undefined);
    if (!old || name !== terminalName(old.token.name)) {
      return name;
    }
    const now = this.tokenFor(terminal);
    return now && terminalName(now.token.name);
  }

  /**
   * Tells whether VS Code itself relaunches this terminal on a changed environment: if a person opened it, and it hasn't
   * had any input yet.
   */
  #isRelaunched(terminal: vscode.Terminal): boolean {
    const relaunches = vscode.workspace
      .getConfiguration('terminal.integrated')
      .get<boolean>('environmentChangesRelaunch', true);
    const isReconnected = this.#known.get(terminal)?.isKept ?? true;
    return (
      relaunches &&
      !isReconnected &&
      isPersons(terminal.creationOptions) &&
      !this.#ours.has(terminal) &&
      !terminal.state.isInteractedWith
    );
  }

  async #open(terminal: vscode.Terminal): Promise<void> {
    const known = await this.#follow(terminal, false);
    if (known?.expected && !known.isRestored) {
      const { expected, folder } = known;
      this.#opened.fire({ terminal, token: expected.token, folder, isOfAgent: isOfAgent(terminal.creationOptions) });
    }
  }

  /** Follows a terminal that was open before this extension started. VS Code may be about to start it again. */
  async #followOld(terminal: vscode.Terminal): Promise<void> {
    await this.#follow(terminal, true);
    if (this.#isRelaunched(terminal) && !sameContent(this.#known.get(terminal)?.content, this.tokenFor(terminal))) {
      void this.#followRelaunch(terminal);
    }
  }

  /** Notes what a terminal's process gets as it starts, and looks at what it has. */
  #follow(terminal: vscode.Terminal, isRestored: boolean): Promise<KnownTerminal | undefined> {
    const options = terminal.creationOptions;
    if ('pty' in options) {
      // It has no process, and gets no variables.
      return Promise.resolve(undefined);
    }
    const { cwd } = options;
    const directory = (typeof cwd === 'string' ? vscode.Uri.file(cwd) : cwd) ?? currentDirectory(terminal);
    // VS Code gives a terminal without a folder the last active folder's variables. This is the closest guess.
    const own = directory && vscode.workspace.getWorkspaceFolder(directory);
    const folder = (own ?? defaultFolder())?.uri.toString();
    const expected = isRestored ? undefined : this.#expectedFor(options, folder);
    const isOfUs = this.#ours.has(terminal) || isOurs(options);
    const before = this.#known.get(terminal);
    this.#known.set(terminal, {
      ...{ folder, certain: directory !== undefined, expected, isRestored, isRelaunching: false, isSeen: false },
      isKept: isRestored && before?.isKept === true,
      content: expected ?? (isRestored ? (before?.content ?? 'unknown') : 'none'),
      withToken: isOfUs || isOfToken(options.env) || before?.withToken === true,
      canReopen: isRestored ? before?.canReopen === true : isOfUs || isPersons(options),
    });
    return this.#look(terminal);
  }

  #expectedFor(options: vscode.TerminalOptions, folder: string | undefined): TerminalToken | undefined {
    const own = options.env?.[tokenVariable];
    const forAll = getsVariables(options) ? this.terminals.tokenOfNewTerminals(folder) : undefined;
    return forAll ?? (own ? this.terminals.tokens.noted(own) : undefined);
  }

  /** Looks at what a terminal's process has. A process that begins only now may seem to have something else at first. */
  async #look(terminal: vscode.Terminal, isLast = false): Promise<KnownTerminal | undefined> {
    const known = this.#known.get(terminal);
    const pid = await terminal.processId;
    if (!known || pid === undefined || pid <= 0) {
      return known;
    }
    const started = await startOf(pid);
    const process: TerminalProcess = { pid, ...(started !== undefined && { started }) };
    const saved = known.isKept ? undefined : this.#saved.of(process);
    // VS Code may report a terminal that has outlived a reload as a new one.
    const isRestored = known.isRestored || saved !== undefined || (await isOlderThanThis(started));
    const seen = await this.#read(terminal, pid);
    const content = seen ?? saved?.content ?? (isRestored && !known.isRestored ? 'unknown' : known.content);
    if (!isRestored && !isLast && !sameContent(content, known.content)) {
      await pause(secondLook, undefined, { ref: false });
      return this.#look(terminal, true);
    }
    if (this.#known.get(terminal) !== known) {
      return this.#known.get(terminal);
    }
    const now: KnownTerminal = {
      ...known,
      ...(isRestored && !known.isRestored && { expected: undefined, canReopen: false }),
      ...(saved && { withToken: saved.withToken, canReopen: saved.canReopen, isKept: true }),
      ...{ pid, isRestored, content, isSeen: seen !== undefined },
    };
    this.#known.set(terminal, now);
    this.#saved.save(terminal, process, now);
    if (!sameContent(content, known.content)) {
      this.#changed.fire(terminal);
    }
    return now;
  }

  /** Resolves to what a terminal's process was started with; undefined if this system doesn't show it. */
  async #read(terminal: vscode.Terminal, pid: number): Promise<Content | undefined> {
    const { tokens } = this.terminals;
    try {
      const value = await initialVariable(pid, tokenVariable);
      // In a remote window, a terminal may be on another machine, whose processes have other IDs.
      const isOther = isIntegrated(terminal) && (await programOf(pid)) !== shellOf(terminal).name;
      if (isOther) {
        return undefined;
      }
      return value ? ((await tokens.find(tokens.digest(value))) ?? 'other') : 'none';
    } catch {
      return undefined;
    }
  }

  /** Follows a terminal's next process. Its first one, most likely with what was in use as it opened, is known already. */
  async #followProcess(pid: number): Promise<void> {
    for (const terminal of [...this.#known.keys()]) {
      const isIts = (await terminal.processId) === pid;
      const before = this.#known.get(terminal)?.pid;
      if (isIts && before !== undefined && before !== pid) {
        await this.#follow(terminal, false);
      }
    }
  }

  /** Waits until VS Code has started a terminal's process again. If it doesn't, the terminal keeps what it has. */
  async #followRelaunch(terminal: vscode.Terminal): Promise<void> {
    const known = this.#known.get(terminal);
    if (!known || known.isRelaunching) {
      return;
    }
    this.#known.set(terminal, { ...known, isRelaunching: true });
    const pid = known.pid ?? (await terminal.processId);
    for (let looks = 0; looks < mostRelaunchLooks; looks++) {
      if ((await terminal.processId) !== pid) {
        await this.#follow(terminal, false);
        if (this.#isRelaunched(terminal) && !sameContent(this.#known.get(terminal)?.content, this.tokenFor(terminal))) {
          // Another change came meanwhile.
          await this.#followRelaunch(terminal);
        }
        return;
      }
      await pause(relaunchLook, undefined, { ref: false });
    }
    const now = this.#known.get(terminal);
    if (now) {
      this.#known.set(terminal, { ...now, isRelaunching: false });
      this.#changed.fire(terminal);
    }
  }
}

/** Tells whether a process was started before this one. */
async function isOlderThanThis(started: number | undefined): Promise<boolean> {
  const own = await ownStart();
  return started !== undefined && own !== undefined && started < own;
}

const ownStart = once(() => startOf(process.pid));

/** Returns the shell's directory, once known, as a `file:` URI: VS Code 1.96 uses another scheme in remote windows. */
function currentDirectory({ shellIntegration }: vscode.Terminal): vscode.Uri | undefined {
  return shellIntegration?.cwd && vscode.Uri.file(shellIntegration.cwd.fsPath);
}
