import * as vscode from 'vscode';

/** The extension's settings, typed; defaults and scopes are in package.json. Read anew at each use, so that changes count at once. */
export const settings = {
  apiUrl: () => read<string>('apiUrl', ''),
  requestTimeoutSeconds: () => read<number>('requestTimeoutSeconds', 15),
  terminalEnabled: () => read<boolean>('terminal.enabled', true),
  sdkVariables: () => read<boolean>('terminal.sdkVariables', false),
  debugEnabled: () => read<boolean>('debug.enabled', false),
  exportEnabled: () => read<boolean>('export.enabled', true),
  authenticationEnabled: () => read<boolean>('authentication.enabled', true),
  clearClipboardAfterSeconds: () => read<number>('clipboard.clearAfterSeconds', 60),
  remindAfterDays: () => read<number>('rotation.remindAfterDays', 90),
  leaksEnabled: () => read<boolean>('leaks.enabled', true),
  /** Codes of patterns whose findings are not shown. */
  ignoredLeaks: () => {
    const codes = vscode.workspace.getConfiguration('tir').get<unknown>('leaks.ignoredPatterns');
    return Array.isArray(codes) ? (codes as readonly unknown[]) : [];
  },
  warnBeforeDays: () => read<number>('expiry.warnBeforeDays', 30),
};

/** A value of another type than the default's, as a hand-edited settings.json may hold, counts as not set. */
function read<T extends string | number | boolean>(name: string, fallback: T): T {
  const value = vscode.workspace.getConfiguration('tir').get<unknown>(name);
  return typeof value === typeof fallback ? (value as T) : fallback;
}
