import * as vscode from 'vscode';

import { until } from './until';

/*
 * Stand-ins for parts of VS Code that the stub lacks, or that show nothing there. `person.ts` has the dialogs.
 */

let restoring: (() => void)[] = [];

/** Replaces members of an object, such as `vscode.window`, until {@link restoreReplaced}. */
export function replace(target: object, members: object): void {
  for (const [name, member] of Object.entries(members)) {
    const original: unknown = name in target ? Reflect.get(target, name) : undefined;
    restoring.unshift(() => {
      if (original === undefined) {
        Reflect.deleteProperty(target, name);
      } else {
        Reflect.set(target, name, original);
      }
    });
    Reflect.set(target, name, member);
  }
}

export function restoreReplaced(): void {
  restoring.forEach((restore) => restore());
  restoring = [];
}

const never = () => new vscode.Disposable(() => undefined);

/** Returns the texts that the status bar shows from now on. */
export function statusBarTexts(): readonly string[] {
  const texts: string[] = [];
  replace(vscode.window, {
    setStatusBarMessage: (text: string) => {
      texts.push(text);
      return never();
    },
  });
  return texts;
}

/** Returns the commands that are run from now on, with their arguments. They do nothing. */
export function commandsRun(): readonly (readonly unknown[])[] {
  const ran: unknown[][] = [];
  replace(vscode.commands, {
    executeCommand: (...all: unknown[]) => {
      ran.push(all);
      return Promise.resolve(undefined);
    },
  });
  return ran;
}

/** Answers each quick pick with one of its items. */
export function answerPicks(choose: (items: readonly vscode.QuickPickItem[]) => unknown): void {
  const createQuickPick = () => {
    const accepted = new vscode.EventEmitter<void>();
    const pick = {
      items: [] as readonly vscode.QuickPickItem[],
      activeItems: [] as unknown[],
      onDidAccept: accepted.event,
      ...{ onDidHide: never, onDidTriggerButton: never, dispose: () => undefined },
      show: async () => {
        pick.activeItems = [await choose(pick.items)];
        accepted.fire();
      },
    };
    return pick;
  };
  replace(vscode.window, { createQuickPick });
}

/** Returns what waits for a progress notification and presses its Cancel button. */
export function cancelButton(): () => Promise<void> {
  let cancel: (() => void) | undefined;
  const onCancellationRequested = (listener: () => void) => {
    cancel = listener;
    return never();
  };
  replace(vscode.window, {
    withProgress: async (_: unknown, work: (progress: object, cancellation: object) => unknown) => {
      try {
        return await work({ report: () => undefined }, { isCancellationRequested: false, onCancellationRequested });
      } finally {
        // The notification is gone.
        cancel = undefined;
      }
    },
  });
  return async () => (await until('a Cancel button', () => cancel))();
}
