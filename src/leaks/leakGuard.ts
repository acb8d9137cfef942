import * as vscode from 'vscode';

import { coalesced } from '../base/async';
import { Disposable, onSetting } from '../base/disposable';
import { fingerprint } from '../base/secret';
import { settings } from '../base/settings';
import type { Store } from '../secrets/store';
import type { TokenLists } from '../tir/lists';
import { Owners } from '../tokens/owners';
import { isReported, ShownLeaks } from './diagnostics';
import { EnvMask } from './envMask';
import { earlierCells, LeakFixes, tokenOf } from './fixes';
import { type Git, withGit } from './git';
import { KnownValues, loadKnown } from './knownValues';
import { LiveScan, OutputScan } from './liveScan';
import { guardPaste } from './paste';
import { StagedGuard, tellCommitted, tellStaged } from './staged';
import { type LeaksInFile, scanFile, scanFolder } from './workspaceScan';

/**
 * Keeps tokens out of files: finds them, shows where they are, and offers fixes.
 *
 * After an edit, only the changed lines and a few around them are scanned (`scan.ts`). Expressions in `patterns.ts`
 * match candidates, and the function beside each expression judges them by those lines. This keeps the expressions
 * simple: a test proves with `recheck` that they match in linear time. `rewrite/` has the code of each language that
 * reads a variable.
 */
export class LeakGuard extends Disposable {
  /** URIs of files in which the last workspace scan found tokens. These stay shown when the file is closed. */
  #filesOfLastScan = new Set<string>();
  #known = new KnownValues(fingerprint);
  /** Resolves once `#known` has the values that are stored now. */
  #loading = Promise.resolve();
  #running: vscode.Disposable | undefined;
  #live: LiveScan | undefined;
  #outputs: OutputScan | undefined;
  #staged: StagedGuard | undefined;

  readonly #shown: ShownLeaks;
  readonly #owners: Owners;

  /** @param explanationPage the page that explains each code */
  constructor(
    private readonly store: Store,
    private readonly lists: TokenLists,
    private readonly host: () => string,
    private readonly log: vscode.LogOutputChannel,
    explanationPage: vscode.Uri,
  ) {
    super();
    this.#owners = new Owners(store, lists);
    const isOpen = (uri: vscode.Uri) => this.#isOpen(uri);
    this.#shown = this.register(new ShownLeaks(() => this.#known, this.#owners, isOpen, log, explanationPage));
  }

