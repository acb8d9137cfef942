import { basename, dirname } from 'node:path';

import * as vscode from 'vscode';

import { Limited } from '../base/async';
import { gitStatusOf } from '../export/git';
import { findGit, runProgram } from '../platform/programs';
import { isEnvFile } from '../rewrite/languages';
import type { KnownValues } from './knownValues';
import { type LeakedToken, scanText } from './scan';
import { decode } from './workspaceScan';

/*
 * The part of the built-in Git extension's API, version 1, that is used here
 * (https://github.com/microsoft/vscode/blob/main/extensions/git/src/api/git.d.ts).
 */

/** The API's `Status` for a file whose deletion is staged. */
const indexDeleted = 2;

interface Change {
  readonly uri: vscode.Uri;
  readonly status: number;
}

export interface Repository {
  readonly state: {
    /** The branch. It has no `commit` before the first one. */
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

/** Returns the staged files that will exist after the commit. */
export function stagedFiles({ state }: Repository): vscode.Uri[] {
  return state.indexChanges.filter(({ status }) => status !== indexDeleted).map(({ uri }) => uri);
}

/** Number of a file's newest commits to scan. */
const mostCommits = 20;

/** Git programs at a time. */
const programs = new Limited(4);

const never = new AbortController().signal;

/** Returns whether a file may have a token: it's a `.env` file that Git ignores, or that is in no repository. */
export async function mayHaveToken({ scheme, path, fsPath }: vscode.Uri): Promise<boolean> {
  if (!isEnvFile(path) || scheme !== 'file' || !vscode.workspace.isTrusted) {
    return false;
  }
  const status = programs.run(() => gitStatusOf(dirname(fsPath), never, basename(fsPath)));
  return ['ignored', 'outside'].includes(await status.catch(() => ''));
}

/**
 * Resolves to those of the `fingerprints` that the last commit's version of a file has, or the changes of its newest
 * commits; none if Git can't say.
 */
export async function findInHistory(
  { scheme, fsPath }: vscode.Uri,
  fingerprints: ReadonlySet<string>,
  known: KnownValues,
): Promise<Set<string>> {
  const isOnDisk = ['file', 'vscode-notebook-cell'].includes(scheme);
  const git = isOnDisk && vscode.workspace.isTrusted ? await findGit() : undefined;
  if (git === undefined) {
    return new Set();
  }
  const name = basename(fsPath);
  const options = ['--format=', '--no-color', '--no-ext-diff', '--no-textconv', '--text', `--max-count=${mostCommits}`];
  const found = new Set<string>();
  for (const args of [
    ['show', `HEAD:./${name}`],
    ['log', '--patch', ...options, '--', `:(literal)${name}`],
  ]) {
    if (found.size === fingerprints.size) {
      break;
    }
    const run = programs.run(() => runProgram(git, args, { folder: dirname(fsPath), signal: never }));
    const { output } = await run.catch(() => ({ output: '' }));
    // Without its zeros, UTF-16 reads like ASCII, which tokens are.
    const text = output.replaceAll('\0', '');
    for (const { fingerprint } of await scanText(text, known)) {
      if (fingerprints.has(fingerprint)) {
        found.add(fingerprint);
      }
    }
  }
  return found;
}

/**
 * Scans a version of a file. Finds nothing if that version doesn't have the file.
 * @param ref a commit, or empty for the index
 */
export async function scanCommit(
  repository: Repository,
  ref: string,
  uri: vscode.Uri,
  known: KnownValues,
): Promise<readonly LeakedToken[]> {
  const bytes = await programs.run(() => repository.buffer(ref, uri.fsPath)).catch(() => undefined);
  return scanText((bytes && (await decode(bytes))) ?? '', known);
}
