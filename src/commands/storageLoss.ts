import * as vscode from 'vscode';

const helpPage = 'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';

/** Tells the person at a start that everything that was stored is gone, see `secrets/lasting.ts`. */
export async function tellOfStorageLoss(): Promise<void> {
  const help = vscode.l10n.t('Learn More');
  const signIn = vscode.l10n.t('Sign In…');
  const message = vscode.l10n.t(
    'The tokens stored on this machine are gone. Unless you signed out elsewhere, set up a keyring: without one, VS Code keeps secrets only in memory.',
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
    "Stored tokens were gone after a restart, because VS Code keeps secrets only in memory without a keyring. Set up a keyring first, or copy the new token's value afterwards.",
  );
}
