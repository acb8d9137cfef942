import type * as vscode from 'vscode';

import type { KnownValue, KnownValues } from './knownValues';
import { hint, type LeakCode, type Lines, patterns, surroundings } from './patterns';

export function linesOf(document: vscode.TextDocument): Lines {
  return (index) => (index >= 0 && index < document.lineCount ? document.lineAt(index).text : undefined);
}

/** A credential in a text: its place, and a keyed hash instead of its value. */
export interface LeakedToken {
  readonly code: LeakCode;
  /** From 0. */
  readonly line: number;
  /** In UTF-16 units from the beginning of the line, as VS Code counts. */
  readonly start: number;
  readonly end: number;
  readonly isApiKey: boolean;
  /** A keyed hash. The key exists only in this window and session. */
  readonly fingerprint: string;
  /** The stored value that it equals, if any. */
  readonly known?: KnownValue;
}

/** Scans the lines from `first` to `last`, both included. The lines around them only help to judge matches. */
export function scanLines(lines: Lines, first: number, last: number, known: KnownValues): LeakedToken[] {
  const leakedTokens: LeakedToken[] = [];
  for (let line = first; line <= last; line++) {
    const text = lines(line);
    if (text !== undefined && text.length >= shortest) {
      leakedTokens.push(...scanLine(text, lines, line, known));
    }
  }
  return leakedTokens;
}

export function scanText(text: string, known: KnownValues): LeakedToken[] {
  const lines = text.split(/\r\n|\r|\n/);
  return scanLines((index) => lines[index], 0, lines.length - 1, known);
}

/** Characters of the shortest credential. */
const shortest = 8;

/** Most matches to report for a line. A line with more is data, and more of them would say nothing new. */
const mostOnLine = 100;

function scanLine(text: string, lines: Lines, line: number, known: KnownValues): LeakedToken[] {
  const found: LeakedToken[] = [];
  const add = (leakedToken: LeakedToken) => {
    if (
      found.length < mostOnLine &&
      found.every(({ start, end }) => leakedToken.end <= start || leakedToken.start >= end)
    ) {
      found.push(leakedToken);
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
  return found.filter((leakedToken) => !isIgnored(lines, leakedToken)).sort((a, b) => a.start - b.start);
}

/** `tir-ignore` ignores every match, `tir-ignore bearer-token` only matches with that code. */
const ignore = /\btir-ignore\b(?: +([\w-]+))?/;

/** Returns the line to put a comment above: a command that spans several lines can't have a comment inside. */
export function commentedLine(lines: Lines, line: number): number {
  let first = line;
  while (line - first < surroundings - 1 && lines(first - 1)?.endsWith('\\')) {
    first--;
  }
  return first;
}

/** Returns whether a comment on the match's line or above it ignores the match. */
function isIgnored(lines: Lines, { code, line }: LeakedToken): boolean {
  return [line, commentedLine(lines, line) - 1].some((index) => {
    const comment = ignore.exec(lines(index) ?? '');
    return comment !== null && (comment[1] === undefined || comment[1] === code);
  });
}

/** A range of lines, both included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** A document's matches, and the lines that still have to be scanned. */
export interface Scanned {
  readonly leakedTokens: readonly LeakedToken[];
  readonly pending: LineRange | undefined;
}

/**
 * Updates the state after lines were replaced. Matches below them move along. The new lines become pending, together
 * with the lines that they help to judge.
 * @param replaced the lines before the change
 * @param added how many line breaks the new text has
 */
export function afterChange({ leakedTokens, pending }: Scanned, { first, last }: LineRange, added: number): Scanned {
  const delta = added - (last - first);
  const moved = leakedTokens.flatMap((leakedToken) => {
    if (leakedToken.line < first) {
      return [leakedToken];
    }
    return leakedToken.line > last ? [{ ...leakedToken, line: leakedToken.line + delta }] : [];
  });
  const changed = { first: Math.max(0, first - surroundings), last: first + added + surroundings };
  if (!pending) {
    return { leakedTokens: moved, pending: changed };
  }
  const move = (line: number) => (line > last ? line + delta : Math.min(line, first + added));
  return {
    leakedTokens: moved,
    pending: {
      first: Math.min(changed.first, move(pending.first)),
      last: Math.max(changed.last, move(pending.last)),
    },
  };
}

/** Updates the state after lines were scanned. */
export function afterScan({ leakedTokens, pending }: Scanned, seen: LineRange, found: readonly LeakedToken[]): Scanned {
  const rest = pending && pending.last > seen.last ? { first: seen.last + 1, last: pending.last } : undefined;
  const others = leakedTokens.filter(({ line }) => line < seen.first || line > seen.last);
  return { leakedTokens: [...others, ...found].sort((a, b) => a.line - b.line || a.start - b.start), pending: rest };
}
