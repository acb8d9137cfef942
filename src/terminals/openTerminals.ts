import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import { defaultFolder } from '../base/folders';
import { plain } from '../base/text';
import { type TerminalToken, sameTerminalToken, type TerminalEnvironment } from './environment';

interface KnownTerminal {
  /** URI of the workspace folder whose token it got; undefined if the window has no folder. */
  readonly folder: string | undefined;
  readonly terminalToken: TerminalToken | undefined;
  /** False while the folder is a guess. */
  readonly certain: boolean;
}

/** Remembers each open terminal's token, to count and reopen the terminals with an old one. */
export class OpenTerminals extends Disposable {
  readonly #known = new WeakMap<vscode.Terminal, KnownTerminal>();
  /** Terminals opened by this extension: VS Code doesn't relaunch those. */
  readonly #ours = new WeakSet<vscode.Terminal>();

  /** Terminals from before this extension started: VS Code doesn't relaunch those. */
  readonly #revived = new WeakSet<vscode.Terminal>();

  /** @param opened is called with the token of each new terminal that got one */
  constructor(
    private readonly terminals: TerminalEnvironment,
    opened: (terminalToken: TerminalToken) => void,
  ) {
    super();
    // Terminals that are already open got, at best, the token that's in use now.
    for (const terminal of vscode.window.terminals) {
      this.#revived.add(terminal);
      this.#note(terminal);
    }
    this.register(
      vscode.Disposable.from(
        vscode.window.onDidOpenTerminal((terminal) => {
          const terminalToken = this.#note(terminal);
          if (terminalToken) {
            opened(terminalToken);
          }
        }),
        terminals.onDidChange(() => {
          vscode.window.terminals.filter((terminal) => this.#isRelaunched(terminal)).forEach((one) => this.#note(one));
        }),
        vscode.window.onDidChangeTerminalShellIntegration(({ terminal }) => {
          // Without a `cwd` option, only the shell knows where it started. Ignore later reports: it may have moved since.
          if (this.#known.get(terminal)?.certain === false) {
            this.#note(terminal);
          }
        }),
      ),
    );
  }

  /** Returns the terminals with a token that new terminals of their folder no longer get. */
  withOldToken(): vscode.Terminal[] {
    return vscode.window.terminals.filter((terminal) => {
      const known = this.#known.get(terminal);
      return (
        known?.terminalToken !== undefined &&
        !sameTerminalToken(known.terminalToken, this.terminals.tokenIn(known.folder))
      );
    });
  }

  /**
   * Returns those with an old token that can be reopened: a person's own shells, and those that this extension opened.
   * A task's or debugger's terminal would run its command again, since its options contain it, and another extension
   * expects its terminal to stay.
   */
  reopenable(): vscode.Terminal[] {
    return this.withOldToken().filter((terminal) => this.#ours.has(terminal) || isPersons(terminal.creationOptions));
  }

  /** Replaces the terminals with new ones in the same directories. Programs running in the old ones end. */
  reopen(): void {
    for (const terminal of this.reopenable()) {
      const cwd = currentDirectory(terminal);
      const { name, ...options } = terminal.creationOptions;
      const newName = this.#newName(terminal, name);
      this.open({ ...options, ...(cwd && { cwd }), ...(newName !== undefined && { name: newName }) }).show(true);
      terminal.dispose();
    }
  }

  open(options: vscode.TerminalOptions): vscode.Terminal {
    const terminal = vscode.window.createTerminal(options);
    this.#ours.add(terminal);
    return terminal;
  }

  /** Returns the name for a reopened terminal: if it was named after its old token, then after its new one. */
  #newName(terminal: vscode.Terminal, name: string | undefined): string | undefined {
    const known = this.#known.get(terminal);
    if (!known?.terminalToken || name !== terminalName(known.terminalToken.use.name)) {
      return name;
    }
    const now = this.terminals.tokenIn(known.folder);
    return now && terminalName(now.use.name);
  }

  /**
   * Tells whether VS Code itself relaunches this terminal on a changed environment: if a person opened it, and it hasn't
   * had any input yet.
   */
  #isRelaunched(terminal: vscode.Terminal): boolean {
    const relaunches = vscode.workspace
      .getConfiguration('terminal.integrated')
      .get<boolean>('environmentChangesRelaunch', true);
    const isPersonal = isPersons(terminal.creationOptions) && !this.#ours.has(terminal) && !this.#revived.has(terminal);
    return relaunches && isPersonal && !terminal.state.isInteractedWith;
  }

  #note(terminal: vscode.Terminal): TerminalToken | undefined {
    const options = terminal.creationOptions;
    const given = 'cwd' in options ? options.cwd : undefined;
    const cwd = (typeof given === 'string' ? vscode.Uri.file(given) : given) ?? currentDirectory(terminal);
    // VS Code gives a terminal without a folder the last active folder's variables. This is the closest guess.
    const own = cwd && vscode.workspace.getWorkspaceFolder(cwd);
    const folder = own ?? defaultFolder();
    const uri = folder?.uri.toString();
    const terminalToken = 'pty' in options ? undefined : this.terminals.tokenIn(uri);
    this.#known.set(terminal, { folder: uri, terminalToken, certain: cwd !== undefined });
    return terminalToken;
  }
}

/**
 * Checks if a person opened a terminal, from a command or a profile. Then VS Code names none of its options, and lists
 * them all. An extension passes those that it wants; a task and a debugger always pass a name.
 */
function isPersons(options: vscode.Terminal['creationOptions']): boolean {
  return !('pty' in options) && 'shellPath' in options && 'hideFromUser' in options && options.name === undefined;
}

/** Returns the name of a terminal that's opened for a token. */
export function terminalName(name: string): string {
  return vscode.l10n.t('TIR: {0}', plain(name));
}

/** Returns the shell's directory, once known, as a `file:` URI: VS Code 1.96 uses another scheme in remote windows. */
function currentDirectory({ shellIntegration }: vscode.Terminal): vscode.Uri | undefined {
  return shellIntegration?.cwd && vscode.Uri.file(shellIntegration.cwd.fsPath);
}
