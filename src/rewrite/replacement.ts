/** A value in a text that is to be read from a variable instead. */
export interface Site {
  readonly text: string;
  /** Where the value is in the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Name of the variable with the value. */
  readonly name: string;
  /** The file's path, with forward slashes. */
  readonly path: string;
  /** In a notebook, the cells before this one, whose imports also apply to it. */
  readonly earlier?: readonly string[];
}

/** Replaces part of a text. The places are those of the text before any edit. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Replacement {
  /** Code that reads the value, as the fix's title shows it; empty if the value isn't needed there. */
  readonly code: string;
  readonly edits: readonly Edit[];
}

/**
 * Returns a replacement for places where no code can read a variable, or where that isn't certain. It fails loudly: as
 * a text, TIR refuses it; as code, it's an unknown name. It has no characters that mean something in markup or shells.
 */
export function placeholder({ start, end, name }: Site): Replacement {
  const code = `YOUR_${name}`;
  return { code, edits: [{ start, end, text: code }] };
}

/** Returns the text after edits, which must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((after, edit) => after.slice(0, edit.start) + edit.text + after.slice(edit.end), text);
}

/** Returns where the line of a place begins. */
export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Returns where the line of a place ends: at its line break, or where the text ends. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Returns where the command of a place begins and ends, with the lines that backslashes continue it on. */
export function commandAround(text: string, from: number, to = from): readonly [start: number, end: number] {
  let [start, end] = [lineStart(text, from), lineEnd(text, to)];
  while (text.slice(0, start).endsWith('\\\n')) {
    start = lineStart(text, start - 1);
  }
  while (text[end - 1] === '\\' && end < text.length) {
    end = lineEnd(text, end + 1);
  }
  return [start, end];
}

/** Joins the texts beside the value, in quotes, and the code with `+`. @param quote that of the literal */
export function sumWith(
  site: Site,
  literal: { readonly from: number; readonly to: number },
  code: string,
  quote: string,
) {
  const [before, after] = around(site, literal.from + 1, literal.to - 1);
  const quoted = (text: string) => (text === '' ? '' : `${quote}${text}${quote}`);
  return [quoted(before), code, quoted(after)].filter(Boolean).join(' + ');
}

/** Returns a space if a keyword stands right before a literal, as it may before a quote, but not before a name. */
export function spaceBefore(text: string, at: number): string {
  return /\w/.test(text.charAt(at - 1)) ? ' ' : '';
}

/** Returns the text before and after the value, between `start` and `end`. */
export function around({ text, ...value }: Site, start: number, end: number): readonly [string, string] {
  return [text.slice(start, value.start), text.slice(value.end, end)];
}
