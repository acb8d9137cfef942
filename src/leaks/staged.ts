import * as vscode from 'vscode';

import { Queue } from '../base/async';
import { Disposable } from '../base/disposable';
import { fromUi } from '../base/arguments';
import { plain } from '../base/sentences';
import { rangeOf } from './diagnostics';
import { leaksIn, type Git, type Repository, stagedFiles } from './git';
import type { KnownValues } from './known';
import { type LeakedToken, scanText } from './scan';
import { type LeaksInFile, readText } from './workspaceScan';

/** The editor tells of each step of git; what it comes to is looked at. Milliseconds. */
const readDelay = 500;

/** What a person is told of, and can do something about. */
export interface StagedLeaks {
  readonly repository: Repository;
  readonly files: readonly LeaksInFile[];
}

/** What the guard looks with, and whom it tells. */
export interface StagedEvents {
  readonly known: () => KnownValues;
  /** Whether a finding counts. */
  readonly isLeak: (finding: LeakedToken) => boolean;
  /** What is staged, each credential of a file once. */
  readonly staged: (leaks: StagedLeaks) => void;
  /** What went into a commit nevertheless, wherever that was made. */
  readonly committed: (leaks: StagedLeaks) => void;
}

/** Looks at what is staged in a repository before it is committed, and says when it holds a credential that was not there. */
export class StagedGuard extends Disposable {
  readonly #watches = new Map<Repository, StagedWatch>();

  constructor(
    git: Git,
    private readonly events: StagedEvents,
  ) {
    super();
    this.register(git.onDidOpenRepository((repository) => this.#watch(repository)));
    this.register(
      git.onDidCloseRepository((repository) => {
        this.#watches.get(repository)?.dispose();
        this.#watches.delete(repository);
      }),
    );
    for (const repository of git.repositories) {
      this.#watch(repository);
    }
  }

  override dispose(): void {
    super.dispose();
    this.#watches.forEach((watch) => watch.dispose());
  }

  /** Anew: other values are known. */
  refresh(): void {
    for (const watch of this.#watches.values()) {
      watch.look();
    }
  }

  #watch(repository: Repository): void {
    if (!this.#watches.has(repository)) {
      this.#watches.set(repository, new StagedWatch(repository, this.events));
    }
  }
}

class StagedWatch extends Disposable {
  #timer: NodeJS.Timeout | undefined;
  /** One look after the other: what was told of must be known to the next. */
  readonly #queue = new Queue();
  #staged: readonly LeaksInFile[] = [];
  /**
   * What was staged at any time since the last commit: for a moment the editor can have an index that is empty
   * already, and yet the commit before.
   */
  #stagedSinceHead: readonly LeaksInFile[] = [];
  #head: string | undefined;
  #known: KnownValues;
  /** What was found in a file that is as it was: by its address, its time and its size. */
  #read: ReadonlyMap<string, readonly LeakedToken[]> = new Map();

  constructor(
    private readonly repository: Repository,
    private readonly events: StagedEvents,
  ) {
    super();
    this.#known = events.known();
    this.register(repository.state.onDidChange(() => this.look()));
    this.look();
  }

  override dispose(): void {
    super.dispose();
    clearTimeout(this.#timer);
  }

  look(): void {
    // Not put off by the next step of git: while it is busy there is always one.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#queue.run(() => this.#look()).catch(() => undefined);
    }, readDelay);
  }

  async #look(): Promise<void> {
    const { repository, events } = this;
    const known = events.known();
    if (known !== this.#known) {
      this.#known = known;
      this.#read = new Map();
    }
    // The commit that the editor speaks of: git itself may be at the next one already.
    const head = repository.state.HEAD?.commit;
    const files = await this.#found(head);
    const before = { staged: this.#staged, sinceHead: this.#stagedSinceHead, head: this.#head };
    [this.#staged, this.#head] = [files, head];
    if (head === before.head) {
      // As it is now, where it still is: its line, and whose token it is, may have changed.
      this.#stagedSinceHead = [...files, ...without(files, before.sinceHead)];
    } else {
      this.#stagedSinceHead = files;
      const committed = await inEach(before.sinceHead, async (file) => {
        const there = await this.#thereIn(head, file);
        // What was staged a while ago may have been said to be no token since.
        return file.findings.filter((finding) => there.has(finding.fingerprint) && events.isLeak(finding));
      });
      if (committed.length > 0) {
        events.committed({ repository, files: committed });
      }
    }
    if (without(before.staged, files).length > 0) {
      events.staged({ repository, files });
    }
  }

  /** What is staged, without what the last commit has already: that is told of in the file itself. */
  async #found(head: string | undefined): Promise<LeaksInFile[]> {
    const { repository, events } = this;
    const changed = new Set(repository.state.workingTreeChanges.map(({ uri }) => uri.toString()));
    const read = new Map<string, readonly LeakedToken[]>();
    const files = stagedFiles(repository).map((uri) => ({ uri, findings: [] }));
    const found = await inEach(files, async ({ uri }) => {
      const isStagedOtherwise = changed.has(uri.toString());
      const all = isStagedOtherwise ? await leaksIn(repository, '', uri, this.#known) : await this.#readFile(uri, read);
      const findings = all.filter(events.isLeak);
      const there = await this.#thereIn(head, { uri, findings });
      return findings.filter(({ fingerprint }) => !there.has(fingerprint));
    });
    this.#read = read;
    return found;
  }

  /** A file that is staged as it is on the disk is read there, which costs no program. */
  async #readFile(uri: vscode.Uri, read: Map<string, readonly LeakedToken[]>): Promise<readonly LeakedToken[]> {
    const stat = await Promise.resolve(vscode.workspace.fs.stat(uri)).catch(() => undefined);
    const key = `${uri.toString()} ${stat?.mtime} ${stat?.size}`;
    const findings = this.#read.get(key) ?? scanText((await readText(uri)) ?? '', this.#known);
    read.set(key, findings);
    return findings;
  }

