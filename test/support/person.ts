import * as vscode from 'vscode';

/**
 * Stands in for the person in front of a dialog: an editor under test refuses modals. What they read is kept,
 * and they press the button named by `clicks`, where there is one. The real dialogs are clicked in the ui suite.
 */
export class Person {
  readonly read: { message: string; detail: string; modal: boolean }[] = [];
  clicks: string | undefined;
  /** Leaves every dialog open. */
  thinks = false;
  readonly #window = vscode.window as unknown as Record<string, unknown>;
  readonly #original = new Map<string, unknown>();

  constructor() {
    for (const name of ['showWarningMessage', 'showErrorMessage', 'showInformationMessage']) {
      this.#original.set(name, this.#window[name]);
      this.#window[name] = (message: string, ...rest: unknown[]) => {
        const [first, ...others] = rest;
        const options = typeof first === 'object' ? (first as vscode.MessageOptions) : {};
        this.read.push({ message, detail: options.detail ?? '', modal: options.modal ?? false });
        const buttons = typeof first === 'string' ? rest : others;
        return this.thinks
          ? new Promise(() => undefined)
          : Promise.resolve(buttons.includes(this.clicks) ? this.clicks : undefined);
      };
    }
  }

  /** Gives the editor its dialogs back. */
  leave(): void {
    for (const [name, original] of this.#original) {
      this.#window[name] = original;
    }
  }
}

const changed = new Set<string>();

/** Changes one of the user's settings `tir.*`. */
export async function setting(name: string, value: unknown): Promise<void> {
  changed.add(name);
  await vscode.workspace.getConfiguration('tir').update(name, value, vscode.ConfigurationTarget.Global);
}

/** Has settings be as they were before a test. @param kept names of those that stay */
export async function restoreSettings(kept: readonly string[] = []): Promise<void> {
  for (const name of [...changed].filter((one) => !kept.includes(one))) {
    await setting(name, undefined);
    changed.delete(name);
  }
}
