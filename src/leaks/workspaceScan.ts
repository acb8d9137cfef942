import { open, readFile, stat } from 'node:fs/promises';

import createIgnore from 'ignore';
import type { Ignore } from 'ignore';
import * as vscode from 'vscode';

import { cancelled } from '../base/errors';
import { filesWith, findRipgrep, type Search } from '../platform/ripgrep';
import type { KnownValues } from './knownValues';
import { prefilters } from './patterns';
import { type LeakedToken, scanStream, scanText } from './scan';

/** Larger files hold data rather than code that a person wrote. */
const maxBytes = 5 * 1024 * 1024;
/** Notebooks have pictures in them, which aren't scanned. */
const maxNotebookBytes = 500 * 1024 * 1024;
/** Characters. Longer lines of a notebook's output are data. */
const longestCodeLine = 10_000;

/** Bytes. Text that isn't ASCII takes long. */
const decodedAtOnce = 200_000;

/** Files to read at the same time. */
const atOnce = 16;

export interface LeaksInFile {
  readonly uri: vscode.Uri;
  readonly leakedTokens: readonly LeakedToken[];
}

/** Cancels a scan, and reports its progress. */
export interface ScanOptions {
  readonly signal: AbortSignal;
  /** Receives the number of files read so far. */
  readonly report: (files: number) => void;
}

/**
 * Scans a workspace folder. Leaves out files that `files.exclude` or a `.gitignore` names, binary files, and files over
 * 5 MB. VS Code's own ripgrep finds the candidates. Without ripgrep, or if the folder isn't on a disk, all are read.
 * @throws TirError `cancelled`
 */
export async function scanFolder(
  folder: vscode.Uri,
  known: KnownValues,
  following: ScanOptions,
): Promise<LeaksInFile[]> {
  const program = folder.scheme === 'file' ? await findRipgrep(vscode.env.appRoot) : undefined;
  return program === undefined
    ? scanWithoutRipgrep(folder, known, following)
    : scanFiles(candidates(program, folder, known, following.signal), known, following);
}

/** Scans like {@link scanFolder}, without ripgrep: VS Code's file search lists the files. */
export function scanWithoutRipgrep(
  folder: vscode.Uri,
  known: KnownValues,
  following: ScanOptions,
): Promise<LeaksInFile[]> {
  return scanFiles(listed(folder, following.signal), known, following);
}

async function* listed(folder: vscode.Uri, signal: AbortSignal): AsyncGenerator<vscode.Uri> {
  const source = new vscode.CancellationTokenSource();
  signal.addEventListener('abort', () => source.cancel());
  const find = (glob: string) =>
    // With `undefined`, VS Code leaves out what `files.exclude` names.
    vscode.workspace.findFiles(new vscode.RelativePattern(folder, glob), undefined, undefined, source.token);
  const isIgnored = await ignoredBy(await find('**/.gitignore'));
  for (const uri of await find('**/*')) {
    if (!isIgnored(uri)) {
      yield uri;
    }
  }
}

async function* candidates(
  program: string,
  folder: vscode.Uri,
  known: KnownValues,
  signal: AbortSignal,
): AsyncGenerator<vscode.Uri> {
  const excluded = vscode.workspace.getConfiguration('files', folder).get<Record<string, unknown>>('exclude', {});
  const excludes = Object.keys(excluded).filter((glob) => excluded[glob] === true);
  const expressions = [...prefilters, ...known.prefilters()];
  const search = { folder: folder.fsPath, expressions, excludes, signal };
  const largeNotebooks = notebooksOver(maxBytes, program, search);
  // Awaited below. Until then, its failure must not be an unhandled rejection.
  largeNotebooks.catch(() => undefined);
  for await (const path of filesWith(program, { ...search, maxBytes })) {
    yield vscode.Uri.file(path);
  }
  for (const path of await largeNotebooks) {
    yield vscode.Uri.file(path);
  }
}

async function notebooksOver(bytes: number, program: string, search: Omit<Search, 'maxBytes'>): Promise<string[]> {
  const found: string[] = [];
  for await (const path of filesWith(program, { ...search, only: '*.ipynb', maxBytes: maxNotebookBytes })) {
    const { size } = await stat(path).catch(() => ({ size: 0 }));
    if (size > bytes) {
      found.push(path);
    }
  }
  return found;
}

