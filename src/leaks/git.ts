import * as vscode from 'vscode';

import type { KnownValues } from './knownValues';
import { type LeakedToken, scanText } from './scan';

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
  /** Resolves to a file's text in a commit, or in the index if `ref` is empty. Rejects if the file isn't there. */
  show(ref: string, path: string): Promise<string>;
  log(options: { path: string; maxEntries: number }): Promise<readonly { readonly hash: string }[]>;
  checkIgnore(paths: string[]): Promise<Set<string>>;
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

/** Resolves to those of the `fingerprints` that are in a file's committed versions. */
export async function findInHistory(
  repository: Repository,
  uri: vscode.Uri,
  fingerprints: ReadonlySet<string>,
  known: KnownValues,
): Promise<Set<string>> {
  const found = new Set<string>();
  // Rejects for a file that was never committed, which just has no history.
  const log = repository.log({ path: uri.fsPath, maxEntries: mostCommits }).catch(() => []);
  for (const { hash } of await log) {
    for (const { fingerprint } of await scanCommit(repository, hash, uri, known)) {
      if (fingerprints.has(fingerprint)) {
        found.add(fingerprint);
      }
    }
    if (found.size === fingerprints.size) {
      break;
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
  return scanText(await repository.show(ref, uri.fsPath).catch(() => ''), known);
}
