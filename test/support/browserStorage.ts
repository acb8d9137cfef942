import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

/** Secret storage of VS Code in a browser: each window reads all secrets once, and writes all it has at each change. */
export class BrowserStorage {
  kept: Readonly<Record<string, string>> = {};
  /** Folder on the server that all windows share. */
  readonly shared = vscode.Uri.file(mkdtempSync(join(tmpdir(), 'tir-server-')));

  /** @param lists whether it can list its keys; VS Code 1.96 can't */
  constructor(private readonly lists = true) {}

  newWindow(): vscode.SecretStorage {
    let cache = { ...this.kept };
    const changed = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
    const write = (key: string, next: Record<string, string>) => {
      cache = next;
      this.kept = { ...cache };
      changed.fire({ key });
      return Promise.resolve();
    };
    return {
      onDidChange: changed.event,
      ...(this.lists && { keys: () => Promise.resolve(Object.keys(cache)) }),
      get: (key) => Promise.resolve(cache[key]),
      store: (key, value) => write(key, { ...cache, [key]: value }),
      delete: (key) => write(key, Object.fromEntries(Object.entries(cache).filter(([name]) => name !== key))),
    };
  }
}
