import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import * as vscode from 'vscode';

import type { Repository } from '../../../src/leaks/git';
import { until } from '../../support/until';
import { notebookOf } from '../support';

/** Fake credentials, generated at run time. */
export const fakeCredentials = {
  platformToken(): string {
    const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');
    const iss = 'http://gateway.e2enetworks.com/auth/realms/apiman';
    return [part({ alg: 'RS256' }), part({ iss, jti: randomUUID() }), randomBytes(64).toString('base64url')].join('.');
  },
  opaque: () => `Q${randomBytes(48).toString('hex')}7`,
};

export function leaksIn(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ source }) => source === 'TIR Tokens')
    .sort((a, b) => a.range.start.compareTo(b.range.start));
}

/** Waits until a document shows exactly `count` leaked tokens. Resolves to their diagnostics. */
export async function waitForLeaks(uri: vscode.Uri, count: number): Promise<vscode.Diagnostic[]> {
  return until(`${count} leaks in ${uri.path}`, () => {
    const leaks = leaksIn(uri);
    return leaks.length === count ? leaks : undefined;
  });
}

/** Writes files into a folder. The keys are paths in it. */
export function write(folder: string, files: Record<string, string | Buffer>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

/** Writes a file, and opens it as a document. */
export function open(folder: string, file: string, text: string): Thenable<vscode.TextDocument> {
  write(folder, { [file]: text });
  return vscode.workspace.openTextDocument(vscode.Uri.file(join(folder, file)));
}

/** Inserts text at the start of a document without saving it. */
export async function typeInto(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** Writes a notebook file with these cells, and opens it. */
export function openNotebook(folder: string, cells: readonly string[]): Thenable<vscode.NotebookDocument> {
  write(folder, { 'a.ipynb': notebookOf(cells) });
  return vscode.workspace.openNotebookDocument(vscode.Uri.file(join(folder, 'a.ipynb')));
}

/** The part of the Git extension's API that tests use, which is more than the extension itself uses. */
export interface TestRepository extends Repository {
  commit(message: string): Promise<void>;
  setConfig(key: string, value: string): Promise<unknown>;
}

interface GitExtension {
  getAPI(version: 1): { openRepository(root: vscode.Uri): Promise<TestRepository | null> };
}

/** Creates a repository in the workspace, because the oldest VS Code opens none elsewhere. */
export async function newRepository(): Promise<{ folder: string; open: () => Promise<TestRepository> }> {
  const folder = mkdtempSync(join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'git-'));
  execFileSync('git', ['init', '--quiet'], { cwd: folder });
  const extension = await vscode.extensions.getExtension<GitExtension>('vscode.git')!.activate();
  return {
    folder,
    async open() {
      const repository = await extension.getAPI(1).openRepository(vscode.Uri.file(folder));
      assert.ok(repository, 'VS Code has not opened the repository');
      return repository;
    },
  };
}
