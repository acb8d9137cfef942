import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import type { KnownValues } from './knownValues';
import {
  afterChange,
  afterScan,
  continueScan,
  type LeakedToken,
  type LineRange,
  linesOf,
  type Scan,
  scanLines,
  type Scanned,
  scanText,
} from './scan';

/** Milliseconds after the last edit before the changed lines are scanned. */
const scanDelay = 300;

/** Lines whose matches are taken over at once. A change makes a scan of them begin again. */
const linesAtOnce = 500;

interface Watched {
  readonly document: vscode.TextDocument;
  scanned: Scanned;
  /** The scan of the first pending lines. */
  work?: { readonly range: LineRange; readonly scan: Scan } | undefined;
  timer?: NodeJS.Timeout;
}

/** Scans open documents. While a person types, it only scans the lines that changed and those around them. */
export class LiveScan extends Disposable {
  readonly #watched = new Map<string, Watched>();

  /**
   * @param found receives a document's matches when it has no more lines to scan
   * @param closed receives the URI of a scanned document when it closes
   */
  constructor(
    private readonly known: () => KnownValues,
    private readonly found: (document: vscode.TextDocument, leakedTokens: readonly LeakedToken[]) => void,
    closed: (uri: vscode.Uri) => void,
  ) {
    super();
    this.register(vscode.workspace.onDidOpenTextDocument((document) => this.#open(document)));
    this.register(vscode.workspace.onDidChangeTextDocument((change) => this.#change(change)));
    this.register(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (this.#forget(uri.toString())) {
          closed(uri);
        }
      }),
    );
    this.scanAll();
  }

  override dispose(): void {
    super.dispose();
    for (const key of [...this.#watched.keys()]) {
      this.#forget(key);
    }
  }

  /** Scans all open documents from the beginning, for example after the stored values changed. */
  scanAll(): void {
    for (const document of vscode.workspace.textDocuments) {
      this.#open(document);
    }
  }

  /** Returns whether the document with this URI is being scanned. */
  has(key: string): boolean {
    return this.#watched.has(key);
  }

  /** Scans all pending lines. */
  async finish(): Promise<void> {
    for (const watched of this.#watched.values()) {
      while (watched.scanned.pending) {
        this.#scan(watched);
        clearTimeout(watched.timer);
        await new Promise(setImmediate);
      }
    }
  }

  #open(document: vscode.TextDocument): void {
    if (!isWritable(document.uri)) {
      return;
    }
    const key = document.uri.toString();
    const before = this.#watched.get(key);
    clearTimeout(before?.timer);
    const pending = { first: 0, last: document.lineCount - 1 };
    const watched: Watched = { document, scanned: { leakedTokens: before?.scanned.leakedTokens ?? [], pending } };
    this.#watched.set(key, watched);
    this.#later(watched, 0);
  }

  #change({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const watched = this.#watched.get(document.uri.toString());
    if (!watched || contentChanges.length === 0) {
      return;
    }
    watched.work = undefined;
    for (const { range, text } of contentChanges) {
      const replaced = { first: range.start.line, last: range.end.line };
      watched.scanned = afterChange(watched.scanned, replaced, breaksIn(text));
    }
    this.#later(watched, scanDelay);
  }

  #later(watched: Watched, milliseconds: number): void {
    clearTimeout(watched.timer);
    watched.timer = setTimeout(() => this.#scan(watched), milliseconds);
  }

  #scan(watched: Watched): void {
    const { document, scanned } = watched;
    if (!scanned.pending) {
      return;
    }
    const { first } = scanned.pending;
    const last = Math.min(scanned.pending.last, first + linesAtOnce - 1, document.lineCount - 1);
    watched.work ??= { range: { first, last }, scan: scanLines(linesOf(document), first, last, this.known()) };
    const { range, scan } = watched.work;
    const found = continueScan(scan);
    if (!found) {
      this.#later(watched, 0);
      return;
    }
    watched.work = undefined;
    const after = afterScan(scanned, range, found);
    const isThrough = after.pending === undefined || after.pending.first >= document.lineCount;
    watched.scanned = isThrough ? { leakedTokens: after.leakedTokens, pending: undefined } : after;
    if (isThrough) {
      this.found(document, after.leakedTokens);
    } else {
      this.#later(watched, 0);
    }
  }

