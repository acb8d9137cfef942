import { basename, dirname } from 'node:path';

import * as vscode from 'vscode';

import { Limited } from '../base/async';
import { gitStatusOf } from '../export/git';
import { findGit, runProgram } from '../platform/programs';
import { isEnvFile } from '../rewrite/languages';
import type { KnownValues } from './knownValues';
import { type LeakedToken, scanText } from './scan';
import { decode, type LeaksInFile } from './workspaceScan';

/*
 * This file is long because it has everything that the leak guard asks Git: through VS Code's extension and the program.
 * These are the parts of the extension's API, version 1, that it uses
 * (https://github.com/microsoft/vscode/blob/main/extensions/git/src/api/git.d.ts):
 */

/** The API's `Status` for a file whose deletion is staged. */
const indexDeleted = 2;

interface Change {
  readonly uri: vscode.Uri;
  /** The file's name before, if it was renamed. */
  readonly originalUri: vscode.Uri;
  readonly status: number;
}

export interface Repository {
  readonly rootUri: vscode.Uri;
  readonly state: {
    /** The branch, once VS Code has read it. It has no `commit` before the first one. */
    readonly HEAD: { readonly commit?: string } | undefined;
    readonly indexChanges: readonly Change[];
    readonly workingTreeChanges: readonly Change[];
    readonly onDidChange: vscode.Event<void>;
  };
  /** Resolves to a file in a commit, or in the index if `ref` is empty. Rejects if the file isn't there. */
  buffer(ref: string, path: string): Promise<Uint8Array>;
  /** Unstages files. */
  revert(paths: string[]): Promise<void>;
}

export interface Git {
  readonly repositories: readonly Repository[];
  readonly onDidOpenRepository: vscode.Event<Repository>;
  readonly onDidCloseRepository: vscode.Event<Repository>;
  getRepository(uri: vscode.Uri): Repository | null;
}

interface GitExtension {
  readonly enabled: boolean;
  readonly onDidChangeEnablement: vscode.Event<boolean>;
  getAPI(version: 1): Git;
}

/** Calls `use` now, or once Git is turned on. Never calls it without Git or in an untrusted workspace. */
export function withGit(use: (git: Git) => vscode.Disposable): vscode.Disposable {
  let isOver = false;
  const subscriptions: vscode.Disposable[] = [
    new vscode.Disposable(() => {
      isOver = true;
    }),
  ];
  const begin = (extension: GitExtension) => {
    if (extension.enabled && !isOver) {
      subscriptions.push(use(extension.getAPI(1)));
      return true;
    }
    return false;
  };
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  void extension?.activate().then(
    (git) => {
      if (!begin(git) && !isOver) {
        const subscription = git.onDidChangeEnablement(() => {
          if (begin(git)) {
            subscription.dispose();
          }
        });
        subscriptions.push(subscription);
      }
    },
    () => undefined,
  );
  return new vscode.Disposable(() => {
    vscode.Disposable.from(...subscriptions).dispose();
  });
}

/** Returns the staged changes of files that will exist after the commit. */
export function stagedChanges({ state }: Repository): Change[] {
  return state.indexChanges.filter(({ status }) => status !== indexDeleted);
}

/** Number of newest commits to scan. */
const mostCommits = 20;
/** Characters of Git's output to replace zeros in at once. */
const replacedAtOnce = 100_000;

/** Git programs at a time. */
const programs = new Limited(4);

/** Creates a signal that nothing aborts. A shared one would keep a listener for each program that doesn't start. */
const unaborted = () => new AbortController().signal;

/** Returns whether a file may have a token: it's a `.env` file that Git ignores, or that is in no repository. */
export async function mayHaveToken({ scheme, path, fsPath }: vscode.Uri): Promise<boolean> {
  if (!isEnvFile(path) || scheme !== 'file' || !vscode.workspace.isTrusted) {
    return false;
  }
  const status = programs.run(() => gitStatusOf(dirname(fsPath), unaborted(), basename(fsPath)));
  return ['ignored', 'outside'].includes(await status.catch(() => ''));
}

const patches = ['--patch', '--no-color', '--no-ext-diff', '--no-textconv'];

/** Resolves to Git's output in a folder; to nothing if it fails, or in an untrusted workspace. */
async function outputOf(folder: string, args: readonly string[]): Promise<string> {
  const git = vscode.workspace.isTrusted ? await findGit() : undefined;
  if (git === undefined) {
    return '';
  }
  const run = programs.run(() => runProgram(git, args, { folder, signal: unaborted() }));
  const { output } = await run.catch(() => ({ output: '' }));
  return output;
}

/**
 * Resolves to the `fingerprints` that are in a file's last committed version or its newest commits' changes; none if Git
 * can't tell.
 */
export async function findInHistory(
  { scheme, fsPath }: vscode.Uri,
  fingerprints: ReadonlySet<string>,
  known: KnownValues,
): Promise<Set<string>> {
  const found = new Set<string>();
  if (!['file', 'vscode-notebook-cell'].includes(scheme)) {
    return found;
  }
  const name = basename(fsPath);
  for (const args of [
    ['show', `HEAD:./${name}`],
    ['log', ...patches, '--format=', '--text', `--max-count=${mostCommits}`, '--', `:(literal)${name}`],
  ]) {
    if (found.size === fingerprints.size) {
      break;
    }
    const text = await withoutZeros(await outputOf(dirname(fsPath), args));
    for (const { fingerprint } of await scanText(text, known)) {
      if (fingerprints.has(fingerprint)) {
        found.add(fingerprint);
      }
    }
  }
  return found;
}

