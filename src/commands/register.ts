import * as vscode from 'vscode';

import type { Services } from '../services';
import { toTirError } from '../base/errors';
import type { CommandName } from './run';

/**
 * Registers every command that package.json contributes. Loads the module that runs them on the first call.
 * @param manifest the parsed package.json
 */
export function registerCommands(services: Services, manifest: unknown): vscode.Disposable {
  const { commands } = (manifest as { contributes: { commands: readonly { command: string }[] } }).contributes;
  const registrations = commands.map(({ command }) =>
    vscode.commands.registerCommand(command, async (argument?: unknown, selection?: unknown) => {
      const { runCommand } = await import('./run');
      return runCommand(services, command.slice('tir.'.length) as CommandName, argument, selection);
    }),
  );
  return vscode.Disposable.from(...registrations);
}

/** Adds the profile "TIR Token" to those that a person can open a terminal with: it has the token in use. */
export function registerProfile(services: Services): vscode.Disposable {
  return vscode.window.registerTerminalProfileProvider('tir.terminal', {
    async provideTerminalProfile() {
      const run = await import('./run');
      try {
        return await run.provideProfile(services);
      } catch (error) {
        void run.showError(toTirError(error), 'openTerminal', undefined);
        return undefined;
      }
    },
  });
}
