import type * as vscode from 'vscode';

import { readings } from '../base/readings';
import type { KnownValue, KnownValues } from './knownValues';
import { isUuid, readJwt, wordFrom } from '../tir/credentials';
import { type Lines, Surroundings, surroundings } from '../tir/surroundings';
import { ignoredIn, type LeakCode, mayMatch, patterns, shortestMatch } from './patterns';

export function linesOf(document: vscode.TextDocument): Lines {
  return (index) => (index >= 0 && index < document.lineCount ? document.lineAt(index).text : undefined);
}

/*
 * This file is long because every scan, of a document, a text or a stream, is read from start to end in one place.
 */

/** A credential in a text: its place, and a keyed hash instead of its value. */
export interface LeakedToken {
  readonly code: LeakCode;
  /** From 0. */
  readonly line: number;
  /** In UTF-16 units from the beginning of the line, as VS Code counts. */
  readonly start: number;
  readonly end: number;
  readonly isApiKey: boolean;
  /** A JWT's expiry, in milliseconds since 1970. */
  readonly expires?: number;
  /** A keyed hash. The key exists only in this window and session. */
  readonly fingerprint: string;
  /** The stored value that it equals, if any. */
  readonly known?: KnownValue;
}

/** Work that is done in portions. It yields after each, and returns what it found. */
export type Scan = Generator<void, LeakedToken[], void>;

/** Milliseconds of work, after which other work gets its turn. */
const portionTime = 3;

/** Goes on with a scan for one portion. Returns what it found once it's through. */
export function continueScan(scan: Scan): LeakedToken[] | undefined {
  for (const end = performance.now() + portionTime; performance.now() < end;) {
    const { done, value } = scan.next();
    if (done) {
      return value;
    }
  }
  return undefined;
}

/** Scans the lines from `first` to `last`, both included. The lines around them only help to judge matches. */
export function* scanLines(lines: Lines, first: number, last: number, known: KnownValues): Scan {
  const leakedTokens: LeakedToken[] = [];
  const near = new Surroundings(lines);
  // Most lines have neither a long word nor an escape, in which one could be hidden, so they need one check only.
  const length = Math.min(known.shortestRun, shortestMatch);
  let read = 0;
  for (let line = first; line <= last; line++) {
    const text = lines(line);
    if (text === undefined) {
      break;
    }
    const isLong = text.length > windowLength;
    if (isLong || wordFrom(text, 0, length) || text.includes('\\') || text.includes('\x1b')) {
      leakedTokens.push(...(yield* scanLine(text, near, line, known)));
    }
    read += text.length + 1;
    if (read > windowLength) {
      yield;
      read = 0;
    }
  }
  return leakedTokens;
}

/**
 * Splits a text only as far as it's read: to split one of 5 MB at once takes longer than a portion. Keeps where lines are
 * instead of the lines: to collect that many as garbage takes long, too.
 */
function linesOfText(text: string): Lines {
  const find = (character: string, from: number) => {
    const at = text.indexOf(character, from);
    return at < 0 ? text.length : at;
  };
  const starts = [0];
  const ends: number[] = [];
  let [feed, carriage] = [find('\n', 0), find('\r', 0)];
  return (index) => {
    while (ends.length <= index && ends.at(-1) !== text.length) {
      const end = Math.min(feed, carriage);
      const start = end + (text.startsWith('\r\n', end) ? 2 : 1);
      ends.push(end);
      starts.push(start);
      feed = feed < start ? find('\n', start) : feed;
      carriage = carriage < start ? find('\r', start) : carriage;
    }
    const end = ends[index];
    return end === undefined ? undefined : text.slice(starts[index], end);
  };
}

/** Scans a text in portions. */
export function scanText(text: string, known: KnownValues): Promise<LeakedToken[]> {
  return inPortions(scanLines(linesOfText(text), 0, Infinity, known));
}