  /** Scans open documents from now on, while the setting is on. */
  start(): void {
    this.register(onSetting('tir.leaks', () => this.#follow()));
    this.register(
      this.store.onDidChange(({ kind }) => {
        if (kind === 'value' || kind === 'connection') {
          this.#loading = this.#load();
        }
      }),
    );
    this.register(this.lists.onDidChange(() => this.#showAll()));
    this.register(
      new LeakFixes((document, place) => this.#shown.leakAt(document, place), this.#owners, this.host).register(),
    );
    this.#loading = this.#load();
    this.#follow();
  }

  override dispose(): void {
    this.#running?.dispose();
    super.dispose();
  }

  /**
   * Scans the workspace's folders, and resolves to the number of leaked tokens.
   * @param report receives the number of files read so far
   * @throws TirError `cancelled`: results of earlier scans stay
   */
  async scanWorkspace(
    folders: readonly vscode.WorkspaceFolder[],
    signal: AbortSignal,
    report: (files: number) => void,
  ): Promise<number> {
    await this.#loading;
    const results: LeaksInFile[] = [];
    for (const { uri } of folders) {
      results.push(...(await scanFolder(uri, this.#known, { signal, report })));
    }
    for (const key of this.#filesOfLastScan) {
      if (!this.#live?.has(key)) {
        this.#shown.forget(key);
      }
    }
    this.#filesOfLastScan = new Set(results.map(({ uri }) => uri.toString()));
    for (const { uri, leakedTokens } of results.filter((result) => !this.#isOpen(result.uri))) {
      this.#shown.set(uri, leakedTokens);
    }
    // Open documents count with their current text, saved or not.
    await this.#live?.finish();
    const inside = ({ uri }: LeaksInFile) =>
      folders.some((folder) => uri.path.startsWith(`${folder.uri.path.replace(/\/$/, '')}/`));
    const files = this.#shown.all().filter(inside);
    // The scan has just read the files in `#filesOfLastScan`, so they exist.
    const isThere = await Promise.all(
      files.map(async ({ uri }) => this.#filesOfLastScan.has(uri.toString()) || (await isInWorkspace(uri))),
    );
    return files.filter((_, index) => isThere[index]).flatMap(({ leakedTokens }) => leakedTokens.filter(isReported))
      .length;
  }

  /** Starts or stops scanning open documents, as the setting says. */
  #follow(): void {
    if (settings.leaksEnabled() && !this.#running) {
      const mask = new EnvMask();
      this.#live = new LiveScan(
        () => this.#known,
        (document, leakedTokens) => {
          this.#shown.set(document.uri, leakedTokens);
          mask.set(document, leakedTokens);
        },
        (uri) => void this.#closed(uri),
      );
      this.#outputs = new OutputScan(
        () => this.#known,
        (leakedTokens) => this.#shown.describe(leakedTokens.filter(isReported)),
      );
      this.#running = vscode.Disposable.from(
        this.#live,
        this.#outputs,
        mask,
        guardPaste(() => this.#known, earlierCells),
        withGit((git) => this.#useGit(git)),
        vscode.workspace.onDidOpenNotebookDocument(({ uri }) => this.#shown.forget(uri.toString())),
        vscode.workspace.onDidCloseNotebookDocument(({ uri }) => void this.#closed(uri)),
      );
    } else if (!settings.leaksEnabled() && this.#running) {
      this.#running.dispose();
      this.#running = this.#live = this.#outputs = this.#staged = undefined;
      for (const { uri } of this.#shown.all()) {
        this.#shown.forget(uri.toString());
      }
    }
    this.#showAll();
  }

  #showAll(): void {
    this.#shown.showAll();
    this.#outputs?.scanAll();
  }

  readonly #load = coalesced(async () => {
    try {
      const known = await loadKnown(this.store, fingerprint);
      if (!known.equals(this.#known)) {
        this.#known = known;
        this.#live?.scanAll();
        this.#outputs?.scanAll();
        this.#staged?.refresh();
      }
    } catch (error) {
      this.log.warn(`Couldn't load stored values, so files aren't searched for them: ${String(error)}`);
    }
  });

  #useGit(git: Git): vscode.Disposable {
    this.#staged = new StagedGuard(git, {
      known: () => this.#known,
      isReported,
      staged: (leaks) => {
        this.#shown.logAll(leaks.files, 'staged');
        void tellStaged(leaks);
      },
      headMoved: (leaks) => {
        this.#shown.forgetHistory();
        this.#shown.showAll();
        if (leaks.files.length > 0) {
          void tellCommitted(leaks, (leakedToken) => tokenOf(leakedToken, this.#owners));
        }
      },
    });
    this.#shown.showAll();
    return vscode.Disposable.from(
      this.#staged,
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        if (uri.path.endsWith('/.gitignore')) {
          this.#shown.showAll();
        }
      }),
    );
  }

  #isOpen(uri: vscode.Uri): boolean {
    const key = uri.toString();
    return (
      this.#live?.has(key) === true || vscode.workspace.notebookDocuments.some((open) => open.uri.toString() === key)
    );
  }

  async #closed(uri: vscode.Uri): Promise<void> {
    const key = uri.toString();
    this.#shown.forget(key);
    if (this.#filesOfLastScan.has(key)) {
      const leakedTokens = await scanFile(uri, this.#known);
      if (!this.#isOpen(uri)) {
        this.#shown.set(uri, leakedTokens);
      }
    }
  }
}

/**
 * Returns false if the file is gone and its document has no unsaved changes. VS Code keeps a document for a while after
 * its tab is closed, and its file may be gone by then.
 */
async function isInWorkspace(uri: vscode.Uri): Promise<boolean> {
  const isUnsaved = vscode.workspace.textDocuments.some(
    (document) => document.isDirty && document.uri.toString() === uri.toString(),
  );
  if (isUnsaved || vscode.workspace.fs.isWritableFileSystem(uri.scheme) !== true) {
    return true;
  }
  return Promise.resolve(vscode.workspace.fs.stat(uri)).then(
    () => true,
    () => false,
  );
}
