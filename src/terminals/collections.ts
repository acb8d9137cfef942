import * as vscode from 'vscode';

/** URI of a workspace folder; undefined for terminals of a window without folders. */
export type Scope = string | undefined;

export type Variables = ReadonlyMap<string, string>;

/** Returns a folder's entry, even if that's undefined, or else the one for all terminals. */
export function inFolder<T>(all: ReadonlyMap<Scope, T>, folder: Scope): T | undefined {
  return all.has(folder) ? all.get(folder) : all.get(undefined);
}

/** Also after the shell's start-up files, which may export an old value. VS Code's shell integration does that. */
const beforeAndAfterStartUp = { applyAtProcessCreation: true, applyAtShellIntegration: true };

/** A folder as VS Code identifies it in a collection: changes are stored by its URI, and terminals go by its index. */
type Place = { -readonly [Field in keyof vscode.WorkspaceFolder]: vscode.WorkspaceFolder[Field] };

/**
 * The variables that new terminals get, by workspace folder. In a window with folders, VS Code gives each terminal a
 * folder's collection on top of the global one. There, the global one stays empty: what it sets can't be unset for a
 * folder with another token.
 *
 * VS Code keeps the first scope object that it's given for a URI, and sends its index with the next change only. So a
 * folder has one object, and its variables are written again when its index has changed.
 */
export class FolderVariables {
  /** The folders of this window, former ones too, by URI. */
  readonly #places = new Map<string, Place>();

  constructor(private readonly collection: vscode.GlobalEnvironmentVariableCollection) {}

  /** Returns the variables that new terminals of a folder have. */
  of(folder: Scope): Variables {
    const place = this.#places.get(folder ?? '');
    return read(place ? this.#at(place) : this.collection);
  }

  /** Sets the variables of new terminals. @param wanted is called for each folder before the first change */
  set(wanted: (folder: Scope) => Variables | undefined): void {
    const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => {
      const uri = folder.uri.toString();
      return { folder, uri, variables: wanted(uri) };
    });
    const all = folders.length === 0 ? wanted(undefined) : undefined;
    for (const [uri, place] of this.#places) {
      if (!folders.some((one) => one.uri === uri)) {
        write(this.#at(place), undefined);
      }
    }
    const moved: Place[] = [];
    for (const { folder, uri } of folders) {
      const place = this.#places.get(uri) ?? { uri: folder.uri, name: folder.name, index: folder.index };
      if (place.index !== folder.index) {
        place.index = folder.index;
        moved.push(place);
      }
      this.#places.set(uri, place);
    }
    moved.forEach((place) => write(this.#at(place), undefined));
    write(this.collection, all);
    for (const { uri, variables } of folders) {
      const place = this.#places.get(uri);
      if (place) {
        write(this.#at(place), variables);
      }
    }
  }

  #at(workspaceFolder: Place): vscode.EnvironmentVariableCollection {
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
      collection.replace(variable, value, beforeAndAfterStartUp);
    }
  }
}
