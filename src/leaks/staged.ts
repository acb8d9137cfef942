import * as vscode from 'vscode';

import { fromUi } from '../base/arguments';
import { Queue } from '../base/async';
import { Disposable } from '../base/disposable';
import { plain } from '../base/text';
import type { NamedToken } from '../secrets/records';
import { rangeOf } from './diagnostics';
import { type Git, type Repository, scanCommits, scanVersion, stagedChanges } from './git';
import type { KnownValues } from './knownValues';
import type { LeakedToken } from './scan';
import { type LeaksInFile, scanFile } from './workspaceScan';

/** Milliseconds between an event and the check: VS Code reports each step of Git, and only the outcome counts. */
const readDelay = 500;

/** Leaked tokens to warn about. */
export interface LeaksInRepository {
  readonly repository: Repository;
  readonly files: readonly LeaksInFile[];
}

/** What the guard needs to check files, and the callbacks that it reports to. */
export interface StagedEvents {
  readonly known: () => KnownValues;
  /** Returns whether a match counts. */
  readonly isReported: (leakedToken: LeakedToken) => boolean;
  /** Receives all staged tokens when one of them is new. */
  readonly staged: (leaks: LeaksInRepository) => void;
  /** Receives the tokens that new commits added after HEAD moved; none after a checkout or a pull. */
  readonly headMoved: (leaks: LeaksInRepository) => void;
}