  /** What a commit has in a file that holds credentials, by their fingerprints. */
  async #thereIn(head: string | undefined, { uri, findings }: LeaksInFile): Promise<Set<string>> {
    const isAsked = head !== undefined && findings.length > 0;
    const there = isAsked ? await leaksIn(this.repository, head, uri, this.#known) : [];
    return new Set(there.map(({ fingerprint }) => fingerprint));
  }
}

/** The files with what is found in each; without those in which nothing is. */
async function inEach(
  files: readonly LeaksInFile[],
  find: (file: LeaksInFile) => Promise<readonly LeakedToken[]>,
): Promise<LeaksInFile[]> {
  const found: LeaksInFile[] = [];
  for (const file of files) {
    const findings = await find(file);
    if (findings.length > 0) {
      found.push({ uri: file.uri, findings });
    }
  }
  return found;
}

/** What some files have that others do not. */
function without(others: readonly LeaksInFile[], files: readonly LeaksInFile[]): LeaksInFile[] {
  const keyOf = (uri: vscode.Uri, { fingerprint }: LeakedToken) => `${uri.toString()} ${fingerprint}`;
  const there = new Set(others.flatMap(({ uri, findings }) => findings.map((finding) => keyOf(uri, finding))));
  return files
    .map(({ uri, findings }) => ({ uri, findings: findings.filter((finding) => !there.has(keyOf(uri, finding))) }))
    .filter(({ findings }) => findings.length > 0);
}

/** So many places are named; the others are in the files. */
const named = 3;

/** Says that what is staged holds a credential, and offers to look at it and to take it out of the index. */
export async function tellStaged({ repository, files }: StagedLeaks): Promise<void> {
  const [show, unstage] = [vscode.l10n.t('Show'), vscode.l10n.t('Unstage')];
  const message = vscode.l10n.t('What is staged for the next commit holds a token: {0}.', places(files));
  const answer = await vscode.window.showWarningMessage(message, show, unstage);
  if (answer === unstage) {
    await repository.revert(files.map(({ uri }) => uri.fsPath));
  } else if (answer === show) {
    await showFirst(files);
  }
}

/** Says that a commit has one in it, and what alone helps then. */
export async function tellCommitted({ files }: StagedLeaks): Promise<void> {
  const token = files.flatMap(({ findings }) => findings).find(({ known }) => known?.token)?.known?.token;
  const button = token ? vscode.l10n.t('Revoke…') : vscode.l10n.t('Show');
  const message = vscode.l10n.t(
    'The commit holds a token: {0}. Whoever gets the repository can act with it, and revoking it is the only cure.',
    places(files),
  );
  if ((await vscode.window.showWarningMessage(message, button)) === button) {
    await (token ? vscode.commands.executeCommand('tir.rotateToken', fromUi(token)) : showFirst(files));
  }
}

async function showFirst([first]: StagedLeaks['files']): Promise<void> {
  if (first?.findings[0]) {
    await vscode.window.showTextDocument(first.uri, { selection: rangeOf(first.findings[0]) });
  }
}

function places(files: StagedLeaks['files']): string {
  const all = files.flatMap(({ uri, findings }) =>
    findings.map(({ line }) => vscode.l10n.t('{0}, line {1}', plain(vscode.workspace.asRelativePath(uri)), line + 1)),
  );
  const shown = all.slice(0, named);
  return [...shown, ...(all.length > named ? [vscode.l10n.t('and {0} more', all.length - named)] : [])].join('; ');
}
