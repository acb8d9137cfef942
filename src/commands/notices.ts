import * as vscode from 'vscode';

import { offerSetting, settings } from '../base/settings';
import { plain } from '../base/text';
import type { NamedToken } from '../secrets/records';
import type { Services } from '../services';
import type { OpenedTerminal } from '../terminals/openTerminals';
import { findSource } from '../terminals/valueSources';
import { isIntegrated, shellOf } from '../terminals/terminalOptions';
import { tokenVariable } from '../terminals/variables';
import { explainFile, explainSource, otherStartUpFile, tell } from './terminalFindings';

/*
 * Notices that are shown only once: those about AI agents once per workspace, the others once per machine.
 */

/** Key in the state: the notices that were shown. */
export const saidKey = 'said';
const mostSaid = 100;

/** Resolves to true the first time a notice is claimed. */
async function claimNotice(state: vscode.Memento, what: string): Promise<boolean> {
  const said = state.get<readonly string[]>(saidKey, []);
  if (said.includes(what)) {
    return false;
  }
  await state.update(saidKey, [...said, what].slice(-mostSaid));
  return true;
}

/** Shows what a person should know about a new terminal with a token. */
export async function tellOfOpened(services: Services, { terminal, token, isOfAgent }: OpenedTerminal): Promise<void> {
  await Promise.all([
    isOfAgent && tellOfAgent(services, token),
    tellOfSaving(services),
    !isIntegrated(terminal) && tellOfStartUpFile(services, terminal),
  ]);
}

/** Says that an AI agent's terminal has the token, and offers to keep it from them. */
async function tellOfAgent({ workspaceState }: Services, { name }: NamedToken): Promise<void> {
  if (await claimNotice(workspaceState, 'agent')) {
    const restrict = vscode.l10n.t('Limit to Chosen Terminals');
    const text = vscode.l10n.t(
      'An AI agent opened a terminal with the token "{0}". You can limit the token to terminals that you open with it, but then tasks don\'t have it.',
      plain(name),
    );
    await offerSetting(text, restrict, 'tir', 'terminal.scope', 'chosen');
  }
}

/** Says that VS Code saves the environment of terminals when it quits, and offers to stop that. */
async function tellOfSaving({ globalState }: Services): Promise<void> {
  if (settings.savesTerminals() && (await claimNotice(globalState, 'saving'))) {
    const stop = vscode.l10n.t('Stop Saving');
    const text = vscode.l10n.t(
      'When VS Code quits, it saves the environment of your terminals, including the token, in plain text. To stop this, set {0} to "never", but then VS Code doesn\'t restore terminals.',
      'terminal.integrated.persistentSessionReviveProcess',
    );
    await offerSetting(text, stop, 'terminal.integrated', 'persistentSessionReviveProcess', 'never');
  }
}

/** Says that a start-up file replaces the token, since VS Code can't set it again in this shell, and offers to open it. */
async function tellOfStartUpFile(services: Services, terminal: vscode.Terminal): Promise<void> {
  const source = await otherStartUpFile(services, terminal);
  if (!source || source.mayBeSkipped) {
    return;
  }
  if (await claimNotice(services.globalState, `file ${source.file.fsPath}:${source.line}`)) {
    const text = vscode.l10n.t('A start-up file replaces {0} in {1} terminals.', tokenVariable, shellOf(terminal).name);
    await tell(services, explainFile(text, source), 'warning');
  }
}

/** Says that new terminals have another value than the token in use, and where it comes from. */
export async function tellOfOtherValue(services: Services, terminal: vscode.Terminal): Promise<void> {
  const digest = await services.openTerminals.digestAtStart(terminal);
  if (digest !== undefined && (await claimNotice(services.globalState, `value ${digest}`))) {
    const text = vscode.l10n.t("In new terminals, {0} isn't the token in use.", tokenVariable);
    const source = await findSource(services.terminals.tokens, terminal, digest, true);
    await tell(services, explainSource(services, terminal, text, source), 'warning');
  }
}
