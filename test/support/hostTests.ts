import { join, sep } from 'node:path';

import * as vscode from 'vscode';

import { runMocha, wantedFiles } from './mocha';

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

/** Runs test files inside the extension host. @param files what evaluates each, by names such as `host/folders` */
export async function runHostTests(files: Readonly<Record<string, () => unknown>>): Promise<void> {
  const failures = await runMocha(
    wantedFiles(Object.keys(files)).map((name) => ({ name, load: () => files[name]?.() })),
    isOfTheEditor,
  );
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}