/** Scans lines as they come. Keeps only some of them in memory. */
export async function scanStream(stream: AsyncIterable<string>, known: KnownValues): Promise<LeakedToken[]> {
  const found: LeakedToken[] = [];
  let kept: string[] = [];
  let [count, scanned] = [0, 0];
  const scanTo = async (end: number) => {
    const first = count - kept.length;
    const lines: Lines = (index) => kept[index - first];
    found.push(...(await inPortions(scanLines(lines, scanned, end - 1, known))));
    scanned = end;
    kept = kept.slice(Math.max(0, end - surroundings - first));
  };
  for await (const line of stream) {
    kept.push(line);
    count++;
    if (kept.length > mostKept) {
      await scanTo(count - surroundings);
    }
  }
  await scanTo(count);
  return found;
}

const mostKept = 1000;

async function inPortions(scan: Scan): Promise<LeakedToken[]> {
  for (;;) {
    const found = continueScan(scan);
    if (found) {
      return found;
    }
    await new Promise(setImmediate);
  }
}

/** Most matches of either kind, stored and others, to report for a line. With more, more would say nothing new. */
const mostOnLine = 100;

/** Characters of a long line that are read at once. */
const windowLength = 10_000;
/** Characters that a match can have. */
const longestMatch = 13_000;
/** Characters before a match that an expression looks at. */
const longestLookbehind = 16;

function* scanLine(text: string, near: Surroundings, line: number, known: KnownValues): Scan {
  let found: LeakedToken[] = [];
  const add = (leakedToken: LeakedToken) => {
    const isApart = ({ start, end }: LeakedToken) => leakedToken.end <= start || leakedToken.start >= end;
    const alike = found.filter(({ known }) => !known === !leakedToken.known);
    if (alike.length < mostOnLine && (leakedToken.known ? alike : found).every(isApart)) {
      found = [...found.filter(isApart), leakedToken];
    }
  };
  const isLong = text.length > windowLength;
  for (let from = 0; from < text.length; from += windowLength) {
    const begin = Math.max(0, from - longestLookbehind);
    const raw = text.slice(begin, from + windowLength + longestMatch);
    for (const { read, from: startOf, to: endOf } of readings(raw)) {
      const place = (start: number, length: number) => ({
        line,
        start: begin + startOf(start),
        end: begin + endOf(start + length - 1),
      });
      // Later ones are found in the next window.
      const isHere = (start: number) => begin + startOf(start) >= from && begin + startOf(start) < from + windowLength;
      for (const { start, end, value, fingerprint } of known.find(read)) {
        if (isHere(start)) {
          add({
            code: 'stored-value',
            ...place(start, end - start),
            ...kindOf(read.slice(start, end), value.isApiKey),
            isApiKey: value.isApiKey,
            fingerprint,
            known: value,
          });
        }
      }
      for (const { code, expression, isLeak, isApiKey } of found.length < mostOnLine && mayMatch(read)
        ? patterns
        : []) {
        for (const { 0: match, 1: value = '', index } of read.matchAll(expression)) {
          if (!isHere(index)) {
            continue;
          }
          // Surroundings can take long to judge.
          yield;
          if (isLeak(value, match, { near, line, start: begin + startOf(index) })) {
            const start = index + match.lastIndexOf(value);
            add({
              code,
              ...place(start, value.length),
              ...kindOf(value, isApiKey?.(match) ?? false),
              fingerprint: known.fingerprint(value),
            });
          }
        }
        if (isLong) {
          yield;
        }
      }
      if (isLong) {
        yield;
      }
    }
  }
  if (found.length === 0) {
    return found;
  }
  const isIgnored = ignoredIn(near.lines, line);
  return found.filter(({ code }) => !isIgnored(code)).sort((a, b) => a.start - b.start);
}

/** A UUID is an API key and a JWT a token, whatever the parameter is called. */
function kindOf(value: string, isApiKey: boolean): Pick<LeakedToken, 'isApiKey' | 'expires'> {
  const jwt = readJwt(value);
  return { isApiKey: isUuid(value) || (isApiKey && !jwt), ...(jwt?.expires !== undefined && { expires: jwt.expires }) };
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