/** Removes zeros: UTF-16 then reads like ASCII, which tokens are. */
async function withoutZeros(text: string): Promise<string> {
  if (!text.includes('\0')) {
    return text;
  }
  let kept = '';
  for (let at = 0; at < text.length; at += replacedAtOnce) {
    // Filtering bytes is many times faster than replacing so many matches in a text.
    const bytes = Buffer.from(text.slice(at, at + replacedAtOnce));
    kept += bytes.filter((byte) => byte !== 0).toString();
    await new Promise(setImmediate);
  }
  return kept;
}

/**
 * Resolves to the tokens that commits added when HEAD moved from one to another. Git's reflog shows which moves are
 * commits, rather than merges, checkouts, pulls or rebases.
 * @param moved `from` is undefined if there was no commit before
 */
export async function scanCommits(
  { rootUri }: Pick<Repository, 'rootUri'>,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  known: KnownValues,
): Promise<LeaksInFile[]> {
  const newestFirst = ['--walk-reflogs', '--format=%H %gs', '--no-show-signature', `--max-count=${mostCommits}`];
  const moves = (await outputOf(rootUri.fsPath, ['log', ...newestFirst, 'HEAD', '--'])).trimEnd().split('\n');
  const hashes = moves.map((move) => move.split(' ')[0] ?? '');
  const files: LeaksInFile[] = [];
  // Git itself may already be at a later commit than VS Code.
  for (
    let at = to === undefined ? -1 : hashes.indexOf(to);
    at >= 0 && at < hashes.length && hashes[at] !== from;
    at++
  ) {
    // Other moves are left out like a merge.
    const [, kind] = /^\w+ commit(?: \((\w+)\))?/.exec(moves[at] ?? '') ?? ['', 'merge'];
    if (kind !== 'merge') {
      const commits = kind === 'initial' ? [] : hashes.slice(at + 1, at + 2);
      files.push(...(await scanPatch(rootUri, [...commits, hashes[at] ?? ''], known)));
    }
    if (kind === 'initial') {
      break;
    }
  }
  return files;
}

/** Marks an added line. Git's `+` would also begin the line with the file's name, `+++ path`. */
const added = '>';

/**
 * Resolves to the tokens that were added between two commits, or by one, without those that were only moved.
 * @param commits the older one first
 */
async function scanPatch(rootUri: vscode.Uri, commits: readonly string[], known: KnownValues): Promise<LeaksInFile[]> {
  const options = ['--root', '--no-commit-id', '--find-renames', `--output-indicator-new=${added}`, '--dst-prefix='];
  const read = (...more: readonly string[]) =>
    outputOf(rootUri.fsPath, ['-c', 'core.quotePath=false', 'diff-tree', ...patches, ...options, ...more, ...commits]);
  // With large binary files in it, it can be too long.
  const patch = (await withoutZeros((await read('--text')) || (await read()))).replace(/\r(?!\n)/g, ' ');
  const found = await scanText(patch, known);
  const lines = found.length > 0 ? patch.split('\n') : [];
  const isRemoved = ({ line }: LeakedToken) => lines[line]?.startsWith('-') === true;
  const removed = new Set(found.filter(isRemoved).map(({ fingerprint }) => fingerprint));
  const files: { uri: vscode.Uri; leakedTokens: LeakedToken[] }[] = [];
  let [line, next] = [0, 0];
  for (const [index, text] of lines.entries()) {
    if (text.startsWith('+++ ')) {
      files.push({ uri: vscode.Uri.joinPath(rootUri, pathIn(text)), leakedTokens: [] });
    } else if (text.startsWith('@@')) {
      line = Number(/\+(\d+)/.exec(text)?.[1]) - 1;
    }
    for (let one = found[next]; one?.line === index; one = found[++next]) {
      if (text.startsWith(added) && !removed.has(one.fingerprint)) {
        files.at(-1)?.leakedTokens.push({ ...one, line, start: one.start - 1, end: one.end - 1 });
      }
    }
    // Git can leave out the space of an empty line, and adds a line that begins with a backslash.
    line += /^[@\\-]/.test(text) ? 0 : 1;
  }
  return files.filter(({ leakedTokens }) => leakedTokens.length > 0);
}

/** Returns the path in `+++ path`. Git adds a tab to one with spaces, and quotes to one with quotes. */
function pathIn(header: string): string {
  const [, path = ''] = /^\+\+\+ (.*?)\t?$/.exec(header) ?? [];
  return path.startsWith('"') ? path.slice(1, -1).replace(/\\(.)/g, '$1') : path;
}

/**
 * Scans a version of a file. Finds nothing if that version doesn't have the file.
 * @param ref a commit, or empty for the index
 */
export async function scanVersion(
  repository: Repository,
  ref: string,
  uri: vscode.Uri,
  known: KnownValues,
): Promise<readonly LeakedToken[]> {
  const bytes = await programs.run(() => repository.buffer(ref, uri.fsPath)).catch(() => undefined);
  return scanText((bytes && (await decode(bytes))) ?? '', known);
}
