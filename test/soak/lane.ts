import { AsyncLocalStorage } from 'node:async_hooks';

import * as vscode from 'vscode';

/** What a person was told or asked. */
export interface Message {
  readonly kind: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly detail: string;
  readonly isModal: boolean;
}

/** One of several people who work beside each other in this process. */
export interface Lane {
  readonly messages: Message[];
  /** The buttons of modals that this one presses, where they are there. */
  readonly presses: readonly string[];
}

const lanes = new AsyncLocalStorage<Lane>();

/** What is shown and asked from within `work` is this person's. */
export function inLane<T>(lane: Lane, work: () => Promise<T>): Promise<T> {
  return lanes.run(lane, work);
}

/** Stands in for all people in front of dialogs, each of whom sees their own. Gives the editor its dialogs back when disposed. */
export function standInForDialogs(): vscode.Disposable {
  const window = vscode.window as unknown as Record<string, unknown>;
  const names = { information: 'showInformationMessage', warning: 'showWarningMessage', error: 'showErrorMessage' };
  const originals = Object.entries(names).map(([kind, name]) => {
    const original = window[name] as (...given: unknown[]) => unknown;
    window[name] = (text: string, ...rest: unknown[]) => {
      const lane = lanes.getStore();
      if (!lane) {
        return original(text, ...rest);
      }
      const options = typeof rest[0] === 'object' ? (rest[0] as vscode.MessageOptions) : {};
      const isModal = options.modal ?? false;
      lane.messages.push({ kind: kind as Message['kind'], text, detail: options.detail ?? '', isModal });
      return Promise.resolve(isModal ? lane.presses.find((button) => rest.includes(button)) : undefined);
    };
    return { name, original };
  });
  return new vscode.Disposable(() => {
    for (const { name, original } of originals) {
      window[name] = original;
    }
  });
}

/** Does the work for every item, so many at a time, and leaves none behind that fails. */
export async function inLanes<T>(count: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
}
