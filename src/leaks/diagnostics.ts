import * as vscode from 'vscode';

import { plain } from '../view/sentences';
import type { Finding } from './scan';

/** Under this name findings are listed in the Problems view. */
export const source = 'TIR Tokens';

/** @param why the page that says of each code what it means @param isCommitted whether it is in the file's git history */
export function diagnosticOf(finding: Finding, why: vscode.Uri, isCommitted: boolean): vscode.Diagnostic {
  const message = [what(finding), next(finding, isCommitted)].join(' ');
  const diagnostic = new vscode.Diagnostic(rangeOf(finding), message, vscode.DiagnosticSeverity.Warning);
  diagnostic.source = source;
  diagnostic.code = { value: finding.code, target: why };
  return diagnostic;
}

export function rangeOf({ line, start, end }: Finding): vscode.Range {
  return new vscode.Range(line, start, line, end);
}

function what({ code, known, isApiKey }: Finding): string {
  if (known?.token) {
    const name = plain(known.token.name);
    return known.isApiKey
      ? vscode.l10n.t('This is the API key of your token "{0}".', name)
      : vscode.l10n.t('This is the value of your token "{0}".', name);
  }
  if (known) {
    return known.isApiKey
      ? vscode.l10n.t('This is the API key that you signed in with.')
      : vscode.l10n.t('This is the token that you signed in with.');
  }
  if (code === 'platform-token') {
    return vscode.l10n.t('This is a token of the TIR platform.');
  }
  return isApiKey
    ? vscode.l10n.t('This looks like an API key of TIR.')
    : vscode.l10n.t('This looks like a token of TIR.');
}

function next({ known }: Finding, isCommitted: boolean): string {
  if (isCommitted) {
    return known
      ? vscode.l10n.t('It is in the git history of this file, and taking it out here does not change that: revoke it.')
      : vscode.l10n.t(
          'It is in the git history of this file, and taking it out here does not change that: revoking it on TIR is the only cure.',
        );
  }
  return vscode.l10n.t('Whoever has this file can act with it: read it from the environment instead.');
}
