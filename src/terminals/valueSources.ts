import { readFile, stat } from 'node:fs/promises';

import * as vscode from 'vscode';

import { allStartUpFiles, type Assignment, findAssignment, startUpFiles } from './shells';
import { runsCommand, shellOf } from './terminalOptions';
import type { TerminalTokens } from './terminalTokens';
import { tokenVariable } from './variables';

/** Where a terminal's value comes from if it isn't of the token in use. */
export type Source =
  | FileSource
  | { readonly kind: 'setting'; readonly name: string }
  /** The environment that VS Code itself was started in. */
  | { readonly kind: 'editor' }
  /** Another extension; by elimination. */
  | { readonly kind: 'extension' }
  /** A command in the terminal; by elimination. */
  | { readonly kind: 'terminal' };

/**
 * Finds where a terminal's value comes from.
 * @param digest of the value; undefined if it has none
 * @param isOfStart whether the shell's process was started with this value
 */
export async function findSource(
  tokens: TerminalTokens,
  terminal: vscode.Terminal,
  digest: string | undefined,
  isOfStart: boolean,
): Promise<Source> {
  const isIt = (value: unknown) => typeof value === 'string' && tokens.digest(value) === digest;
  const { name, value } = configuredValue();
  if (isIt(value)) {
    return { kind: 'setting', name };
  }
  const files = await assignmentsIn([...envFilesOfPython(), ...allStartUpFiles(shellOf(terminal))]);
  const same = files.find(({ value }) => isIt(value));
  const unread = files.find(({ value }) => value === undefined);
  if (same) {
    return same;
  }
  if (isIt(process.env[tokenVariable])) {
    return unread ?? { kind: 'editor' };
  }
  return isOfStart ? { kind: 'extension' } : (unread ?? { kind: 'terminal' });
}

/** A line of a start-up file, or of a `.env` file. */
export interface FileSource extends Assignment {
  readonly kind: 'file';
  readonly file: vscode.Uri;
}

/** Returns the setting that gives terminals variables, and the value that it has for the token's. */
export function configuredValue(): { readonly name: string; readonly value: unknown } {
  const name = `terminal.integrated.env.${{ darwin: 'osx', win32: 'windows' }[process.platform as string] ?? 'linux'}`;
  return { name, value: vscode.workspace.getConfiguration().get<Record<string, unknown>>(name)?.[tokenVariable] };
}

/** Resolves to the first start-up file of a terminal's own shell that sets the variable. */
export async function startUpFileOf(terminal: vscode.Terminal): Promise<FileSource | undefined> {
  return (await assignmentsIn(startUpFiles(shellOf(terminal), runsCommand(terminal.creationOptions))))[0];
}

/** Leaves out files that can't be read, or aren't ordinary: reading a pipe may never end. */
async function assignmentsIn(paths: readonly string[]): Promise<FileSource[]> {
  const found = paths.map(async (path): Promise<FileSource | undefined> => {
    try {
      const about = await stat(path);
      const isOrdinary = about.isFile() && about.size <= mostBytes;
      const assignment = isOrdinary ? findAssignment(await readFile(path, 'utf8'), tokenVariable) : undefined;
      return assignment && { kind: 'file', file: vscode.Uri.file(path), ...assignment };
    } catch {
      return undefined;
    }
  });
  return (await Promise.all(found)).filter((one) => one !== undefined);
}

/** A larger file isn't one that a person writes. */
const mostBytes = 1_000_000;

/** Returns the `.env` files that the Python extension reads into terminals. */
function envFilesOfPython(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri }) => {
    const python = vscode.workspace.getConfiguration('python', uri);
    const file = python.get<string>('envFile') ?? '${workspaceFolder}/.env';
    return python.get<boolean>('terminal.useEnvFile') ? [file.replace('${workspaceFolder}', uri.fsPath)] : [];
  });
}
