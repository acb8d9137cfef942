import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import type * as vscode from 'vscode';
import { URI, Utils } from 'vscode-uri';

import manifest from '../../package.json';

/*
 * The stub of `vscode` for the suites that run on plain Node: events, URIs, texts, settings, and messages that return
 * no answer. `window`, `workspace`, `commands` and `env` refuse by name what they lack; other names are undefined. A
 * test that needs more belongs in the host suite. `test/host/vscodeStub.test.ts` compares the stub with the real API in
 * both editors.
 */

export class Disposable {
  #work: (() => unknown) | undefined;
  constructor(work: () => unknown) {
    this.#work = work;
  }
  static from(...all: readonly { dispose(): unknown }[]): Disposable {
    return new Disposable(() => all.forEach((one) => one.dispose()));
  }
  dispose(): void {
    const work = this.#work;
    this.#work = undefined;
    work?.();
  }
}

type Listener<T> = (event: T) => unknown;

export class EventEmitter<T> {
  #listeners: readonly Listener<T>[] = [];
  /** The current event, and the listeners that haven't received it yet. */
  #left: { readonly event: T; readonly listeners: Listener<T>[] } | undefined;
  #isDisposed = false;

  readonly event = (listener: Listener<T>, thisArgs?: unknown, disposables?: Disposable[]): Disposable => {
    if (this.#isDisposed) {
      return new Disposable(() => undefined);
    }
    const bound = (event: T) => listener.call(thisArgs, event);
    this.#listeners = [...this.#listeners, bound];
    const subscription = new Disposable(() => {
      this.#listeners = this.#listeners.filter((one) => one !== bound);
    });
    disposables?.push(subscription);
    return subscription;
  };

  /** Delivers an event. Events that a listener fires come after it. A listener that throws doesn't stop the others. */
  fire(event: T): void {
    this.#deliver();
    this.#left = { event, listeners: [...this.#listeners] };
    this.#deliver();
  }

  #deliver(): void {
    for (let next = this.#left?.listeners.shift(); next && this.#left; next = this.#left.listeners.shift()) {
      if (this.#listeners.includes(next)) {
        try {
          next(this.#left.event);
        } catch (error) {
          // VS Code also reports the error and goes on.
          process.emitWarning(error instanceof Error ? error : String(error));
        }
      }
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#listeners = [];
  }
}

export class CancellationError extends Error implements vscode.CancellationError {
  constructor() {
    super('Canceled');
    this.name = this.message;
  }
}

export const Uri = Object.assign(URI, { joinPath: Utils.joinPath });

export class ThemeColor implements vscode.ThemeColor {
  constructor(readonly id: string) {}
}

export class ThemeIcon implements vscode.ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}

export class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState: number = TreeItemCollapsibleState.None,
  ) {}
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const ConfigurationTarget = { Global: 1, Workspace: 2, WorkspaceFolder: 3 };
export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 };

