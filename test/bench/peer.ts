import { createRequire } from 'node:module';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import * as vscode from 'vscode';

import { beginProfile } from './measure';

/** What an extension's start took, in milliseconds. */
export interface Start {
  /** Its main module evaluated. */
  readonly load: number;
  /** `activate()`, until what it returns has resolved. */
  readonly activate: number;
  /** From its call until terminals get a variable of it; undefined where they never do. */
  readonly variable: number | undefined;
}

/** What an extension has kept before, in the editor's secret storage and in its global state. */
export interface Kept {
  readonly secrets: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, unknown>>;
}

/** An extension that waits to be started. */
export interface Peer {
  /** Leaves what it has kept before. */
  keep(kept: Kept): Promise<void>;
  /** @param profile whether to write down what the processor does meanwhile */
  start(profile?: boolean): Promise<Start>;
  /** How often the editor has asked its trees for something so far. */
  readonly asked: () => number;
}

interface Main {
  activate(context: vscode.ExtensionContext): unknown;
}

/** Stands in for an extension's main module, which it starts, and measures, when it is told to. */
export function activate(context: vscode.ExtensionContext): Peer {
  const { packageJSON } = context.extension as { packageJSON: { readonly measured: string } };
  const file = join(context.extensionPath, packageJSON.measured);
  const asked = countAsked();
  return {
    asked,
    async keep({ secrets, state }) {
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

/** Counts what the editor asks the trees of this extension for. */
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
