import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import type { KnownValues } from './knownValues';
import { afterChange, afterScan, type LeakedToken, linesOf, scanLines, type Scanned } from './scan';

/** Milliseconds after the last edit before the changed lines are scanned. */
const scanDelay = 300;

/** Lines to scan in one go. Between two batches, the extension host can do other work. */
const linesAtOnce = 500;

interface Watched {
  readonly document: vscode.TextDocument;
  scanned: Scanned;
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

  /** Scans all pending lines now. */
  finish(): void {
    for (const watched of this.#watched.values()) {
      while (watched.scanned.pending) {
        this.#scan(watched);
      }
      clearTimeout(watched.timer);
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
    const found = scanLines(linesOf(document), first, last, this.known());
    const after = afterScan(scanned, { first, last }, found);
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
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
