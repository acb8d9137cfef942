import * as v from 'valibot';
import * as vscode from 'vscode';

import { fromUi, readArgument } from '../base/arguments';
import { cancelled, refusal, TirError } from '../base/errors';
import { plain } from '../base/text';
import { withProgress } from '../base/prompts';
import type { CommandCall, Services } from '../services';
import { jupyterId, notebookType } from '../notebooks/jupyter';
import { waitUnlessCancelled } from './choose';

/** Sets the variables of the token in use in a notebook's kernel. */
export async function giveToNotebook(services: Services, { argument, interactive }: CommandCall) {
  if (!vscode.workspace.isTrusted) {
    throw new TirError('untrusted-workspace', 'the workspace is not trusted');
  }
  if (!vscode.extensions.getExtension(jupyterId)) {
    throw refusal('not-found', vscode.l10n.t("The Jupyter extension isn't installed. Install it first."));
  }
  const given = readArgument({ notebook: v.optional(v.string()) }, argument);
  const notebook = findNotebook(given.notebook);
  const kernels = await services.notebookKernels();
  if (interactive && !(await kernels.canGive(notebook))) {
    await vscode.commands.executeCommand('tir.useToken', fromUi({}));
    if (!(await kernels.canGive(notebook))) {
      throw cancelled();
    }
  }
  // This waits for the cells that run.
  const host = await withProgress(vscode.l10n.t('Giving the token to the kernel…'), (signal) =>
    waitUnlessCancelled(kernels.give(notebook, interactive, signal), signal),
  );
  if (interactive) {
    const message = vscode.l10n.t('The kernel on "{0}" now has the token.', plain(host));
    vscode.window.setStatusBarMessage(message, 5000);
  }
  return { kernel: host };
}

function findNotebook(uri: string | undefined): vscode.NotebookDocument {
  const { notebookDocuments } = vscode.workspace;
  const notebook =
    uri === undefined
      ? vscode.window.activeNotebookEditor?.notebook
      : notebookDocuments.find((one) => one.uri.toString() === uri);
  if (notebook?.notebookType !== notebookType) {
    throw refusal('not-found', vscode.l10n.t('No Jupyter notebook is open. Open one first.'));
  }
  return notebook;
}
