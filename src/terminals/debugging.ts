import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import { toTirError } from '../base/errors';
import { defaultFolder } from '../base/folders';
import { plain } from '../base/text';
import { settings } from '../base/settings';
import type { Use } from '../secrets/records';
import { envFiles, namesIn, runsInTerminal, variablesSource, wantsToken, withVariables } from './debuggers';
import { isAtPrompt } from '../platform/processes';
import type { TerminalEnvironment } from './environment';
import type { OpenTerminals } from './openTerminals';
import { isOfDebugger } from './terminalOptions';

/**
 * Gives debug sessions the token in use. It's added after variable substitution, the last step before the debugger:
 * nothing of that goes back into launch.json or VS Code's storage. A debug adapter tracker isn't used for this: it may
 * observe messages, and VS Code promises no more. `debuggers.ts` lists the other ways to disk.
 *
 * A session that can't have the token starts without it, with a warning if its configuration says `"tir": true`.
 */
export class Debugging extends Disposable implements vscode.DebugConfigurationProvider {
  readonly #warnedOf = new WeakSet<vscode.Terminal>();

  /** @param started is called with each token that a session gets */
  constructor(
    private readonly terminals: TerminalEnvironment,
    private readonly openTerminals: OpenTerminals,
    private readonly log: vscode.LogOutputChannel,
    private readonly started: (use: Use) => void,
  ) {
    super();
    this.register(vscode.debug.registerDebugConfigurationProvider('*', this));
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration> {
    const isWanted = wantsToken(configuration, settings.debugEnabled());
    if (configuration['tir'] !== false && runsInTerminal(configuration, isWanted)) {
      void this.#warnOfOldTerminal(plain(configuration.name));
    }
    if (!isWanted) {
      return configuration;
    }
    const tell = (text: string, button?: vscode.Command) => {
      if (configuration['tir'] === true) {
        void warn(text, button);
      }
    };
    const name = plain(configuration.name);
    // Without a folder, use the token that a terminal without a folder would get.
    const own = folder ?? defaultFolder();
    try {
      const given = await this.terminals.readInUse(own?.uri.toString());
      if (!given) {
        const use: vscode.Command = { command: 'tir.useToken', title: vscode.l10n.t('Use a Token…') };
        tell(vscode.l10n.t('"{0}" starts without a TIR token, because none is in use.', name), use);
        return configuration;
      }
      if (variablesSource(configuration, name, settings.terminalsGetToken()) === 'configuration') {
        const names = await namesInFiles(envFiles(configuration), own);
        this.started(given.use);
        return withVariables(configuration, given.variables, names);
      }
    } catch (thrown) {
      const { details, message } = toTirError(thrown);
      if (details.why !== undefined) {
        tell(details.why, { command: 'workbench.action.debug.configure', title: vscode.l10n.t('Open launch.json') });
      } else {
        this.log.error(`A debug session starts without the token: ${message}`);
        tell(
          vscode.l10n.t(
            '"{0}" starts without the TIR token, because VS Code\'s secret storage failed. Check that this machine\'s keyring is unlocked.',
            name,
          ),
        );
      }
    }
    return configuration;
  }

  /** Warns that VS Code runs a session in the terminal of the last one, with that one's variables, once that is idle. */
  async #warnOfOldTerminal(name: string): Promise<void> {
    const old = (await this.#idleWithOldToken()).filter((terminal) => !this.#warnedOf.has(terminal));
    if (old.length > 0) {
      old.forEach((terminal) => this.#warnedOf.add(terminal));
      const close = vscode.l10n.t('Close Terminal');
      const text = vscode.l10n.t(
        '"{0}" may run in a terminal with an old token. Close the terminal, then start debugging again.',
        name,
      );
      if ((await vscode.window.showWarningMessage(text, close)) === close) {
        old.forEach((terminal) => terminal.dispose());
      }
    }
  }

  async #idleWithOldToken(): Promise<vscode.Terminal[]> {
    const idle: vscode.Terminal[] = [];
    for (const terminal of this.openTerminals.withOldToken()) {
      const pid = isOfDebugger(terminal.creationOptions) ? await terminal.processId : undefined;
      if (pid !== undefined && (await isAtPrompt(pid)) !== false) {
        idle.push(terminal);
      }
    }
    return idle;
  }
}

async function warn(text: string, button: vscode.Command | undefined): Promise<void> {
  const answer = await vscode.window.showWarningMessage(text, ...(button ? [button.title] : []));
  if (button && answer === button.title) {
    await vscode.commands.executeCommand(button.command);
  }
}

/** Reads the names that the files set. Ignores unreadable files: the debugger reports those itself. */
async function namesInFiles(
  files: readonly string[],
  folder: vscode.WorkspaceFolder | undefined,
): Promise<ReadonlySet<string>> {
  const names = await Promise.all(
    files.map(async (file) => {
      try {
        return namesIn(new TextDecoder().decode(await vscode.workspace.fs.readFile(uriOf(file, folder))));
      } catch {
        return [];
      }
    }),
  );
  return new Set(names.flat());
}

/** Resolves a relative path against the folder. Treats a path with a Windows drive as absolute on every system. */
function uriOf(file: string, folder: vscode.WorkspaceFolder | undefined): vscode.Uri {
  return folder === undefined || /^([a-z]:)?[\\/]/i.test(file)
    ? vscode.Uri.file(file)
    : vscode.Uri.joinPath(folder.uri, file);
}
