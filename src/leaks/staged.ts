import * as vscode from 'vscode';

import { stagedFiles, type Git, type Repository } from './git';
import type { KnownValues } from './known';
import { scanText, type Finding } from './scan';
import { readText, type FileFindings } from './workspaceScan';

/** The editor tells of each step of git; what it comes to is looked at. Milliseconds. */
const pause = 500;

/** What a person is told of, and can do something about. */
export interface StagedLeaks {
  readonly repository: Repository;
  readonly files: readonly FileFindings[];
}

/** Looks at what is staged in a repository before it is committed, and says when it holds a credential that was not there. */
export class StagedGuard implements vscode.Disposable {
  readonly #subscriptions: vscode.Disposable[];
  readonly #staged = new Map<Repository, readonly FileFindings[]>();
  readonly #watches = new Map<Repository, vscode.Disposable>();
  /** What was found in a file that is as it was: by its address, its time and its size. */
  readonly #read = new Map<Repository, ReadonlyMap<string, readonly Finding[]>>();

  /**
   * @param isLeak whether a finding counts
   * @param staged is told of what is staged, each credential of a file once
   * @param committed is told of what went into a commit nevertheless
   */
  constructor(
    git: Git,
    private readonly known: () => KnownValues,
    private readonly isLeak: (finding: Finding) => boolean,
    private readonly staged: (leaks: StagedLeaks) => void,
    private readonly committed: (leaks: StagedLeaks) => void,
  ) {
    this.#subscriptions = [
      git.onDidOpenRepository((repository) => this.#watch(repository)),
      git.onDidCloseRepository((repository) => {
        this.#watches.get(repository)?.dispose();
        this.#watches.delete(repository);
        this.#staged.delete(repository);
        this.#read.delete(repository);
      }),
    ];
    for (const repository of git.repositories) {
      this.#watch(repository);
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions, ...this.#watches.values()).dispose();
  }

  #watch(repository: Repository): void {
    if (this.#watches.has(repository)) {
      return;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    // One after the other: what was told of must be known to the next.
    let work = Promise.resolve();
    const look = () => {
      // Not put off by the next step of git: while it is busy there is always one.
      timer ??= setTimeout(() => {
        timer = undefined;
        work = work.then(() => this.#look(repository)).catch(() => undefined);
      }, pause);
    };
    const subscription = vscode.Disposable.from(
      repository.state.onDidChange(look),
      repository.onDidCommit(() => {
        const files = this.#staged.get(repository) ?? [];
        this.#staged.delete(repository);
        if (files.length > 0) {
          this.committed({ repository, files });
        }
      }),
      { dispose: () => clearTimeout(timer) },
    );
    this.#watches.set(repository, subscription);
    look();
  }

  async #look(repository: Repository): Promise<void> {
    const changed = new Set(repository.state.workingTreeChanges.map(({ uri }) => uri.toString()));
    const read = new Map<string, readonly Finding[]>();
    const files: FileFindings[] = [];
    for (const uri of stagedFiles(repository)) {
      const findings = changed.has(uri.toString())
        ? scanText(await repository.show('', uri.fsPath).catch(() => ''), this.known())
        : await this.#readFile(uri, this.#read.get(repository), read);
      const added = findings.length === 0 ? [] : await this.#added(repository, uri, findings.filter(this.isLeak));
      if (added.length > 0) {
        files.push({ uri, findings: added });
      }
    }
    this.#read.set(repository, read);
    const before = keysOf(this.#staged.get(repository) ?? []);
    this.#staged.set(repository, files);
    if ([...keysOf(files)].some((key) => !before.has(key))) {
      this.staged({ repository, files });
    }
  }

  /** A file that is staged as it is on the disk is read there, which costs no program. */
  async #readFile(
    uri: vscode.Uri,
    before: ReadonlyMap<string, readonly Finding[]> | undefined,
    read: Map<string, readonly Finding[]>,
  ): Promise<readonly Finding[]> {
    const stat = await Promise.resolve(vscode.workspace.fs.stat(uri)).catch(() => undefined);
    const key = `${uri.toString()} ${stat?.mtime} ${stat?.size}`;
    const findings = before?.get(key) ?? scanText((await readText(uri)) ?? '', this.known());
    read.set(key, findings);
    return findings;
  }

  /** Without what the last commit has already: that is told of in the file itself. */
  async #added(repository: Repository, uri: vscode.Uri, findings: readonly Finding[]): Promise<Finding[]> {
    const text = await repository.show('HEAD', uri.fsPath).catch(() => '');
    const there = new Set(scanText(text, this.known()).map(({ fingerprint }) => fingerprint));
    return findings.filter(({ fingerprint }) => !there.has(fingerprint));
  }
}

function keysOf(files: readonly FileFindings[]): Set<string> {
  return new Set(
    files.flatMap(({ uri, findings }) => findings.map(({ fingerprint }) => `${uri.toString()} ${fingerprint}`)),
  );
}
