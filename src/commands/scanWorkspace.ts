import * as vscode from 'vscode';

import { refusal } from '../base/errors';
import { withProgress } from '../base/prompts';
import type { CommandCall, Services } from '../services';
import { waitUnlessCancelled } from './choose';

/** Searches the workspace's files for leaked tokens, and lists them in the Problems view. */
export async function scanWorkspace(services: Services, { interactive }: CommandCall) {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    throw refusal('invalid-input', vscode.l10n.t('This window has no folder. Open one first.'));
  }
  const leaks = await services.leaks();
  const findings = await withProgress(vscode.l10n.t('Looking for leaked tokens…'), (signal, report) => {
    const tell = (files: number) => report(vscode.l10n.t('{0} files read', files));
    return waitUnlessCancelled(leaks.scanWorkspace(folders, signal, tell), signal);
  });
  if (interactive) {
    void tellResult(findings);
  }
  return { findings };
}

async function tellResult(findings: number): Promise<void> {
  if (findings === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No leaked tokens found in this workspace.'));
    return;
  }
  const show = vscode.l10n.t('Show Problems');
  const message =
    findings === 1 ? vscode.l10n.t('Found 1 leaked token.') : vscode.l10n.t('Found {0} leaked tokens.', findings);
  if ((await vscode.window.showWarningMessage(message, show)) === show) {
    await vscode.commands.executeCommand('workbench.actions.view.problems');
  }
}
