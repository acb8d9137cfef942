import * as vscode from 'vscode';

/** Anything with a `dispose` method, whatever that returns. */
export interface DisposableLike {
  dispose(): unknown;
}

/** Base class whose instances dispose of everything they registered. */
export abstract class Disposable implements vscode.Disposable {
  readonly #registered: DisposableLike[] = [];

  /** Disposes of `part` together with this. */
  protected register<T extends DisposableLike>(part: T): T {
    this.#registered.push(part);
    return part;
  }

  dispose(): void {
    for (const part of this.#registered.splice(0)) {
      part.dispose();
    }
  }
}

/** Calls `changed` when the workspace becomes trusted or a setting under `section` changes. */
export function onTrustOrSetting(section: string, changed: () => unknown): vscode.Disposable {
  return vscode.Disposable.from(vscode.workspace.onDidGrantWorkspaceTrust(changed), onSetting(section, changed));
}

/** Calls `changed` when a setting under `section` changes. */
export function onSetting(section: string, changed: () => unknown): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(section)) {
      changed();
    }
  });
}
