import type * as vscode from 'vscode';

import type { Repository } from './git';
import type { KnownValues } from './known';
import { scanText, type Finding } from './scan';

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
    for (const { fingerprint } of await findingsIn(repository, hash, uri, known)) {
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
export async function findingsIn(
  repository: Repository,
  ref: string,
  uri: vscode.Uri,
  known: KnownValues,
): Promise<readonly Finding[]> {
  return scanText(await repository.show(ref, uri.fsPath).catch(() => ''), known);
}
