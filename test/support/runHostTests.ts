import { join, sep } from 'node:path';

import * as vscode from 'vscode';

import { runMocha, type TestFiles } from './mocha';

/**
 * Returns whether an error comes only from VS Code's built-in extensions, which share this process. The Git extension,
 * for example, throws if a repository is deleted while it's being read.
 */
function isOfTheEditor(error: unknown): boolean {
  const { appRoot } = vscode.env;
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').slice(1) : [];
  const inFiles = frames.filter((frame) => frame.includes(sep) && !frame.includes('node:'));
  return (
    inFiles.some((frame) => frame.includes(join(appRoot, 'extensions'))) &&
    inFiles.every((frame) => frame.includes(appRoot))
  );
}

/** Runs test files inside the extension host. */
export async function runHostTests(files: TestFiles): Promise<void> {
  // VS Code has many rejections of its own, which its log records. It may be installed in a folder of this repository.
  const root = join(__dirname, '..', '..');
  const isOurs = (error: unknown) =>
    error instanceof Error &&
    (error.stack ?? '').split('\n').some((frame) => frame.includes(root) && !frame.includes(vscode.env.appRoot));
  const failures = await runMocha(files, isOfTheEditor, isOurs);
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}
