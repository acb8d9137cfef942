import * as vscode from 'vscode';

import { TirError } from '../tir/errors';

/** Asks in a modal. Whatever is not the button counts as no, an editor that shows no modals included. @throws TirError `cancelled` */
export async function confirm(question: string, detail: string, button: string): Promise<void> {
  const answer = await Promise.resolve(
    vscode.window.showWarningMessage(question, { modal: true, detail }, button),
  ).catch(() => undefined);
  if (answer !== button) {
    throw new TirError('cancelled', 'not confirmed');
  }
}
