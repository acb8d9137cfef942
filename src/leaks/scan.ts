import type * as vscode from 'vscode';

import type { KnownValue, KnownValues } from './known';
import { hint, type LeakCode, type Lines, patterns, surroundings } from './patterns';

export function linesOf(document: vscode.TextDocument): Lines {
  return (index) => (index >= 0 && index < document.lineCount ? document.lineAt(index).text : undefined);
}

/** A credential in a text. What it is, is not kept: only where, and a keyed hash that tells it from others. */
export interface LeakedToken {
  readonly code: LeakCode;
  /** From 0. */
  readonly line: number;
  /** In UTF-16 units from the beginning of the line, as the editor counts. */
  readonly start: number;
  readonly end: number;
  readonly isApiKey: boolean;
  /** A hash with a key that is this window's and this session's alone. */
  readonly fingerprint: string;
  /** Which of the stored values it is. */
  readonly known?: KnownValue;
}

/** What is found on the lines from `first` to `last`, both included; the lines around them are only looked at. */
export function scanLines(lines: Lines, first: number, last: number, known: KnownValues): LeakedToken[] {
  const findings: LeakedToken[] = [];
  for (let line = first; line <= last; line++) {
    const text = lines(line);
    if (text !== undefined && text.length >= shortest) {
      findings.push(...scanLine(text, lines, line, known));
    }
  }
  return findings;
}

/** What is found in a whole text. */
export function scanText(text: string, known: KnownValues): LeakedToken[] {
  const lines = text.split(/\r\n|\r|\n/);
  return scanLines((index) => lines[index], 0, lines.length - 1, known);
}

/** No credential is shorter: the API refuses those that are. */
const shortest = 8;

/** A line with more is data, and says no more with all of them. */
const mostOnLine = 100;

function scanLine(text: string, lines: Lines, line: number, known: KnownValues): LeakedToken[] {
  const found: LeakedToken[] = [];
  const add = (finding: LeakedToken) => {
    if (found.length < mostOnLine && found.every(({ start, end }) => finding.end <= start || finding.start >= end)) {
      found.push(finding);
    }
  };
  for (const { start, end, value, fingerprint } of known.find(text)) {
    add({ code: 'stored-value', line, start, end, isApiKey: value.isApiKey, fingerprint, known: value });
  }
  for (const { code, expression, isLeak, isApiKey } of hint.test(text) ? patterns : []) {
    for (const { 0: match, 1: value = '', index } of text.matchAll(expression)) {
      if (isLeak(value, match, { lines, line, start: index })) {
        const start = index + match.lastIndexOf(value);
        const fingerprint = known.fingerprint(value);
        add({ code, line, start, end: start + value.length, isApiKey: isApiKey?.(match) ?? false, fingerprint });
      }
    }
  }
  return found.filter((finding) => !isIgnored(lines, finding)).sort((a, b) => a.start - b.start);
}

/** `tir-ignore` ignores all, `tir-ignore bearer-token` what was recognised by that. */
const ignore = /\btir-ignore\b(?: +([\w-]+))?/;

/** The line that a comment has to be above of to count for a line: a command that goes over several lines takes none within. */
export function commentedLine(lines: Lines, line: number): number {
  let first = line;
  while (line - first < surroundings - 1 && lines(first - 1)?.endsWith('\\')) {
    first--;
  }
  return first;
}

/** Whether a comment says that it is none, on its line or the one above. */
function isIgnored(lines: Lines, { code, line }: LeakedToken): boolean {
  return [line, commentedLine(lines, line) - 1].some((index) => {
    const comment = ignore.exec(lines(index) ?? '');
    return comment !== null && (comment[1] === undefined || comment[1] === code);
  });
}

/** Lines, both included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** What is known of a document, and which of its lines are still to be looked at. */
export interface Scanned {
  readonly findings: readonly LeakedToken[];
  readonly pending: LineRange | undefined;
}

/**
 * After lines were replaced by others: what was found below them moves along, and they are to be looked at again,
 * together with those whose surroundings they are.
 * @param replaced the lines before the change
 * @param added how many line breaks the new text has
 */
export function afterChange({ findings, pending }: Scanned, { first, last }: LineRange, added: number): Scanned {
  const delta = added - (last - first);
  const moved = findings.flatMap((finding) => {
    if (finding.line < first) {
      return [finding];
    }
    return finding.line > last ? [{ ...finding, line: finding.line + delta }] : [];
  });
  const changed = { first: Math.max(0, first - surroundings), last: first + added + surroundings };
  if (!pending) {
    return { findings: moved, pending: changed };
  }
  const move = (line: number) => (line > last ? line + delta : Math.min(line, first + added));
  return {
    findings: moved,
    pending: {
      first: Math.min(changed.first, move(pending.first)),
      last: Math.max(changed.last, move(pending.last)),
    },
  };
}

/** After lines were looked at. */
export function afterScan({ findings, pending }: Scanned, seen: LineRange, found: readonly LeakedToken[]): Scanned {
  const rest = pending && pending.last > seen.last ? { first: seen.last + 1, last: pending.last } : undefined;
  const others = findings.filter(({ line }) => line < seen.first || line > seen.last);
  return { findings: [...others, ...found].sort((a, b) => a.line - b.line || a.start - b.start), pending: rest };
}
