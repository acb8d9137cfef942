import * as vscode from 'vscode';

/**
 * The extension's settings, typed. Defaults and scopes are in package.json. Each use reads the setting again, so
 * changes apply at once.
 */
export const settings = {
  apiUrl: () => read<string>('apiUrl', ''),
  requestTimeoutSeconds: () => readNumber('requestTimeoutSeconds', 15, 1, 300),
  terminalEnabled: () => read<boolean>('terminal.enabled', true),
  /** Whether terminals get the token only if they're opened with it. A workspace can ask for that, but not undo it. */
  chosenTerminalsOnly: () => {
    const values = vscode.workspace.getConfiguration('tir').inspect<unknown>('terminal.scope');
    return [values?.globalValue, values?.workspaceValue, values?.workspaceFolderValue].includes('chosen');
  },
  /** Whether any new terminal or task gets the token in use. */
  terminalsGetToken: () => settings.terminalEnabled() && !settings.chosenTerminalsOnly(),
  sdkVariables: () => read<boolean>('terminal.sdkVariables', false),
  debugEnabled: () => read<boolean>('debug.enabled', false),
  notebooksEnabled: () => read<boolean>('notebooks.enabled', false),
  exportEnabled: () => read<boolean>('export.enabled', true),
  authenticationEnabled: () => read<boolean>('authentication.enabled', true),
  clearClipboardAfterSeconds: () => readNumber('clipboard.clearAfterSeconds', 60, 0, 86_400),
  remindAfterDays: () => readNumber('rotation.remindAfterDays', 90, 0, 3650),
  leaksEnabled: () => read<boolean>('leaks.enabled', true),
  /** Codes of the patterns whose matches aren't shown. Not checked: any value may be in the list. */
  ignoredLeaks: () => {
    const codes = vscode.workspace.getConfiguration('tir').get<unknown>('leaks.ignoredPatterns');
    return Array.isArray(codes) ? (codes as readonly unknown[]) : [];
  },
  /**
   * VS Code's own settings: whether it saves the environment of terminals when it quits. In a browser, it never does.
   */
  savesTerminals: () => {
    const terminals = vscode.workspace.getConfiguration('terminal.integrated');
    return (
      vscode.env.uiKind === vscode.UIKind.Desktop &&
      terminals.get('enablePersistentSessions') !== false &&
      terminals.get('persistentSessionReviveProcess') !== 'never'
    );
  },
  /** VS Code's own setting. Only the person's: a workspace must not name a program to run. */
  gitPath: () => vscode.workspace.getConfiguration('git').inspect<unknown>('path')?.globalValue,
  warnBeforeDays: () => readNumber('expiry.warnBeforeDays', 30, 0, 3650),
};

/** Reads a number between the bounds that package.json has too: VS Code doesn't hold a settings file to them. */
function readNumber(name: string, fallback: number, minimum: number, maximum: number): number {
  const value = read(name, fallback);
  return Number.isNaN(value) ? fallback : Math.min(Math.max(value, minimum), maximum);
}

/** Reads a setting. Ignores a value of the wrong type, which a hand-edited settings.json may contain. */
function read<T extends string | number | boolean>(name: string, fallback: T): T {
  const value = vscode.workspace.getConfiguration('tir').get<unknown>(name);
  return typeof value === typeof fallback ? (value as T) : fallback;
}

/** Shows a message with a button that changes one of the person's settings. */
export async function offerSetting(
  message: string,
  button: string,
  section: string,
  name: string,
  value: unknown,
): Promise<void> {
  if ((await vscode.window.showInformationMessage(message, button)) === button) {
    await vscode.workspace.getConfiguration(section).update(name, value, vscode.ConfigurationTarget.Global);
  }
}