/** Fills placeholders by position or by name. */
export const l10n = {
  t(message: string | { message: string; args?: unknown }, ...rest: unknown[]): string {
    const [text, given] =
      typeof message === 'string'
        ? [message, typeof rest[0] === 'object' ? rest[0] : rest]
        : [message.message, message.args];
    const values = (given ?? {}) as Record<string, unknown>;
    return text.replace(/\{([^}]+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
  },
};

const folder = mkdtempSync(join(tmpdir(), 'tir-stub-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const configured = new Map<string, unknown>();
const configurationChanged = new EventEmitter<vscode.ConfigurationChangeEvent>();
const { properties } = manifest.contributes.configuration;
const defaults = new Map<string, unknown>(
  Object.entries(properties).map(([name, property]) => [name, property.default]),
);
interface Folder {
  readonly uri: URI;
  readonly name: string;
  index: number;
}

let folders: readonly Folder[] = [{ uri: Uri.file(folder), name: 'workspace', index: 0 }];
const foldersChanged = new EventEmitter<{ added: readonly Folder[]; removed: readonly Folder[] }>();
const never = () => new Disposable(() => undefined);

export const workspace = only('workspace', {
  name: 'workspace',
  isTrusted: true,
  get workspaceFolders() {
    return folders.length === 0 ? undefined : folders;
  },
  updateWorkspaceFolders(start: number, deleteCount: number, ...added: readonly Omit<Folder, 'index'>[]) {
    const removed = folders.slice(start, start + deleteCount);
    const before = folders;
    // Like VS Code, which changes the index of the object that a folder has already.
    folders = [...folders.slice(0, start), ...added, ...folders.slice(start + deleteCount)].map(
      ({ uri, name }, index) => {
        const known = before.find((folder) => folder.uri.toString() === uri.toString());
        return Object.assign(known ?? { uri, name }, { index });
      },
    );
    foldersChanged.fire({ added: folders.slice(start, start + added.length), removed });
    return true;
  },
  textDocuments: [],
  asRelativePath: (uri: vscode.Uri) => relative(folder, uri.fsPath).replaceAll('\\', '/'),
  // A snapshot, like VS Code's.
  getConfiguration: (section: string) => {
    const now = new Map([...defaults, ...[...configured].filter(([, value]) => value !== undefined)]);
    return {
      get: (name: string, otherwise?: unknown) => structuredClone(now.get(`${section}.${name}`)) ?? otherwise,
      inspect: (name: string) => ({ globalValue: structuredClone(configured.get(`${section}.${name}`)) }),
      update: (name: string, value: unknown) => {
        const changed = `${section}.${name}`;
        if (configured.get(changed) !== value) {
          configured.set(changed, value);
          configurationChanged.fire({ affectsConfiguration: (asked) => `${changed}.`.startsWith(`${asked}.`) });
        }
        return Promise.resolve();
      },
    };
  },
  onDidChangeConfiguration: configurationChanged.event,
  onDidChangeWorkspaceFolders: foldersChanged.event,
  onDidGrantWorkspaceTrust: never,
});

const log = Object.fromEntries(
  ['trace', 'debug', 'info', 'warn', 'error', 'dispose'].map((name) => [name, () => undefined]),
);
const nobodyAnswers = () => Promise.resolve(undefined);

export class CancellationTokenSource {
  readonly token = { isCancellationRequested: false, onCancellationRequested: never };
}

export class NotebookCellStatusBarItem {
  constructor(
    readonly text: string,
    readonly alignment: number,
  ) {}
}
export const NotebookCellStatusBarAlignment = { Left: 1, Right: 2 };
export const notebooks = only('notebooks', { registerNotebookCellStatusBarItemProvider: never });

export const StatusBarAlignment = { Left: 1, Right: 2 };

export const UIKind = { Desktop: 1, Web: 2 };

export const tasks = only('tasks', {});
export const debug = only('debug', { onDidStartDebugSession: never, onDidTerminateDebugSession: never });
export const window = only('window', {
  terminals: [],
  state: { focused: true, active: true },
  onDidChangeWindowState: never,
  activeTextEditor: undefined,
  createOutputChannel: () => ({ ...log }),
  showInformationMessage: nobodyAnswers,
  showWarningMessage: nobodyAnswers,
  showErrorMessage: nobodyAnswers,
  setStatusBarMessage: () => new Disposable(() => undefined),
  withProgress: (_options: unknown, work: (progress: unknown, cancellation: unknown) => unknown) =>
    work({ report: () => undefined }, { isCancellationRequested: false, onCancellationRequested: never }),
});

/** VS Code's commands do nothing: the code under test only runs those that show something. */
export const commands = only('commands', { executeCommand: () => Promise.resolve(undefined) });

export const extensions = only('extensions', { getExtension: (): unknown => undefined });

export const authentication = only('authentication', { registerAuthenticationProvider: never });

let copied = '';
export const env = only('env', {
  language: 'en',
  uiKind: UIKind.Desktop,
  clipboard: {
    readText: () => Promise.resolve(copied),
    writeText: (text: string) => {
      copied = text;
      return Promise.resolve();
    },
  },
});

/** Limits an object to its given members. @throws Error if any other member is used */
function only<T extends object>(name: string, given: T): T {
  return new Proxy(given, {
    get(target, property) {
      if (!(property in target)) {
        throw new Error(
          `vscode.${name}.${String(property)} is not in the stub: a test that needs it belongs in test/host.`,
        );
      }
      return Reflect.get(target, property) as unknown;
    },
  });
}