  #forget(key: string): boolean {
    clearTimeout(this.#watched.get(key)?.timer);
    return this.#watched.delete(key);
  }
}

/** Returns whether people write in the document: files, cells, settings. Logs and old versions don't count. */
function isWritable({ scheme }: vscode.Uri): boolean {
  return (
    scheme === 'untitled' ||
    scheme === 'vscode-notebook-cell' ||
    vscode.workspace.fs.isWritableFileSystem(scheme) === true
  );
}

function breaksIn(text: string): number {
  let breaks = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    breaks += character === '\n' || (character === '\r' && text.charAt(at + 1) !== '\n') ? 1 : 0;
  }
  return breaks;
}

/** Milliseconds after the last change of outputs before they're scanned: a cell that runs prints many times. */
const outputDelay = 1000;

/** Characters of an output that are scanned. */
const longestOutput = 1_000_000;

/** Scans the outputs of open notebooks' cells, which are saved with the notebooks. */
export class OutputScan extends Disposable {
  readonly #diagnostics = this.register(vscode.languages.createDiagnosticCollection('tir-outputs'));
  readonly #timers = new Map<vscode.NotebookCell, NodeJS.Timeout>();

  /** @param describe returns the diagnostics for leaked tokens, except ignored ones */
  constructor(
    private readonly known: () => KnownValues,
    private readonly describe: (leakedTokens: readonly LeakedToken[]) => Promise<vscode.Diagnostic[]>,
  ) {
    super();
    this.register(
      vscode.workspace.onDidChangeNotebookDocument(({ cellChanges, contentChanges }) => {
        // A cell that moves is removed and added.
        contentChanges.flatMap(({ removedCells }) => removedCells).forEach((cell) => this.#forget(cell));
        contentChanges.flatMap(({ addedCells }) => addedCells).forEach((cell) => this.#later(cell));
        cellChanges.filter(({ outputs }) => outputs).forEach(({ cell }) => this.#later(cell));
      }),
    );
    this.register(vscode.workspace.onDidOpenNotebookDocument((notebook) => this.#open(notebook)));
    this.register(
      vscode.workspace.onDidCloseNotebookDocument((notebook) => {
        notebook.getCells().forEach((cell) => this.#forget(cell));
      }),
    );
    this.scanAll();
  }

  /** Scans all outputs, after the stored values, a setting or the lists changed. */
  scanAll(): void {
    vscode.workspace.notebookDocuments.forEach((notebook) => this.#open(notebook));
  }

  override dispose(): void {
    super.dispose();
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.#timers.clear();
  }

  #open(notebook: vscode.NotebookDocument): void {
    notebook.getCells().forEach((cell) => this.#later(cell));
  }

  #later(cell: vscode.NotebookCell): void {
    clearTimeout(this.#timers.get(cell));
    const timer = setTimeout(() => void this.#scan(cell, timer), outputDelay);
    this.#timers.set(cell, timer);
  }

  #forget(cell: vscode.NotebookCell): void {
    clearTimeout(this.#timers.get(cell));
    this.#timers.delete(cell);
    this.#diagnostics.delete(cell.document.uri);
  }

  async #scan(cell: vscode.NotebookCell, timer: NodeJS.Timeout): Promise<void> {
    const texts = cell.outputs.flatMap(({ items }) =>
      items.filter(({ mime }) => !/^(?:image|audio|video)\//.test(mime)),
    );
    const found: LeakedToken[] = [];
    for (const { data } of texts) {
      found.push(...(await scanText(new TextDecoder().decode(data.subarray(0, longestOutput)), this.known())));
    }
    const unique = new Map(found.map((leakedToken) => [leakedToken.fingerprint, leakedToken]));
    const diagnostics = await this.describe([...unique.values()]);
    const { document } = cell;
    if (document.isClosed || this.#timers.get(cell) !== timer) {
      return;
    }
    const line = document.lineAt(document.lineCount - 1).range;
    for (const diagnostic of diagnostics) {
      diagnostic.range = line;
      diagnostic.message = vscode.l10n.t("Clear this cell's output: {0}", diagnostic.message);
    }
    this.#diagnostics.set(document.uri, diagnostics);
  }
}
