import { appendFileSync, renameSync, watch } from 'node:fs';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { fromUi } from '../../src/base/arguments';
import * as extension from '../../src/extension';
import { hashOf, now } from './measure';

/** A line of a window's notes. */
export interface Note {
  readonly pid: number;
  /** Milliseconds since 1970, with fractions. */
  readonly at: number;
  /** Hash of the value that terminals get from then on; undefined if the window begins a switch. */
  readonly hash?: string;
}

/**
 * Activates the real extension, and notes when terminals get another value. When a file `switch-<connection>-<id>`
 * appears in the folder, the first window that renames it switches to that token.
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
      // As a tree row does.
      void vscode.commands.executeCommand('tir.useToken', fromUi({ connectionId, id: Number(id) }));
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
