import * as vscode from 'vscode';

import { fromUi } from '../base/arguments';
import { Disposable } from '../base/disposable';
import { tokenVariable } from '../terminals/variables';
import { jupyterId, notebookType } from './jupyter';
import { NotebookKernels } from './notebookKernels';

// The bundle has both in one file: neither is used without the other.
export { NotebookKernels };

/** Offers the token below each cell that reads it while the notebook's kernel has none. */
export class CellItems extends Disposable implements vscode.NotebookCellStatusBarItemProvider {
  readonly onDidChangeCellStatusBarItems: vscode.Event<void>;

  constructor(private readonly kernels: NotebookKernels) {
    super();
    this.onDidChangeCellStatusBarItems = kernels.onDidChange;
    this.register(vscode.notebooks.registerNotebookCellStatusBarItemProvider(notebookType, this));
  }

  async provideCellStatusBarItems({
    document,
    notebook,
  }: vscode.NotebookCell): Promise<vscode.NotebookCellStatusBarItem[]> {
    const reads = document.languageId === 'python' && document.getText().includes(tokenVariable);
    const hasJupyter = vscode.extensions.getExtension(jupyterId) !== undefined;
    if (!reads || !hasJupyter || this.kernels.has(notebook) || !(await this.kernels.canGive(notebook))) {
      return [];
    }
    const text = `$(key) ${vscode.l10n.t('Give Token to Notebook')}`;
    const item = new vscode.NotebookCellStatusBarItem(text, vscode.NotebookCellStatusBarAlignment.Right);
    item.tooltip = vscode.l10n.t(
      "This notebook's kernel doesn't have {0}, because kernels don't use a terminal's variables. Click to give it the token.",
      tokenVariable,
    );
    item.command = {
      command: 'tir.giveToNotebook',
      title: item.text,
      arguments: [fromUi({ notebook: notebook.uri.toString() })],
    };
    return [item];
  }
}
