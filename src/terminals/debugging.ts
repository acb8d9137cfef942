import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import { toTirError } from '../base/errors';
import { activeFolder } from '../base/folders';
import { plain } from '../base/sentences';
import { settings } from '../base/settings';
import type { Use } from '../secrets/records';
import { envFiles, namesIn, wantsToken, wayOf, withVariables } from './debuggers';
import type { TerminalEnvironment } from './environment';

/**
 * Gives debug sessions the token in use: it is added to what a launch configuration has become once its variables were
 * replaced, which the editor hands to the debugger and writes nowhere. A session that cannot have it starts without
 * it; whose configuration says `"tir": true` is told why.
 */
export class Debugging extends Disposable implements vscode.DebugConfigurationProvider {
  /** @param started is told of each token that a session gets */
  constructor(
    private readonly environment: TerminalEnvironment,
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
    if (!wantsToken(configuration, settings.debugEnabled())) {
      return configuration;
    }
    const tell = (text: string, button?: vscode.Command) => {
      if (configuration['tir'] === true) {
        void warn(text, button);
      }
    };
    const name = plain(configuration.name);
    // A session of no folder gets what a terminal of none does.
    const own = folder ?? activeFolder() ?? vscode.workspace.workspaceFolders?.[0];
    try {
      const given = await this.environment.forDebugging(own?.uri.toString());
      if (!given) {
        const use: vscode.Command = { command: 'tir.useToken', title: vscode.l10n.t('Use a Token…') };
        tell(vscode.l10n.t('"{0}" starts without a TIR token: none is in use.', name), use);
        return configuration;
      }
      if (wayOf(configuration, name, settings.terminalEnabled()) === 'configuration') {
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
        tell(vscode.l10n.t('"{0}" starts without the TIR token: the secret storage of the editor failed.', name));
      }
    }
    return configuration;
  }
}

async function warn(text: string, button: vscode.Command | undefined): Promise<void> {
  const answer = await vscode.window.showWarningMessage(text, ...(button ? [button.title] : []));
  if (button && answer === button.title) {
    await vscode.commands.executeCommand(button.command);
  }
}

/** Names that the files set. One that cannot be read is the debugger's to complain about. */
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

/** A path without a root is the folder's; one with a root, and be it that of a Windows drive, stands for itself. */
function uriOf(file: string, folder: vscode.WorkspaceFolder | undefined): vscode.Uri {
  return folder === undefined || /^([a-z]:)?[\\/]/i.test(file)
    ? vscode.Uri.file(file)
    : vscode.Uri.joinPath(folder.uri, file);
}
