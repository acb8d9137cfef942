import { readFile, stat } from 'node:fs/promises';

import createIgnore from 'ignore';
import type { Ignore } from 'ignore';
import * as vscode from 'vscode';

import { cancelled } from '../base/errors';
import { filesWith, findRipgrep } from '../platform/ripgrep';
import type { KnownValues } from './knownValues';
import { prefilters } from './patterns';
import { type LeakedToken, scanText } from './scan';

/** Larger files hold data rather than code that a person wrote. */
const maxBytes = 5 * 1024 * 1024;

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
    : scanFiles(candidates(program, folder, known, following.signal), known, following, () => true);
}

/** Scans like {@link scanFolder}, without ripgrep: VS Code's file search lists the files. */
export function scanWithoutRipgrep(
  folder: vscode.Uri,
  known: KnownValues,
  following: ScanOptions,
): Promise<LeaksInFile[]> {
  const words = new RegExp(allPrefilters(known).join('|'), 'i');
  return scanFiles(listed(folder, following.signal), known, following, (text) => words.test(text));
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
  const search = { folder: folder.fsPath, expressions: allPrefilters(known), excludes, maxBytes, signal };
  for await (const path of filesWith(program, search)) {
    yield vscode.Uri.file(path);
  }
}

/** Returns expressions: every file with a leaked token matches at least one. */
function allPrefilters(known: KnownValues): string[] {
  return [...prefilters, ...known.prefilters()];
}

/** Reads and scans files. @param mayHave returns whether a text is worth scanning */
async function scanFiles(
  uris: AsyncGenerator<vscode.Uri>,
  known: KnownValues,
  { signal, report }: ScanOptions,
  mayHave: (text: string) => boolean,
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
      const text = await readText(next.value);
      if (text !== undefined && mayHave(text)) {
        const leakedTokens = scanText(text, known);
        if (leakedTokens.length > 0) {
          found.push({ uri: next.value, leakedTokens });
        }
      }
      if (++files % atOnce === 0) {
        report(files);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  // A cancelled search ends like a complete one: it just lists no more files.
  goOn();
  report(files);
  return found;
}

/** Reads a file's text; undefined if it's too large, binary or unreadable. */
export async function readText(uri: vscode.Uri): Promise<string | undefined> {
  const read = uri.scheme === 'file' ? readFromDisk(uri.fsPath) : readThroughEditor(uri);
  const bytes = await read.catch(() => undefined);
  return bytes === undefined || bytes.subarray(0, 8000).includes(0) ? undefined : new TextDecoder().decode(bytes);
}

/** Reads a local file directly: through VS Code's window, each file would take some milliseconds. */
async function readFromDisk(path: string): Promise<Uint8Array | undefined> {
  const found = await stat(path);
  return found.isFile() && found.size <= maxBytes ? readFile(path) : undefined;
}

async function readThroughEditor(uri: vscode.Uri): Promise<Uint8Array | undefined> {
  const { size } = await vscode.workspace.fs.stat(uri);
  return size <= maxBytes ? vscode.workspace.fs.readFile(uri) : undefined;
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
