import * as vscode from 'vscode';

import type { Services } from '../services';

/** A command: what it was given, whether a person called it through a menu or the palette, and the other selected rows. */
export interface Call {
  readonly argument: unknown;
  readonly selection: readonly unknown[];
  readonly interactive: boolean;
}

export type Command = (services: Services, call: Call) => Promise<unknown>;

/** What commands have behind `tir.`. Their modules are loaded with the first one that is called. */
export const commandNames = [
  'signIn',
  'signOut',
  'refresh',
  'createToken',
  'deleteToken',
  'rotateToken',
  'useToken',
  'useTokenInFolder',
  'stopUsingToken',
  'addTokenValue',
  'copyToken',
  'copyConfig',
  'saveToEnvFile',
  'setGitHubSecret',
  'copySnippet',
  'openTerminal',
  'setVariableNames',
  'findUnusedTokens',
  'sortTokens',
  'filterTokens',
  'clearFilter',
  'scanWorkspace',
  'showActivity',
  'filterActivity',
  'exportActivity',
  'openExample',
  'forgetEverything',
] as const;
export type CommandName = (typeof commandNames)[number];

/** Registers every command. The module that runs them is loaded with the first call. */
export function registerCommands(services: Services): vscode.Disposable {
  const registrations = commandNames.map((name) =>
    vscode.commands.registerCommand(`tir.${name}`, async (argument?: unknown, selection?: unknown) => {
      const { runCommand } = await import('./run');
      return runCommand(services, name, argument, selection);
    }),
  );
  return vscode.Disposable.from(...registrations);
}
