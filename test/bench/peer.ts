import { createRequire } from 'node:module';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import * as vscode from 'vscode';

import { beginProfile } from './measure';

/** Times of an extension's start, in milliseconds. */
export interface Start {
  /** Loading its main module. */
  readonly load: number;
  /** `activate()`, until its result has resolved. */
  readonly activate: number;
  /** From the call of `activate()` until it sets a terminal variable; undefined if it sets none. */
  readonly variable: number | undefined;
}

/** Data that an earlier window stored, in VS Code's secret storage and in the global state. */
export interface StoredData {
  readonly secrets: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, unknown>>;
}

/** An extension that can be started and measured on request. */
export interface Peer {
  /** Stores data as an earlier window would. */
  store(kept: StoredData): Promise<void>;
  /** Starts the extension. @param profile whether to write a CPU profile */
  start(profile?: boolean): Promise<Start>;
  /** Returns how many requests VS Code has made to its trees so far. */
  readonly asked: () => number;
  /** Calls `listener` whenever it sets a terminal variable. */
  readonly onVariable: (listener: () => void) => void;
}

interface Main {
  activate(context: vscode.ExtensionContext): unknown;
}

/** Replaces an extension's main module, and loads, activates and measures it on request. */
export function activate(context: vscode.ExtensionContext): Peer {
  const { packageJSON } = context.extension as { packageJSON: { readonly measured: string } };
  const file = join(context.extensionPath, packageJSON.measured);
  const asked = countAsked();
  let listen: () => void = () => undefined;
  return {
    asked,
    onVariable: (listener) => {
      listen = listener;
    },
    async store({ secrets, state }) {
      for (const [key, text] of Object.entries(secrets)) {
        await context.secrets.store(key, text);
      }
      for (const [key, value] of Object.entries(state)) {
        await context.globalState.update(key, value);
      }
    },
    async start(profile = false) {
      const endProfile = profile ? await beginProfile('start') : undefined;
      let variableAt: number | undefined;
      const { environmentVariableCollection: collection } = context;
      const replace = collection.replace.bind(collection);
      collection.replace = (...given) => {
        replace(...given);
        variableAt ??= performance.now();
        listen();
      };
      const begin = performance.now();
      const main = createRequire(file)(file) as Main;
      const loaded = performance.now();
      await main.activate(context);
      const activated = performance.now();
      await endProfile?.();
      const variable = variableAt && variableAt - loaded;
      return { load: loaded - begin, activate: activated - loaded, variable };
    },
  };
}

/** Counts VS Code's requests to this extension's trees. */
function countAsked(): () => number {
  let asked = 0;
  const { window } = vscode;
  const createTreeView = window.createTreeView.bind(window);
  window.createTreeView = <T>(id: string, options: vscode.TreeViewOptions<T>) => {
    const provider = options.treeDataProvider;
    return createTreeView(id, {
      ...options,
      treeDataProvider: {
        ...(provider.onDidChangeTreeData && { onDidChangeTreeData: provider.onDidChangeTreeData }),
        getChildren: (row) => (asked++, provider.getChildren(row)),
        getTreeItem: (row) => (asked++, provider.getTreeItem(row)),
        ...(provider.resolveTreeItem && { resolveTreeItem: provider.resolveTreeItem.bind(provider) }),
      },
    });
  };
  return () => asked;
}
