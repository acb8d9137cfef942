import * as vscode from 'vscode';

/** Something that can be disposed of, as VS Code and Node return it. */
export interface DisposableLike {
  dispose(): unknown;
}

/** A class whose instances dispose of what they registered. */
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

/** Calls `changed` when the workspace is trusted, or a setting below `section` changes. */
export function onTrustOrSetting(section: string, changed: () => unknown): vscode.Disposable {
  return vscode.Disposable.from(vscode.workspace.onDidGrantWorkspaceTrust(changed), onSetting(section, changed));
}

/** Calls `changed` when a setting below `section` changes. */
export function onSetting(section: string, changed: () => unknown): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(section)) {
      changed();
    }
  });
}
