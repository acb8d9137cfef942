import * as vscode from 'vscode';

import type { Store } from './store';

/** Key in the global state: whether what was stored was gone at a start. */
const key = 'storageForgets';

const helpPage = 'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';

/**
 * Notices that the secret storage doesn't last: on Linux without a keyring, VS Code keeps secrets in memory only, and no
 * API says so.
 */
export class Lasting {
  constructor(
    private readonly store: Store,
    private readonly state: vscode.Memento,
  ) {}

  /** Whether values that are stored now may be gone after a restart. */
  get isDoubtful(): boolean {
    return this.state.get(key, false);
  }

  /**
   * Looks at a start what is left, and tells the person if nothing is.
   * @param wasInUse whether a token was in use in the last window of this machine
   */
  async look(wasInUse: boolean): Promise<void> {
    const { readable, unreadable } = await this.store.allConnections();
    const isEmpty = readable.length + unreadable.length === 0 && (await this.store.uses()).length === 0;
    if (this.isDoubtful && !isEmpty) {
      await this.state.update(key, undefined);
    }
    if (wasInUse && isEmpty) {
      await this.state.update(key, true);
      await tellOfLoss();
    }
  }
}

async function tellOfLoss(): Promise<void> {
  const help = vscode.l10n.t('Learn More');
  const signIn = vscode.l10n.t('Sign In…');
  const message = vscode.l10n.t(
    'The tokens that were stored here are gone. Unless you signed out elsewhere, this machine has no keyring that lasts: VS Code keeps secrets in memory only.',
  );
  const answer = await vscode.window.showWarningMessage(message, signIn, help);
  if (answer === help) {
    await vscode.env.openExternal(vscode.Uri.parse(helpPage));
  } else if (answer === signIn) {
    await vscode.commands.executeCommand('tir.signIn');
  }
}
