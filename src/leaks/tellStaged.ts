import * as vscode from 'vscode';

import { plain } from '../view/sentences';
import { rangeOf } from './diagnostics';
import type { StagedLeaks } from './staged';

/** So many places are named; the others are in the files. */
const named = 3;

/** Says that what is staged holds a credential, and offers to look at it and to take it out of the index. */
export async function tellStaged({ repository, files }: StagedLeaks): Promise<void> {
  const [show, unstage] = [vscode.l10n.t('Show'), vscode.l10n.t('Unstage')];
  const message = vscode.l10n.t('What is staged for the next commit holds a token: {0}.', places(files));
  const answer = await vscode.window.showWarningMessage(message, show, unstage);
  if (answer === unstage) {
    await repository.revert(files.map(({ uri }) => uri.fsPath));
  } else if (answer === show) {
    await showFirst(files);
  }
}

/** Says that a commit has one in it, and what alone helps then. */
export async function tellCommitted({ files }: StagedLeaks): Promise<void> {
  const token = files.flatMap(({ findings }) => findings).find(({ known }) => known?.token)?.known?.token;
  const button = token ? vscode.l10n.t('Revoke…') : vscode.l10n.t('Show');
  const message = vscode.l10n.t(
    'The commit holds a token: {0}. Whoever gets the repository can act with it, and revoking it is the only cure.',
    places(files),
  );
  if ((await vscode.window.showWarningMessage(message, button)) === button) {
    await (token ? vscode.commands.executeCommand('tir.menu.rotateToken', token) : showFirst(files));
  }
}

async function showFirst([first]: StagedLeaks['files']): Promise<void> {
  if (first?.findings[0]) {
    await vscode.window.showTextDocument(first.uri, { selection: rangeOf(first.findings[0]) });
  }
}

function places(files: StagedLeaks['files']): string {
  const all = files.flatMap(({ uri, findings }) =>
    findings.map(({ line }) => vscode.l10n.t('{0}, line {1}', plain(vscode.workspace.asRelativePath(uri)), line + 1)),
  );
  const shown = all.slice(0, named);
  return [...shown, ...(all.length > named ? [vscode.l10n.t('and {0} more', all.length - named)] : [])].join('; ');
}
