import * as vscode from 'vscode';

import type { Store } from '../secrets/store';
import { settings } from '../settings';
import { diagnosticOf } from './diagnostics';
import { LeakFixes } from './fixes';
import { withGit, type Git } from './git';
import { keyedHash } from './hash';
import { committed } from './history';
import { KnownValues } from './known';
import { isEnvFile } from './languages';
import { LiveScan } from './liveScan';
import { loadKnown } from './loadKnown';
import { scanText, type Finding } from './scan';
import { StagedGuard } from './staged';
import { tellCommitted, tellStaged } from './tellStaged';
import { readText, scanFolder, type FileFindings } from './workspaceScan';

/** Keeps tokens out of files: looks for them, shows where they are, and offers what helps. */
export class LeakGuard implements vscode.Disposable {
  readonly #diagnostics = vscode.languages.createDiagnosticCollection('tir');
  readonly #fingerprint = keyedHash();
  readonly #subscriptions: { dispose(): unknown }[] = [this.#diagnostics];
  /** By address: what was found in a document that is open, or in a file when the workspace was looked through. */
  readonly #found = new Map<string, FileFindings>();
  /** What the workspace was looked through for: that stays when its file is closed. */
  #ofWorkspace = new Set<string>();
  /** Of a file's credentials, which are in its git history and which are not. */
  readonly #committed = new Map<string, Map<string, boolean>>();
  #known = new KnownValues(this.#fingerprint);
  #loading = Promise.resolve();
  #running: vscode.Disposable | undefined;
  #live: LiveScan | undefined;
  #git: Git | undefined;

  constructor(
    private readonly store: Store,
    private readonly log: vscode.LogOutputChannel,
    /** The page that says what each code means. */
    private readonly why: vscode.Uri,
  ) {}