/**
 * Checks what is staged and committed in each repository, and reports credentials that the last commit didn't have. This
 * file is long because the guard, a repository's watch and their messages are read together.
 */
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

  /** Checks again, after the stored values changed. */
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
  /** Runs one check at a time: each compares its results with those of the one before. */
  readonly #queue = new Queue();
  #staged: readonly LeaksInFile[] = [];
  /** HEAD when it was last looked at. */
  #head: Repository['state']['HEAD'];
  #known: KnownValues;
  /** Matches in files that haven't changed, by URI, modification time and size. */
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
    // The next event doesn't postpone the check: while Git is busy, there's always another one.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#queue.run(() => this.#look()).catch(() => undefined);
    }, readDelay);
  }

  async #look(): Promise<void> {
    const { repository, events } = this;
    const { HEAD } = repository.state;
    if (!HEAD) {
      return;
    }
    const known = events.known();
    if (known !== this.#known) {
      this.#known = known;
      this.#read = new Map();
    }
    const files = await this.#scanStaged(HEAD.commit);
    const before = { staged: this.#staged, head: this.#head };
    [this.#staged, this.#head] = [files, HEAD];
    if (before.head && before.head.commit !== HEAD.commit) {
      const commits = { from: before.head.commit, to: HEAD.commit };
      const committed = await scanCommits(repository, commits, known);
      events.headMoved({ repository, files: withLeaks(committed, events.isReported) });
    }
    if (subtract(files, before.staged).length > 0) {
      events.staged({ repository, files });
    }
  }

  /** Scans the staged files. Leaves out what the last commit already has, since the file itself shows that. */
  async #scanStaged(head: string | undefined): Promise<LeaksInFile[]> {
    const { repository, events } = this;
    const changed = new Set(repository.state.workingTreeChanges.map(({ uri }) => uri.toString()));
    const read = new Map<string, readonly LeakedToken[]>();
    const found: LeaksInFile[] = [];
    for (const { uri, originalUri } of stagedChanges(repository)) {
      const isStagedOtherwise = changed.has(uri.toString());
      const all = isStagedOtherwise
        ? await scanVersion(repository, '', uri, this.#known)
        : await this.#readFile(uri, read);
      const leakedTokens = all.filter(events.isReported);
      const needsCommit = head !== undefined && leakedTokens.length > 0;
      const there = needsCommit ? await scanVersion(repository, head, originalUri, this.#known) : [];
      const committed = new Set(there.map(({ fingerprint }) => fingerprint));
      found.push({ uri, leakedTokens: leakedTokens.filter(({ fingerprint }) => !committed.has(fingerprint)) });
    }
    this.#read = read;
    return withLeaks(found);
  }

  /**
   * Scans a staged file that is the same on disk. Reading it there starts no Git process, unless it has a token: a
   * filter of Git, such as nbstripout, can stage another text.
   */
  async #readFile(uri: vscode.Uri, read: Map<string, readonly LeakedToken[]>): Promise<readonly LeakedToken[]> {
    const stat = await Promise.resolve(vscode.workspace.fs.stat(uri)).catch(() => undefined);
    const key = `${uri.toString()} ${stat?.mtime} ${stat?.size}`;
    const before = this.#read.get(key);
    const found = before ?? (await scanFile(uri, this.#known));
    const isCertain = before !== undefined || found.length === 0;
    const leakedTokens = isCertain ? found : await scanVersion(this.repository, '', uri, this.#known);
    read.set(key, leakedTokens);
    return leakedTokens;
  }
}

/** Returns the files with the matches that are kept, without files that have none. */
function withLeaks(
  files: readonly LeaksInFile[],
  isKept: (leakedToken: LeakedToken, uri: vscode.Uri) => boolean = () => true,
): LeaksInFile[] {
  return files
    .map(({ uri, leakedTokens }) => ({ uri, leakedTokens: leakedTokens.filter((one) => isKept(one, uri)) }))
    .filter(({ leakedTokens }) => leakedTokens.length > 0);
}

/** Returns the matches in `files` that `others` don't have. */
function subtract(files: readonly LeaksInFile[], others: readonly LeaksInFile[]): LeaksInFile[] {
  const keyOf = (uri: vscode.Uri, { fingerprint }: LeakedToken) => `${uri.toString()} ${fingerprint}`;
  const there = new Set(
    others.flatMap(({ uri, leakedTokens }) => leakedTokens.map((leakedToken) => keyOf(uri, leakedToken))),
  );
  return withLeaks(files, (leakedToken, uri) => !there.has(keyOf(uri, leakedToken)));
}

/** Number of places that a warning names; it counts the others. */
const mostPlaces = 3;

/** Warns that a staged file has a token, and offers to show or unstage it. */
export async function tellStaged({ repository, files }: LeaksInRepository): Promise<void> {
  const [show, unstage] = [vscode.l10n.t('Show'), vscode.l10n.t('Unstage')];
  const message = vscode.l10n.t('You staged a TIR token in {0}.', places(files));
  const answer = await vscode.window.showWarningMessage(message, show, unstage);
  if (answer === unstage) {
    await repository.revert(files.map(({ uri }) => uri.fsPath));
  } else if (answer === show) {
    await showFirst(files);
  }
}

/** Warns that a commit has a token, and offers to rotate it if it's one of the person's, else to show it. */
export async function tellCommitted(
  { files }: LeaksInRepository,
  tokenOf: (leakedToken: LeakedToken) => Promise<NamedToken | undefined>,
): Promise<void> {
  const tokens = await Promise.all(files.flatMap(({ leakedTokens }) => leakedTokens.map(tokenOf)));
  const token = tokens.find((one) => one !== undefined);
  const button = token ? vscode.l10n.t('Rotate…') : vscode.l10n.t('Show');
  const message = vscode.l10n.t(
    'You committed a TIR token in {0}. Anyone who gets the repository can use it until you rotate or delete it.',
    places(files),
  );
  if ((await vscode.window.showWarningMessage(message, button)) === button) {
    await (token ? vscode.commands.executeCommand('tir.rotateToken', fromUi(token)) : showFirst(files));
  }
}

async function showFirst([first]: LeaksInRepository['files']): Promise<void> {
  if (first?.leakedTokens[0]) {
    await vscode.window.showTextDocument(first.uri, { selection: rangeOf(first.leakedTokens[0]) });
  }
}

function places(files: LeaksInRepository['files']): string {
  const all = files.flatMap(({ uri, leakedTokens }) =>
    leakedTokens.map(({ line }) =>
      vscode.l10n.t('{0}, line {1}', plain(vscode.workspace.asRelativePath(uri)), line + 1),
    ),
  );
  const shown = all.slice(0, mostPlaces);
  return [...shown, ...(all.length > mostPlaces ? [vscode.l10n.t('and {0} more', all.length - mostPlaces)] : [])].join(
    '; ',
  );
}
