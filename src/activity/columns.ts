/** Formats rows as columns that align in an editor. A column is as wide as its widest cell. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  const sized = rows.map((row) =>
    row.map((cell, column) => {
      const size = width(cell);
      widths[column] = Math.max(widths[column] ?? 0, Math.ceil(size));
      return { cell, size };
    }),
  );
  return sized.map((row) =>
    row
      .map(({ cell, size }, column) => cell + ' '.repeat(Math.round((widths[column] ?? 0) - size)))
      .join('  ')
      .trimEnd(),
  );
}

/** Cuts out the middle of a text that is wider than `most`: names often differ at their ends, such as "ci" and "ci-2". */
export function shortened(text: string, most: number): string {
  if (width(text) <= most) {
    return text;
  }
  // A letter stays with its marks.
  const letters = text.match(/\P{M}\p{M}*|\p{M}+/gu) ?? [];
  const half = (most - 1) / 2;
  const head = fitting(letters, half);
  const tail = fitting(letters.reverse(), half).reverse();
  return `${head.join('').trimEnd()}…${tail.join('').trimStart()}`;
}

/** Returns the first letters that fit into a width. */
function fitting(letters: readonly string[], most: number): string[] {
  let sum = 0;
  const end = letters.findIndex((letter) => (sum += width(letter)) > most);
  return letters.slice(0, end);
}

/** Replaces line breaks, invisible characters and text direction controls with spaces. */
export function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/** Returns a URI's last path segment, or its path if it has none: `my app` for `file:///home/me/my%20app`. */
export function lastPart(uri: string): string {
  const path = uri.replace(/^[a-z][a-z\d+.-]*:(\/\/[^/]*)?/i, '');
  const part = path.split('/').findLast((candidate) => candidate !== '') ?? path;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const mark = /^[\p{Mn}\p{Me}]$/u;
const wide = /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]$/u;
const emoji = /^\p{Emoji_Presentation}$/u;

/**
 * Estimates the width of a text in an editor, in widths of a Latin letter. Editors take letters that the monospaced
 * font lacks from other fonts, where a Chinese one is an em wide; a Latin one is 0.6 em in most monospaced fonts.
 */
export function width(text: string): number {
  if (/^[ -~]*$/.test(text)) {
    return text.length;
  }
  let sum = 0;
  for (const letter of text) {
    sum += mark.test(letter) ? 0 : wide.test(letter) ? 5 / 3 : emoji.test(letter) ? 2 : 1;
  }
  return sum;
}
