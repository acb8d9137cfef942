import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';

import * as vscode from 'vscode';

import { runMocha } from './mocha';

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

/** Runs all tests of a folder inside the extension host. */
export async function runHostTests(folder: string): Promise<void> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.test.js'));
  const failures = await runMocha(
    files.sort().map((file) => join(folder, file)),
    // Who looks for them in a file has no use for a console.
    process.env['TIR_TEST_RESULTS'] === undefined ? console.log : () => undefined,
    isOfTheEditor,
  );
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}
