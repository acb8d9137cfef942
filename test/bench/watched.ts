import { appendFileSync, renameSync, watch } from 'node:fs';
import { join } from 'node:path';

import * as vscode from 'vscode';

import * as extension from '../../src/extension';
import { hashOf, now } from './measure';

/** What a window notes, a line each. */
export interface Note {
  readonly pid: number;
  /** Milliseconds since 1970, with fractions. */
  readonly at: number;
  /** A hash of the value that terminals get from then on; undefined where the window begins a switch. */
  readonly hash?: string;
}

/**
 * The extension as it is, in a window that notes when terminals get another value, and that switches to a token when a file
 * `switch-<connection>-<id>` comes to the folder: of several windows the one that is first to take it.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const folder = process.env['TIR_BENCH_SWITCHES'] ?? '';
  const note = (given: Pick<Note, 'hash'>) => {
    appendFileSync(join(folder, 'notes'), `${JSON.stringify({ pid: process.pid, at: now(), ...given })}\n`);
  };
  const { environmentVariableCollection: collection } = context;
  const replace = collection.replace.bind(collection);
  collection.replace = (variable, value, ...options) => {
    replace(variable, value, ...options);
    note({ hash: hashOf(value) });
  };
  await extension.activate(context);
  const watcher = watch(folder, (_, name) => {
    const [, connectionId, id] = /^switch-(.+)-(\d+)$/.exec(name ?? '') ?? [];
    if (name && id && isTaken(join(folder, name))) {
      note({});
      // As a row of the tree names it.
      void vscode.commands.executeCommand('tir.useToken', { connectionId, id: Number(id) });
    }
  });
  context.subscriptions.push({ dispose: () => watcher.close() });
}

export const { deactivate } = extension;

function isTaken(file: string): boolean {
  try {
    renameSync(file, `${file}-taken`);
    return true;
  } catch {
    return false;
  }
}
