import { readFile, stat } from 'node:fs/promises';

import createIgnore from 'ignore';
import type { Ignore } from 'ignore';
import * as vscode from 'vscode';

import { TirError } from '../base/errors';
import { filesWith, findRipgrep } from '../platform/ripgrep';
import type { KnownValues } from './known';
import { prefilters } from './patterns';
import { type LeakedToken, scanText } from './scan';

/** Larger files hold data, and no code that a person wrote. */
const maxBytes = 5 * 1024 * 1024;

/** So many files are read at once. */
const atOnce = 16;

export interface LeaksInFile {
  readonly uri: vscode.Uri;
  readonly findings: readonly LeakedToken[];
}

/** How a scan is followed, and ended. */
export interface ScanOptions {
  readonly signal: AbortSignal;
  /** Is told how many files were read so far. */
  readonly report: (files: number) => void;
}

/**
 * What is found in the files of a folder of the workspace, but for those that `files.exclude` or a `.gitignore` names,
 * binary ones, and those over 5 MB. The editor's own ripgrep looks for files that can have something at all; where
 * there is none (for a folder that is on no disk) each file is read.
 * @throws TirError `cancelled`
 */
export async function scanFolder(
  folder: vscode.Uri,
  known: KnownValues,
  following: ScanOptions,
): Promise<LeaksInFile[]> {
  const program = folder.scheme === 'file' ? await findRipgrep(vscode.env.appRoot) : undefined;
  return program === undefined
    ? scanWithout(folder, known, following)
    : scanFiles(candidates(program, folder, known, following.signal), known, following, () => true);
}

/** As {@link scanFolder}, where there is no ripgrep: the editor's file search names the files. */
export function scanWithout(folder: vscode.Uri, known: KnownValues, following: ScanOptions): Promise<LeaksInFile[]> {
  const words = new RegExp(wordsOf(known).join('|'), 'i');
  return scanFiles(listed(folder, following.signal), known, following, (text) => words.test(text));
}

async function* listed(folder: vscode.Uri, signal: AbortSignal): AsyncGenerator<vscode.Uri> {
  const source = new vscode.CancellationTokenSource();
  signal.addEventListener('abort', () => source.cancel());
  const find = (glob: string) =>
    // Without a list of its own of what to leave out, it is what `files.exclude` names.
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
  const search = { folder: folder.fsPath, expressions: wordsOf(known), excludes, maxBytes, signal };
  for await (const path of filesWith(program, search)) {
    yield vscode.Uri.file(path);
  }
}

/** One of these is in every file with a leak. */
function wordsOf(known: KnownValues): string[] {
  return [...prefilters, ...known.prefilters()];
}

/** @param mayHave whether a text is worth a closer look */
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
      throw new TirError('cancelled', 'cancelled');
    }
  };
  const work = async () => {
    for (let next = await uris.next(); !next.done; next = await uris.next()) {
      goOn();
      const text = await readText(next.value);
      if (text !== undefined && mayHave(text)) {
        const findings = scanText(text, known);
        if (findings.length > 0) {
          found.push({ uri: next.value, findings });
        }
      }
      if (++files % atOnce === 0) {
        report(files);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  // A search that was ended names no more files, as one that is through.
  goOn();
  report(files);
  return found;
}

/** A file's text; undefined where it is too large, binary, or not to be read. */
export async function readText(uri: vscode.Uri): Promise<string | undefined> {
  const read = uri.scheme === 'file' ? readFromDisk(uri.fsPath) : readThroughEditor(uri);
  const bytes = await read.catch(() => undefined);
  return bytes === undefined || bytes.subarray(0, 8000).includes(0) ? undefined : new TextDecoder().decode(bytes);
}

/** Reads a file of this machine directly: the way through the editor's window costs some milliseconds for each file. */
async function readFromDisk(path: string): Promise<Uint8Array | undefined> {
  const found = await stat(path);
  return found.isFile() && found.size <= maxBytes ? readFile(path) : undefined;
}

async function readThroughEditor(uri: vscode.Uri): Promise<Uint8Array | undefined> {
  const { size } = await vscode.workspace.fs.stat(uri);
  return size <= maxBytes ? vscode.workspace.fs.readFile(uri) : undefined;
}

/** What the `.gitignore` files of a folder leave out: the deeper of two has the last word. */
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
