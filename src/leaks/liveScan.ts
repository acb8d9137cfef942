import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import type { KnownValues } from './known';
import { afterChange, afterScan, type LeakedToken, linesOf, scanLines, type Scanned } from './scan';

/** So long nobody may have typed before it is looked at what was. Milliseconds. */
const scanDelay = 300;

/** Lines that are looked at in one go; between two of them the extension host does other things. */
const linesAtOnce = 500;

interface Watched {
  readonly document: vscode.TextDocument;
  scanned: Scanned;
  timer?: NodeJS.Timeout;
}

/** Looks at the documents that are open, and while one types at the lines alone that changed. */
export class LiveScan extends Disposable {
  readonly #watched = new Map<string, Watched>();

  /**
   * @param found is told of a document when all of it has been looked at
   * @param closed is told of one that is gone
   */
  constructor(
    private readonly known: () => KnownValues,
    private readonly found: (document: vscode.TextDocument, findings: readonly LeakedToken[]) => void,
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

  /** From the beginning: other values are known. */
  scanAll(): void {
    for (const document of vscode.workspace.textDocuments) {
      this.#open(document);
    }
  }

  /** Whether the document of an address is looked at here. */
  has(key: string): boolean {
    return this.#watched.has(key);
  }

  /** Looks at once at all that is left to be looked at. */
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
    const watched: Watched = { document, scanned: { findings: before?.scanned.findings ?? [], pending } };
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
    watched.scanned = isThrough ? { findings: after.findings, pending: undefined } : after;
    if (isThrough) {
      this.found(document, after.findings);
    } else {
      this.#later(watched, 0);
    }
  }

  #forget(key: string): boolean {
    clearTimeout(this.#watched.get(key)?.timer);
    return this.#watched.delete(key);
  }
}

/** What people write in: files, new ones, cells, settings. Logs and old versions of a file are somebody else's text. */
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
