import * as vscode from 'vscode';

/*
 * Environment variable collections by workspace folder. A terminal gets the global collection and, on top of it, its
 * folder's collection. VS Code identifies a folder by its index, so every write covers all folders of the window.
 */

/** URI of a workspace folder; undefined for all terminals whose folder has no entry. */
export type Scope = string | undefined;

type Variables = ReadonlyMap<string, string>;

/** Returns a folder's entry, or else the one for all terminals. */
export function inFolder<T>(all: ReadonlyMap<Scope, T>, folder: Scope): T | undefined {
  return all.get(folder) ?? all.get(undefined);
}

/** Reads the variables that new terminals get now. */
export function readVariables(collection: vscode.GlobalEnvironmentVariableCollection): Map<Scope, Variables> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return new Map<Scope, Variables>([
    [undefined, read(collection)],
    ...folders.map(
      (folder) => [folder.uri.toString(), read(collection.getScoped({ workspaceFolder: folder }))] as const,
    ),
  ]);
}

/** Sets the variables that new terminals get. */
export function writeVariables(
  collection: vscode.GlobalEnvironmentVariableCollection,
  wanted: ReadonlyMap<Scope, Variables>,
): void {
  const scoped = (vscode.workspace.workspaceFolders ?? []).map(
    (folder) => [collection.getScoped({ workspaceFolder: folder }), wanted.get(folder.uri.toString())] as const,
  );
  const all = wanted.get(undefined);
  const addsToAll = [...(all?.keys() ?? [])].some((variable) => !collection.get(variable));
  for (const [own, variables] of scoped) {
    // If two collections set the same variable, the one added last wins, which must be the folder's. So clear folders
    // before adding a variable to the global collection, and set them again afterwards.
    write(own, addsToAll ? undefined : variables);
  }
  write(collection, all);
  for (const [own, variables] of scoped) {
    write(own, variables);
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
