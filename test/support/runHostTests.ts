import { join, sep } from 'node:path';

import * as vscode from 'vscode';

import { runMocha, type TestFiles } from './mocha';

/**
 * Whether only the editor's own extensions were at work: they share this process, and its git, for one, throws where a
 * repository goes while it asks.
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
  // The editor's own rejections are many, and its log has them. It may lie in a folder of this repository.
  const root = join(__dirname, '..', '..');
  const isOurs = (error: unknown) =>
    error instanceof Error &&
    (error.stack ?? '').split('\n').some((frame) => frame.includes(root) && !frame.includes(vscode.env.appRoot));
  const failures = await runMocha(files, isOfTheEditor, isOurs);
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}
