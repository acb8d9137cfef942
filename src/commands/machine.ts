import * as vscode from 'vscode';

import { inBrowser } from '../inBrowser';
import { refusal, type TirError } from '../tir/errors';

/** Whether this window has terminals: an editor in a browser has those of a remote machine, or none. */
export function hasTerminals(): boolean {
  return !inBrowser || vscode.env.remoteName !== undefined;
}

export function needsMachine(): TirError {
  return refusal(
    'invalid-input',
    vscode.l10n.t(
      'This needs VS Code on a computer, or a remote one: in the browser alone it has no terminals and runs no programs.',
    ),
  );
}
