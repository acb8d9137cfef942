import type { Lines } from './patterns';

/** What is to be read from the environment instead of a value, and where that stands. */
export interface ReplacedValue {
  readonly lines: Lines;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** The variable that has the value. */
  readonly name: string;
  /** Path of the file, with slashes. */
  readonly path: string;
  /** Of a notebook's cell: the other ones, whose imports count for it too. */
  readonly earlier?: readonly Lines[];
}

/** Text in the place of a piece of one line. */
export interface Edit {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/*
 * What code needs elsewhere in its file to read a variable.
 */

function insertAt(line: number, text: string): Edit {
  return { line, start: 0, end: 0, text };
}

/** `import os`, where it is missing: before the first import, after what has to come first. */
export function importOs({ lines, earlier }: ReplacedValue): readonly Edit[] {
  return earlier?.some(importsOs) === true || importsOs(lines) ? [] : [insertAt(firstStatement(lines), 'import os\n')];
}

function importsOs(lines: Lines): boolean {
  return all(lines).some((text) => /^import\s(?:[^#]*,)?\s*os\s*(?:,|$|#|;)/.test(text));
}

/** The first line of a Python file that may have an import before it: past comments, the file's own text and `__future__`. */
function firstStatement(lines: Lines): number {
  let inText: string | undefined;
  const first = all(lines).findIndex((text) => {
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

function all(lines: Lines): string[] {
  const texts: string[] = [];
  for (let text = lines(0); text !== undefined; text = lines(texts.length)) {
    texts.push(text);
  }
  return texts;
}

/** A constant is known before the program runs, and what the environment holds is not. */
export function constToVar({ lines, line }: ReplacedValue): readonly Edit[] {
  const before = /^(\s*)const\s(?!\()/.exec(lines(line) ?? '')?.[1];
  return before === undefined ? varInConstGroup(lines, line) : [varAt(line, before.length)];
}

function varAt(line: number, start: number): Edit {
  return { line, start, end: start + 'const'.length, text: 'var' };
}

/** Takes a line out of a group of constants, as a group of its own where it stands. */
function varInConstGroup(lines: Lines, line: number): readonly Edit[] {
  const texts = all(lines);
  const open = texts.slice(0, line).findLastIndex((text) => /^(?:\S.*\($|\))/.test(text));
  const close = texts.findIndex((text, index) => index > line && text.startsWith(')'));
  const isGroup = /^const\s*\($/.test(texts[open] ?? '') && close >= 0;
  // Its numbers would begin anew past the line.
  if (!isGroup || texts.slice(open, close).some((text) => /\biota\b/.test(text))) {
    return [];
  }
  const before = open === line - 1 ? varAt(open, 0) : insertAt(line, ')\n\nvar (\n');
  return [before, ...(close === line + 1 ? [] : [insertAt(line + 1, ')\n\nconst (\n')])];
}

export function importGoOs({ lines }: ReplacedValue): readonly Edit[] {
  const texts = all(lines);
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

/** A build has the variable where it is given to the step that needs it, which leaves it in no layer. */
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
