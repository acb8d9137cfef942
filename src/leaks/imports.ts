import type { Lines } from './patterns';

/** A value that code is to read from a variable instead, and where it is. */
export interface ReplacedValue {
  readonly lines: Lines;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** Name of the variable with the value. */
  readonly name: string;
  /** The file's path, with forward slashes. */
  readonly path: string;
  /** In a notebook, the cells before this one, whose imports also apply to it. */
  readonly earlier?: readonly Lines[];
}

/** A replacement of part of one line, or of several. */
export interface Edit {
  readonly line: number;
  /** The line of `end`, if it's another one. */
  readonly endLine?: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Replacement {
  /** Code that reads the value, as the fix's title shows it; empty if the value isn't needed there. */
  readonly code: string;
  readonly edits: readonly Edit[];
}

/*
 * Edits that code needs elsewhere in its file to read a variable.
 */

function insertAt(line: number, text: string): Edit {
  return { line, start: 0, end: 0, text };
}

/** Adds a missing `import os` before the first import, after everything that has to come first. */
export function importOs({ lines, earlier }: ReplacedValue): readonly Edit[] {
  return earlier?.some(importsOs) === true || importsOs(lines) ? [] : [insertAt(firstStatement(lines), 'import os\n')];
}

function importsOs(lines: Lines): boolean {
  return allLines(lines).some((text) => /^import\s(?:[^#]*,)?\s*os\s*(?:,|$|#|;)/.test(text));
}

/** Returns the line of a Python file to insert an import at: after comments, the docstring and `__future__`. */
function firstStatement(lines: Lines): number {
  let inText: string | undefined;
  const first = allLines(lines).findIndex((text) => {
    if (inText !== undefined) {
      inText = text.includes(inText) ? undefined : inText;
      return false;
    }
    const quote = /^\s*[ru]?("""|''')/i.exec(text)?.[1];
    if (quote !== undefined) {
      inText = text.indexOf(quote) === text.lastIndexOf(quote) ? quote : undefined;
      return false;
    }
    return !/^\s*(?:#|$|%|!|from\s+__future__\s|(["']).*\1\s*$)/.test(text);
  });
  return Math.max(first, 0);
}

/** Returns all lines of a file. */
export function allLines(lines: Lines): string[] {
  const texts: string[] = [];
  for (let text = lines(0); text !== undefined; text = lines(texts.length)) {
    texts.push(text);
  }
  return texts;
}

/** Turns a constant into a variable: Go needs a constant's value when it compiles. */
export function constToVar({ lines, line }: ReplacedValue): readonly Edit[] {
  const before = /^(\s*)const\s(?!\()/.exec(lines(line) ?? '')?.[1];
  return before === undefined ? varInConstGroup(lines, line) : [varAt(line, before.length)];
}

function varAt(line: number, start: number): Edit {
  return { line, start, end: start + 'const'.length, text: 'var' };
}

/** Splits a group of constants, so the line becomes a `var` group in the same place. */
function varInConstGroup(lines: Lines, line: number): readonly Edit[] {
  const texts = allLines(lines);
  const open = texts.slice(0, line).findLastIndex((text) => /^(?:\S.*\($|\))/.test(text));
  const close = texts.findIndex((text, index) => index > line && text.startsWith(')'));
  const isGroup = /^const\s*\($/.test(texts[open] ?? '') && close >= 0;
  // After a split, `iota` would start again from 0.
  if (!isGroup || texts.slice(open, close).some((text) => /\biota\b/.test(text))) {
    return [];
  }
  const before = open === line - 1 ? varAt(open, 0) : insertAt(line, ')\n\nvar (\n');
  return [before, ...(close === line + 1 ? [] : [insertAt(line + 1, ')\n\nconst (\n')])];
}

export function importGoOs({ lines }: ReplacedValue): readonly Edit[] {
  const texts = allLines(lines);
  if (texts.some((text) => /^\s*(?:import\s+)?"os"\s*(?:\/\/.*)?$/.test(text))) {
    return [];
  }
  const lineOf = (expression: RegExp) => texts.findIndex((text) => expression.test(text));
  const [group, single] = [lineOf(/^import\s*\(/), lineOf(/^import\s/)];
  if (group >= 0) {
    return [insertAt(group + 1, '\t"os"\n')];
  }
  return [single >= 0 ? insertAt(single, 'import "os"\n') : insertAt(lineOf(/^package\s/) + 1, '\nimport "os"\n')];
}

/** Mounts the variable as a build secret for the `RUN` instruction that needs it, so no image layer contains it. */
export function mountSecret({ lines, line, name }: ReplacedValue): readonly Edit[] {
  let first = line;
  while (
    lines(first - 1)
      ?.trimEnd()
      .endsWith('\\')
  ) {
    first--;
  }
  const run = /^(\s*RUN)\s/i.exec(lines(first) ?? '')?.[1];
  return run === undefined || lines(first)?.includes(`id=${name}`)
    ? []
    : [{ line: first, start: run.length, end: run.length, text: ` --mount=type=secret,id=${name},env=${name}` }];
}