/** Reads and scans files. */
async function scanFiles(
  uris: AsyncGenerator<vscode.Uri>,
  known: KnownValues,
  { signal, report }: ScanOptions,
): Promise<LeaksInFile[]> {
  const found: LeaksInFile[] = [];
  let files = 0;
  const goOn = () => {
    if (signal.aborted) {
      throw cancelled();
    }
  };
  const work = async () => {
    for (let next = await uris.next(); !next.done; next = await uris.next()) {
      goOn();
      const leakedTokens = await scanFile(next.value, known);
      if (leakedTokens.length > 0) {
        found.push({ uri: next.value, leakedTokens });
      }
      if (++files % atOnce === 0) {
        report(files);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  // A canceled search ends like a complete one: it just lists no more files.
  goOn();
  report(files);
  return found;
}

/** Scans a file. Finds nothing if it's too large, binary or unreadable. */
export async function scanFile(uri: vscode.Uri, known: KnownValues): Promise<LeakedToken[]> {
  const text = await readText(uri);
  if (text !== undefined || uri.scheme !== 'file' || !uri.path.endsWith('.ipynb')) {
    return scanText(text ?? '', known);
  }
  const size = await stat(uri.fsPath).then(
    (found) => found.size,
    () => Infinity,
  );
  const isLarge = size > maxBytes && size <= maxNotebookBytes;
  return isLarge ? scanStream(linesOfNotebook(uri.fsPath), known).catch(() => []) : [];
}

/** Reads a file's text; undefined if it's too large, binary or unreadable. */
async function readText(uri: vscode.Uri): Promise<string | undefined> {
  const read = uri.scheme === 'file' ? readFromDisk(uri.fsPath) : readThroughEditor(uri);
  return read.catch(() => undefined);
}

/** Reads a local file directly: through VS Code's window, each file would take some milliseconds. */
async function readFromDisk(path: string): Promise<string | undefined> {
  const found = await stat(path);
  return found.isFile() && found.size <= maxBytes ? decode(await readFile(path)) : undefined;
}

async function readThroughEditor(uri: vscode.Uri): Promise<string | undefined> {
  const { size } = await vscode.workspace.fs.stat(uri);
  return size <= maxBytes ? decode(await vscode.workspace.fs.readFile(uri)) : undefined;
}

/** Yields a large notebook's lines, without the pictures in it, which make it large. */
async function* linesOfNotebook(path: string): AsyncGenerator<string> {
  const file = await open(path);
  for await (const line of file.readLines()) {
    yield line.length > longestCodeLine && /^\s*"(?:image|video|audio|application)\//.test(line) ? '' : line;
  }
}

/** Resolves to the text of bytes, whose beginning may say that it's UTF-16; undefined if they aren't text. */
export async function decode(bytes: Uint8Array): Promise<string | undefined> {
  const [first, second] = bytes;
  const utf16 =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
  if (utf16 === undefined && bytes.subarray(0, 8000).includes(0)) {
    return undefined;
  }
  const decoder = new TextDecoder(utf16);
  let text = '';
  for (let at = 0; at < bytes.length; at += decodedAtOnce) {
    text += decoder.decode(bytes.subarray(at, at + decodedAtOnce), { stream: true });
    if (bytes.length > decodedAtOnce) {
      await new Promise(setImmediate);
    }
  }
  return text + decoder.decode();
}

/** Returns a function that says whether `.gitignore` files exclude a file. The deepest one with a rule decides. */
async function ignoredBy(files: readonly vscode.Uri[]): Promise<(uri: vscode.Uri) => boolean> {
  const rules: { readonly home: string; readonly ignore: Ignore }[] = [];
  for (const uri of files) {
    const text = await readText(uri);
    if (text !== undefined) {
      rules.push({ home: uri.path.slice(0, uri.path.lastIndexOf('/') + 1), ignore: createIgnore().add(text) });
    }
  }
  rules.sort((a, b) => b.home.length - a.home.length);
  return (uri) => {
    if (uri.path.includes('/.git/')) {
      return true;
    }
    for (const { home, ignore } of rules.filter((rule) => uri.path.startsWith(rule.home))) {
      const { ignored, unignored } = ignore.test(uri.path.slice(home.length));
      if (ignored || unignored) {
        return ignored;
      }
    }
    return false;
  };
}
