import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { begin, type TestSetup, run, signIn } from '../support';

/** The path of a file in the workspace folder that exports go to. */
export const inFolder = (name: string) => join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, name);

/** A signed-in VS Code, with a token to export. Its `end` also removes what was exported. */
export interface ExportBench extends TestSetup {
  readonly id: number;
  readonly value: string;
  readonly apiKey: string;
  /** Asserts that `work` rejects with this code and message, and that the error doesn't hold the value. */
  isRefused(work: Promise<unknown>, code: string, words: RegExp): Promise<void>;
}

export async function beginExport(): Promise<ExportBench> {
  const bench = await begin();
  await signIn(bench.emulator);
  const { id } = await run<{ id: number }>('createToken', { name: 'dev-laptop' });
  const { value, apiKey } = bench.emulator.made.find(({ name }) => name === 'dev-laptop')!;
  const isRefused = (work: Promise<unknown>, code: string, words: RegExp) =>
    assert.rejects(work, (error: Error & { code?: string }) => {
      assert.equal(error.code, code, error.message);
      assert.match(error.message, words);
      assert.ok(!error.message.includes(value) && !String(error.stack).includes(value));
      return true;
    });
  return {
    ...{ ...bench, id, value, apiKey, isRefused },
    async end() {
      await vscode.env.clipboard.writeText('');
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await bench.end();
      for (const name of ['.env', '.gitignore', '.git']) {
        // The Git extension may have these open.
        rmSync(inFolder(name), { recursive: true, force: true, maxRetries: 10 });
      }
    },
  };
}
