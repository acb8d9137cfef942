import type * as vscode from 'vscode';

import type { Lines } from './patterns';

export function linesOf(document: vscode.TextDocument): Lines {
  return (index) => (index >= 0 && index < document.lineCount ? document.lineAt(index).text : undefined);
}
