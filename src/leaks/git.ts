import * as vscode from 'vscode';

import type { KnownValues } from './known';
import { type LeakedToken, scanText } from './scan';

/*
 * The part of the built-in git extension's API that is used here, in version 1
 * (https://github.com/microsoft/vscode/blob/main/extensions/git/src/api/git.d.ts).
 */

/** Numbers of `Status` for a file that is staged to be deleted. */
const indexDeleted = 2;

interface Change {
  readonly uri: vscode.Uri;
  readonly status: number;
}

export interface Repository {
  readonly state: {
    /** The branch; its commit is missing before the first one. */
    readonly HEAD: { readonly commit?: string } | undefined;
    readonly indexChanges: readonly Change[];
    readonly workingTreeChanges: readonly Change[];
    readonly onDidChange: vscode.Event<void>;
  };
  /** A file in a version; in the index, where `ref` is empty. Rejects where it is not there. */
  show(ref: string, path: string): Promise<string>;
  log(options: { path: string; maxEntries: number }): Promise<readonly { readonly hash: string }[]>;
  checkIgnore(paths: string[]): Promise<Set<string>>;
  /** Takes files out of the index. */
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

/** The API, now or once git is switched on; it does not come where there is no git, or a workspace is not trusted. */
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

/** What is staged, and will be there after the commit. */
export function stagedFiles({ state }: Repository): vscode.Uri[] {
  return state.indexChanges.filter(({ status }) => status !== indexDeleted).map(({ uri }) => uri);
}

/** So many commits of a file are looked at, the newest first. */
const mostCommits = 20;

/** Which of some credentials are in a file's committed versions, by their fingerprints. */
export async function committed(
  repository: Repository,
  uri: vscode.Uri,
  fingerprints: ReadonlySet<string>,
  known: KnownValues,
): Promise<Set<string>> {
  const found = new Set<string>();
  // A file that was never committed has no history, and no error to tell of.
  const log = repository.log({ path: uri.fsPath, maxEntries: mostCommits }).catch(() => []);
  for (const { hash } of await log) {
    for (const { fingerprint } of await leaksIn(repository, hash, uri, known)) {
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

/** What is found in a version of a file; nothing, where that has no such file. @param ref of a commit; empty for what is staged */
export async function leaksIn(
  repository: Repository,
  ref: string,
  uri: vscode.Uri,
  known: KnownValues,
): Promise<readonly LeakedToken[]> {
  return scanText(await repository.show(ref, uri.fsPath).catch(() => ''), known);
}
