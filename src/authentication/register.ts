import * as vscode from 'vscode';

type Change = vscode.AuthenticationProviderAuthenticationSessionsChangeEvent;

/**
 * Lets other extensions request tokens through `vscode.authentication`. Registers at once, and lets requests wait: VS
 * Code fails them if none registers within 5 seconds, and reading a locked keyring takes longer.
 * @param loading the provider, once what it reads is there
 */
export function registerAuthentication(loading: Promise<vscode.AuthenticationProvider>): vscode.Disposable {
  const changed = new vscode.EventEmitter<Change>();
  loading.then(
    (provider) => provider.onDidChangeSessions((change) => changed.fire(change)),
    // `activate` fails with this.
    () => undefined,
  );
  const provider: vscode.AuthenticationProvider = {
    onDidChangeSessions: changed.event,
    getSessions: async (...given) => (await loading).getSessions(...given),
    createSession: async (...given) => (await loading).createSession(...given),
    removeSession: async (...given) => (await loading).removeSession(...given),
  };
  const options = { supportsMultipleAccounts: true };
  return vscode.Disposable.from(
    changed,
    vscode.authentication.registerAuthenticationProvider('tir', vscode.l10n.t('TIR AI Platform'), provider, options),
  );
}
