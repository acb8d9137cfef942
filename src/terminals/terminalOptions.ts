import * as vscode from 'vscode';

import { plain } from '../base/text';
import { type Shell, shellAt } from './shells';
import { sdk, tokenVariable } from './variables';

type CreationOptions = vscode.Terminal['creationOptions'];

/** Variable with assignments that VS Code's shell integration repeats after the shell's start-up files. */
const replaceVariable = 'VSCODE_ENV_REPLACE';

/** Returns the name of a terminal that's opened for a token. */
export function terminalName(name: string): string {
  return vscode.l10n.t('TIR: {0}', plain(name));
}

/**
 * Returns variables as a terminal's own. VS Code doesn't set those again after the shell's start-up files, so they are
 * also where its shell integration looks for what to set again, in its encoding.
 */
export function asOptions(variables: ReadonlyMap<string, string>): Record<string, string> {
  const again = [...variables].map(([name, value]) => `${name}=${value.replaceAll(':', '\\x3a')}`).join(':');
  return { ...Object.fromEntries(variables), [replaceVariable]: again };
}

/** Tells whether a terminal's own variables are those of a token, and not a person's. */
export function isOfToken(env: vscode.TerminalOptions['env']): boolean {
  return env?.[replaceVariable]?.includes(`${tokenVariable}=`) === true;
}

/** Returns a terminal's own variables without those of a token. */
export function withoutToken(env: vscode.TerminalOptions['env'] = {}): Record<string, string | null | undefined> {
  if (!isOfToken(env)) {
    return { ...env };
  }
  const names: readonly string[] = [tokenVariable, replaceVariable, ...Object.values(sdk)];
  const others = Object.entries(env).filter(([name, own]) => !names.includes(name) && own !== env[tokenVariable]);
  return Object.fromEntries(others);
}

/** Tells whether VS Code gives a terminal what extensions set for terminals. On a server, it does despite `strictEnv`. */
export function getsVariables(options: CreationOptions): boolean {
  return !('pty' in options) && (options.strictEnv !== true || vscode.env.remoteName !== undefined);
}

/** Tells whether an AI agent opened a terminal, as VS Code's own one marks those. */
export function isOfAgent(options: CreationOptions): boolean {
  return !('pty' in options) && Boolean(options.env?.['AI_AGENT'] ?? options.env?.['COPILOT_AGENT']);
}

/** Tells whether VS Code opened a terminal to debug a program in it. */
export function isOfDebugger(options: CreationOptions): boolean {
  return hasIcon(options, 'debug');
}

function hasIcon(options: CreationOptions, id: string): boolean {
  return !('pty' in options) && options.iconPath instanceof vscode.ThemeIcon && options.iconPath.id === id;
}

/**
 * Checks if a person opened a terminal, from a command or a profile. Then VS Code names none of its options, and lists
 * them all. An extension passes those that it wants; a task and a debugger always pass a name.
 */
export function isPersons(options: CreationOptions): boolean {
  return (
    !('pty' in options) &&
    'shellPath' in options &&
    'hideFromUser' in options &&
    options.hideFromUser !== true &&
    options.name === undefined
  );
}

/** Tells whether this extension opened a terminal, from its profile or by a command. */
export function isOurs(options: CreationOptions): boolean {
  return hasIcon(options, tokenIcon.id) && options.name?.startsWith(terminalName('')) === true;
}

/** Icon of the terminals that this extension opens. */
export const tokenIcon = new vscode.ThemeIcon('key');

/** Returns a terminal's shell: what VS Code knows of it, or what it was opened with, or else the default one. */
export function shellOf({ creationOptions, state }: vscode.Terminal): Shell {
  // Since VS Code 1.98.
  const { shell } = state as { readonly shell?: string };
  const given = 'pty' in creationOptions ? undefined : creationOptions.shellPath;
  return shellAt(shell ?? given ?? vscode.env.shell);
}

function argumentsOf(options: CreationOptions): readonly string[] {
  return 'pty' in options ? [] : [options.shellArgs ?? []].flat().filter((argument) => argument !== '');
}

/** Tells whether VS Code's shell integration sets a terminal's variables again after the shell's start-up files. */
export function isIntegrated(terminal: vscode.Terminal): boolean {
  const integration = vscode.workspace.getConfiguration('terminal.integrated.shellIntegration');
  const args = argumentsOf(terminal.creationOptions);
  // With other arguments, VS Code doesn't add its script.
  const areUsual = args.length === 0 || args.some((argument) => argument !== '-i');
  const areKnown = args.every((argument) => /^-(?:i|l|il|li|-login|login|nologo|nol)$/i.test(argument));
  return shellOf(terminal).isIntegrated && areUsual && areKnown && integration.get('enabled') !== false;
}

/** Tells whether a terminal's shell was started to run something, as a task's is. */
export function runsCommand(options: CreationOptions): boolean {
  return argumentsOf(options).some((argument) => /^-\w*c$|^-(?:command|file)$|^\/[cdk]$|^[^-/]/i.test(argument));
}
