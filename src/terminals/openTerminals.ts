import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import { activeFolder } from '../base/folders';
import { plain } from '../base/sentences';
import { type TerminalToken, sameTerminalToken, type TerminalEnvironment } from './environment';

/** What is known of a terminal. */
interface KnownTerminal {
  /** URI of the workspace folder whose token it got; undefined where the window has none. */
  readonly folder: string | undefined;
  readonly held: TerminalToken | undefined;
  /** False while the folder is a guess. */
  readonly certain: boolean;
}

/** Which token each open terminal was given, so that those with an old one can be counted and reopened. */
export class OpenTerminals extends Disposable {
  readonly #known = new WeakMap<vscode.Terminal, KnownTerminal>();
  /** Those that were opened here; the editor leaves an extension's terminals alone. */
  readonly #ours = new WeakSet<vscode.Terminal>();

  /** @param opened is told of each terminal that got a token */
  constructor(
    private readonly environment: TerminalEnvironment,
    opened: (held: TerminalToken) => void,
  ) {
    super();
    // Those that are there already got, at best, what is in use now.
    for (const terminal of vscode.window.terminals) {
      this.#note(terminal);
    }
    const subscriptions = [
      vscode.window.onDidOpenTerminal((terminal) => {
        const held = this.#note(terminal);
        if (held) {
          opened(held);
        }
      }),
      environment.onDidChange(() => {
        vscode.window.terminals.filter((terminal) => this.#isRelaunched(terminal)).forEach((one) => this.#note(one));
      }),
      vscode.window.onDidChangeTerminalShellIntegration(({ terminal }) => {
        // Where a terminal started that was not told where to is known only now; later it may have gone elsewhere.
        if (this.#known.get(terminal)?.certain === false) {
          this.#note(terminal);
        }
      }),
    ];
    subscriptions.forEach((one) => this.register(one));
  }

  /** Those that hold a token which new terminals of their folder do not get any more. */
  withOldToken(): vscode.Terminal[] {
    return vscode.window.terminals.filter((terminal) => {
      const known = this.#known.get(terminal);
      return known?.held !== undefined && !sameTerminalToken(known.held, this.environment.tokenIn(known.folder));
    });
  }

  /** Opens a terminal in the place of each, in the same folder. What runs in the old ones ends. */
  reopen(terminals: readonly vscode.Terminal[]): void {
    for (const terminal of terminals) {
      const cwd = currentDirectory(terminal);
      const name = this.#newName(terminal);
      this.open({ ...terminal.creationOptions, ...(cwd && { cwd }), ...(name !== undefined && { name }) }).show(true);
      terminal.dispose();
    }
  }

  open(options: vscode.TerminalOptions): vscode.Terminal {
    const terminal = vscode.window.createTerminal(options);
    this.#ours.add(terminal);
    return terminal;
  }

  /** That of the token that it gets now, where it is called by the one that it had; undefined where it is not. */
  #newName(terminal: vscode.Terminal): string | undefined {
    const known = this.#known.get(terminal);
    const now = this.environment.tokenIn(known?.folder);
    const isByToken = known?.held && terminal.creationOptions.name === terminalName(known.held.use.name);
    return isByToken && now ? terminalName(now.use.name) : undefined;
  }

  /** The editor itself opens a terminal anew whose environment changes, where nobody has typed in it yet. */
  #isRelaunched(terminal: vscode.Terminal): boolean {
    const relaunches = vscode.workspace
      .getConfiguration('terminal.integrated')
      .get<boolean>('environmentChangesRelaunch', true);
    return relaunches && !terminal.state.isInteractedWith && !this.#ours.has(terminal);
  }

  #note(terminal: vscode.Terminal): TerminalToken | undefined {
    const options = terminal.creationOptions;
    const given = 'cwd' in options ? options.cwd : undefined;
    const cwd = (typeof given === 'string' ? vscode.Uri.file(given) : given) ?? currentDirectory(terminal);
    // A terminal of no folder gets what the folder does in which one was last: as near as one comes to it here.
    const own = cwd && vscode.workspace.getWorkspaceFolder(cwd);
    const folder = own ?? activeFolder() ?? vscode.workspace.workspaceFolders?.[0];
    const uri = folder?.uri.toString();
    const held = 'pty' in options ? undefined : this.environment.tokenIn(uri);
    this.#known.set(terminal, { folder: uri, held, certain: cwd !== undefined });
    return held;
  }
}

/** What a terminal is called that was opened for a token. */
export function terminalName(name: string): string {
  return vscode.l10n.t('TIR: {0}', plain(name));
}

/** The folder that a shell is in, once it has said so. In a remote window VS Code 1.96 says it with the scheme of the other machine. */
function currentDirectory({ shellIntegration }: vscode.Terminal): vscode.Uri | undefined {
  return shellIntegration?.cwd && vscode.Uri.file(shellIntegration.cwd.fsPath);
}
