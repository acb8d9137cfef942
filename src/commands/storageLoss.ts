import * as vscode from 'vscode';

const helpPage = 'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';

/** Tells the person at a start that everything that was stored is gone, see `secrets/lasting.ts`. */
export async function tellOfStorageLoss(): Promise<void> {
  const help = vscode.l10n.t('Learn More');
  const signIn = vscode.l10n.t('Sign In…');
  const message = vscode.l10n.t(
    "The tokens stored on this machine are gone. If you didn't sign out elsewhere, VS Code found no keyring and keeps secrets in memory only. Sign in again, or set up a keyring.",
  );
  const answer = await vscode.window.showWarningMessage(message, signIn, help);
  if (answer === help) {
    await vscode.env.openExternal(vscode.Uri.parse(helpPage));
  } else if (answer === signIn) {
    await vscode.commands.executeCommand('tir.signIn');
  }
}

/** Returns what the person has to know before a value is stored that may not last. */
export function storageLossWarning(): string {
  return vscode.l10n.t(
    "Everything stored on this machine was gone after a restart: without a keyring, VS Code keeps secrets in memory only. Set up a keyring first, or copy the new token's value once it's there.",
  );
}
