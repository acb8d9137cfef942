import type * as vscode from 'vscode';

import type { Repository } from './git';
import type { KnownValues } from './known';
import { scanText } from './scan';

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
    const text = await repository.show(hash, uri.fsPath).catch(() => '');
    for (const { fingerprint } of scanText(text, known)) {
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
