import { AsyncLocalStorage } from 'node:async_hooks';

import * as vscode from 'vscode';

/** A message or question that a person saw. */
export interface Message {
  readonly kind: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly detail: string;
  readonly isModal: boolean;
}

/** A simulated person. Several work in parallel in this process. */
export interface SimulatedPerson {
  readonly messages: Message[];
  /** Buttons that this person presses in modals that have them. */
  readonly presses: readonly string[];
  /** Whether this person cancels everything that takes so long that it shows its progress. */
  cancels?: boolean;
}

const lanes = new AsyncLocalStorage<SimulatedPerson>();

/** Runs `work` with its messages and questions going to this person. */
export function inLane<T>(lane: SimulatedPerson, work: () => Promise<T>): Promise<T> {
  return lanes.run(lane, work);
}

/** Sends each message, question and progress to the person whose work shows it. Disposing restores VS Code's dialogs. */
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
  const { withProgress } = vscode.window;
  type Work = (progress: unknown, cancellation: unknown) => unknown;
  window['withProgress'] = (_: unknown, work: Work) => {
    const onCancellationRequested = (cancel: () => void) => {
      if (lanes.getStore()?.cancels) {
        queueMicrotask(cancel);
      }
      return new vscode.Disposable(() => undefined);
    };
    return work({ report: () => undefined }, { isCancellationRequested: false, onCancellationRequested });
  };
  return new vscode.Disposable(() => {
    for (const { name, original } of originals) {
      window[name] = original;
    }
    vscode.window.withProgress = withProgress;
  });
}

/** Runs `work` for every item, `count` at a time. Rejects with the first failure. */
export async function runConcurrently<T>(
  count: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
}
