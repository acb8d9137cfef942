import { join } from 'node:path';

import * as vscode from 'vscode';

import { isOfTheEditor, runMocha, type TestFiles } from './mocha';

/** Runs test files inside the extension host. */
export async function runHostTests(files: TestFiles): Promise<void> {
  // VS Code has many rejections of its own, which its log records. It may be installed in a folder of this repository.
  const root = join(__dirname, '..', '..');
  const isOurs = (error: unknown) =>
    error instanceof Error &&
    (error.stack ?? '').split('\n').some((frame) => frame.includes(root) && !frame.includes(vscode.env.appRoot));
  const failures = await runMocha(files, (error) => isOfTheEditor(error, vscode.env.appRoot), isOurs);
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}
