import * as vscode from 'vscode';

/**
 * Stands in for a person who answers dialogs, since VS Code under test refuses modal ones. Records what they read, and
 * presses the button that `clicks` names, if the dialog has it. The ui suite clicks the real dialogs.
 */
export class Person {
  readonly read: { message: string; detail: string; modal: boolean }[] = [];
  clicks: string | undefined;
  /** Leaves every dialog open. */
  leavesOpen = false;
  /** Happens once, while the next dialog is open. */
  meanwhile: (() => Promise<unknown>) | undefined;
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
        const answer = () => (buttons.includes(this.clicks) ? this.clicks : undefined);
        const { meanwhile } = this;
        this.meanwhile = undefined;
        if (this.leavesOpen) {
          return new Promise(() => undefined);
        }
        return meanwhile ? meanwhile().then(answer) : Promise.resolve(answer());
      };
    }
  }

  /** Restores VS Code's dialogs. */
  leave(): void {
    for (const [name, original] of this.#original) {
      this.#window[name] = original;
    }
  }
}

const changed = new Set<string>();

/** Changes a user setting `tir.*`. */
export async function setting(name: string, value: unknown): Promise<void> {
  changed.add(name);
  await vscode.workspace.getConfiguration('tir').update(name, value, vscode.ConfigurationTarget.Global);
}

/** Resets the settings that a test changed. @param kept names of settings to leave as they are */
export async function restoreSettings(kept: readonly string[] = []): Promise<void> {
  for (const name of [...changed].filter((one) => !kept.includes(one))) {
    await setting(name, undefined);
    changed.delete(name);
  }
}
