import { homedir } from 'node:os';
import { basename } from 'node:path';

import * as vscode from 'vscode';

import type { Services } from '../services';
import { type FileSource, type Source, startUpFileOf } from '../terminals/valueSources';
import { tokenVariable } from '../terminals/variables';
import { toUserError } from '../view/failure';

/** A text about a terminal, with the button that fixes the problem. */
export interface Finding {
  readonly text: string;
  readonly label?: string;
  readonly run?: () => unknown;
}

/** Shows a finding, and runs its button. */
export async function tell(
  services: Services,
  { text, label, run }: Finding,
  kind: 'information' | 'warning',
): Promise<void> {
  const show = kind === 'warning' ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const pressed = await show(text, ...(label === undefined ? [] : [label]));
  if (pressed !== undefined && pressed === label) {
    try {
      await run?.();
    } catch (error) {
      void vscode.window.showErrorMessage(toUserError(services, error).message);
    }
  }
}

/** Resolves to the start-up file that sets another value than the token in use, in a terminal's own shell. */
export async function otherStartUpFile(
  { openTerminals, terminals }: Services,
  terminal: vscode.Terminal,
): Promise<FileSource | undefined> {
  const file = await startUpFileOf(terminal);
  const digest = file?.value === undefined ? undefined : terminals.tokens.digest(file.value);
  return digest !== undefined && digest === openTerminals.inUseFor(terminal)?.digest ? undefined : file;
}

/** Adds the source of the terminal's value to a text. */
export function explainSource(services: Services, terminal: vscode.Terminal, text: string, source: Source): Finding {
  switch (source.kind) {
    case 'file':
      return explainFile(text, source);
    case 'setting':
      return {
        text: `${text} ${vscode.l10n.t('The setting {0} sets it.', source.name)}`,
        label: vscode.l10n.t('Open Settings'),
        run: () => vscode.commands.executeCommand('workbench.action.openSettings', source.name),
      };
    case 'editor':
      return {
        text: `${text} ${vscode.l10n.t('VS Code inherited it, so quit VS Code, unset {0}, and start VS Code again.', tokenVariable)}`,
      };
    case 'extension':
      return {
        text: `${text} ${vscode.l10n.t('Another extension seems to set it.')}`,
        label: vscode.l10n.t('Show Environment Contributions'),
        run: () => vscode.commands.executeCommand('workbench.action.terminal.showEnvironmentContributions'),
      };
    case 'terminal':
      return withReopen(services, terminal, text);
  }
}

export function explainFile(text: string, { file, line }: FileSource): Finding {
  const name = file.fsPath.replace(homedir(), '~');
  return {
    text: `${text} ${vscode.l10n.t('Delete line {0} of {1}, which sets it, then open a new terminal.', line + 1, name)}`,
    label: vscode.l10n.t('Open {0}', basename(file.fsPath)),
    run: () => vscode.window.showTextDocument(file, { selection: new vscode.Range(line, 0, line, 0) }),
  };
}

/** Offers to reopen a terminal, or to open another one if this one has to stay. */
export function withReopen({ openTerminals }: Services, terminal: vscode.Terminal, text: string): Finding {
  return openTerminals.canReopen(terminal)
    ? {
        text: `${text} ${vscode.l10n.t('Reopening ends running programs.')}`,
        label: vscode.l10n.t('Reopen'),
        run: () => openTerminals.reopen([terminal]),
      }
    : { text, label: vscode.l10n.t('Open Terminal'), run: () => vscode.commands.executeCommand('tir.openTerminal') };
}