  /** Looks at what is open from now on, while the setting says so. */
  start(): void {
    this.#subscriptions.push(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('tir.leaks')) {
          this.#follow();
        }
      }),
      this.store.onDidChange(({ kind }) => {
        if (kind === 'value' || kind === 'connection') {
          this.#load();
        }
      }),
      new LeakFixes((uri, range) => this.findingAt(uri, range)).register(),
    );
    this.#load();
    this.#follow();
  }

  dispose(): void {
    this.#running?.dispose();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  /** What a diagnostic is of. */
  findingAt(uri: vscode.Uri, { start }: vscode.Range): Finding | undefined {
    const { findings = [] } = this.#found.get(uri.toString()) ?? {};
    return findings.find((finding) => finding.line === start.line && finding.start === start.character);
  }

  /**
   * Looks through the folders of the workspace, and resolves to the number of what was found.
   * @param report is told how many files were read so far
   * @throws TirError `cancelled`: then what was found before stays
   */
  async scanWorkspace(
    folders: readonly vscode.WorkspaceFolder[],
    signal: AbortSignal,
    report: (files: number) => void,
  ): Promise<number> {
    await this.#loading;
    const results: FileFindings[] = [];
    for (const { uri } of folders) {
      results.push(...(await scanFolder(uri, this.#known, { signal, report })));
    }
    for (const key of this.#ofWorkspace) {
      if (!this.#live?.has(key)) {
        this.#forget(key);
      }
    }
    this.#ofWorkspace = new Set(results.map(({ uri }) => uri.toString()));
    for (const { uri, findings } of results.filter((result) => !this.#isOpen(result.uri))) {
      this.#set(uri, findings);
    }
    // What is being typed counts as it is, saved or not.
    this.#live?.finish();
    const inside = ({ uri }: FileFindings) =>
      folders.some((folder) => uri.path.startsWith(`${folder.uri.path.replace(/\/$/, '')}/`));
    return [...this.#found.values()].filter(inside).flatMap(({ findings }) => findings.filter(isLeak)).length;
  }

  /** Begins or ends looking at what is open, as the setting says. */
  #follow(): void {
    if (settings.leaksEnabled() && !this.#running) {
      this.#live = new LiveScan(
        () => this.#known,
        ({ uri }, findings) => this.#set(uri, findings),
        (uri) => void this.#closed(uri),
      );
      this.#running = vscode.Disposable.from(
        this.#live,
        withGit((git) => this.#useGit(git)),
        vscode.workspace.onDidOpenNotebookDocument(({ uri }) => this.#forget(uri.toString())),
        vscode.workspace.onDidCloseNotebookDocument(({ uri }) => void this.#closed(uri)),
      );
    } else if (!settings.leaksEnabled() && this.#running) {
      this.#running.dispose();
      this.#running = this.#live = this.#git = undefined;
      for (const key of [...this.#found.keys()]) {
        this.#forget(key);
      }
    }
    this.#showAll();
  }

  #load(): void {
    // One after the other, so that the last one is of the last change.
    this.#loading = this.#loading
      .then(async () => {
        const known = await loadKnown(this.store, this.#fingerprint);
        if (!known.equals(this.#known)) {
          this.#known = known;
          this.#live?.scanAll();
        }
      })
      .catch((error: unknown) => {
        this.log.warn(`Stored values are not looked for in files: ${String(error)}`);
      });
  }

  #useGit(git: Git): vscode.Disposable {
    this.#git = git;
    const staged = new StagedGuard(
      git,
      () => this.#known,
      isLeak,
      (leaks) => {
        this.#logAll(leaks.files, 'staged');
        void tellStaged(leaks);
      },
      (leaks) => {
        this.#committed.clear();
        this.#showAll();
        void tellCommitted(leaks);
      },
    );
    this.#showAll();
    return vscode.Disposable.from(
      staged,
      git.onDidOpenRepository(() => this.#showAll()),
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
    this.#forget(key);
    if (this.#ofWorkspace.has(key)) {
      const text = await readText(uri);
      if (text !== undefined && !this.#isOpen(uri)) {
        this.#set(uri, scanText(text, this.#known));
      }
    }
  }

  #forget(key: string): void {
    const found = this.#found.get(key);
    if (found) {
      this.#found.delete(key);
      this.#committed.delete(key);
      this.#diagnostics.delete(found.uri);
    }
  }

  #set(uri: vscode.Uri, findings: readonly Finding[]): void {
    const key = uri.toString();
    const before = new Set(this.#found.get(key)?.findings.map(({ fingerprint }) => fingerprint));
    if (findings.length === 0) {
      this.#forget(key);
      return;
    }
    this.#found.set(key, { uri, findings });
    this.#logAll([{ uri, findings: findings.filter(({ fingerprint }) => !before.has(fingerprint)) }], 'found');
    void this.#show(uri, findings);
  }

  #showAll(): void {
    for (const { uri, findings } of this.#found.values()) {
      void this.#show(uri, findings);
    }
  }

  async #show(uri: vscode.Uri, findings: readonly Finding[]): Promise<void> {
    const key = uri.toString();
    const isCurrent = () => this.#found.get(key)?.findings === findings;
    const isMeant = isEnvFile(uri.path) && (await this.#isIgnored(uri));
    const leaks = isMeant ? [] : findings.filter(isLeak);
    if (!isCurrent()) {
      return;
    }
    const history = this.#committed.get(key) ?? new Map<string, boolean>();
    const draw = () => {
      const isCommitted = ({ fingerprint }: Finding) => history.get(fingerprint) === true;
      this.#diagnostics.set(
        uri,
        leaks.map((leak) => diagnosticOf(leak, this.why, isCommitted(leak))),
      );
    };
    draw();
    const unknown = new Set(leaks.map(({ fingerprint }) => fingerprint).filter((one) => !history.has(one)));
    if (this.#git && unknown.size > 0 && this.#git.getRepository(uri)) {
      const there = await committed(this.#git, uri, unknown, this.#known);
      unknown.forEach((fingerprint) => history.set(fingerprint, there.has(fingerprint)));
      if (isCurrent()) {
        this.#committed.set(key, history);
        draw();
      }
    }
  }

  /** A `.env` that git ignores is where a value may be. */
  async #isIgnored(uri: vscode.Uri): Promise<boolean> {
    const ignored = this.#git?.getRepository(uri)?.checkIgnore([uri.fsPath]);
    return ((await ignored?.catch(() => undefined))?.size ?? 0) > 0;
  }

  /** The file and the line alone. */
  #logAll(files: readonly FileFindings[], what: 'found' | 'staged'): void {
    for (const { uri, findings } of files) {
      for (const { line, code } of findings.filter(isLeak)) {
        this.log.warn(`Leak ${what}: ${vscode.workspace.asRelativePath(uri)}:${line + 1} (${code})`);
      }
    }
  }
}

/** Whether it is not of a pattern that the person has switched off. */
function isLeak({ code }: Finding): boolean {
  return !settings.ignoredLeaks().includes(code);
}
