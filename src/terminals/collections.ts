import * as vscode from 'vscode';

/** URI of a workspace folder; undefined for terminals of a window without folders. */
export type Scope = string | undefined;

export type Variables = ReadonlyMap<string, string>;

/** Returns a folder's entry, even if that's undefined, or else the one for all terminals. */
export function inFolder<T>(all: ReadonlyMap<Scope, T>, folder: Scope): T | undefined {
  return all.has(folder) ? all.get(folder) : all.get(undefined);
}

/**
 * The variables that new terminals get, by workspace folder. In a window with folders, VS Code gives each terminal a
 * folder's collection on top of the global one. There, the global one stays empty: what it sets can't be unset for a
 * folder with another token. VS Code identifies a folder by its index, which another folder may have after a change.
 */
export class FolderVariables {
  /** The folders of the last write. */
  #folders = vscode.workspace.workspaceFolders ?? [];

  constructor(private readonly collection: vscode.GlobalEnvironmentVariableCollection) {}

  /** Returns what new terminals of a folder get now. */
  of(folder: Scope): Variables {
    const own = this.#folders.find(({ uri }) => uri.toString() === folder);
    return read(own ? this.#ofFolder(own) : this.collection);
  }

  /** Sets what new terminals get. @param wanted is called for each folder before the first change */
  set(wanted: (folder: Scope) => Variables | undefined): void {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const writes = [
      [this.collection, folders.length === 0 ? wanted(undefined) : undefined] as const,
      ...folders.map((folder) => [this.#ofFolder(folder), wanted(folder.uri.toString())] as const),
      // Another folder may get this index later.
      ...this.#folders.slice(folders.length).map((folder) => [this.#ofFolder(folder), undefined] as const),
    ];
    this.#folders = folders;
    writes.forEach(([collection, variables]) => write(collection, variables));
  }

  #ofFolder(workspaceFolder: vscode.WorkspaceFolder): vscode.EnvironmentVariableCollection {
    return this.collection.getScoped({ workspaceFolder });
  }
}

function read(collection: vscode.EnvironmentVariableCollection): Map<string, string> {
  const variables = new Map<string, string>();
  collection.forEach((variable, { value }) => variables.set(variable, value));
  return variables;
}

/** Changes only what differs: VS Code marks open terminals as outdated on every change. */
function write(
  collection: vscode.EnvironmentVariableCollection,
  variables: Variables = new Map<string, string>(),
): void {
  const before = read(collection);
  for (const variable of before.keys()) {
    if (!variables.has(variable)) {
      collection.delete(variable);
    }
  }
  for (const [variable, value] of variables) {
    if (before.get(variable) !== value) {
      collection.replace(variable, value);
    }
  }
}
