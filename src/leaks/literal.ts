/** A quoted text on one line, its quotes included. */
export interface Literal {
  readonly start: number;
  readonly end: number;
  /** What it begins and ends with. */
  readonly quote: string;
  /** What stands right before it and belongs to it: `f`, `rb`. */
  readonly prefix: string;
}

/** How a language writes texts and comments. */
export interface Writing {
  /** Longer ones first. */
  readonly quotes: readonly string[];
  /** Quotes within which a backslash is a backslash. */
  readonly raw?: readonly string[];
  readonly prefix?: RegExp;
  /** What begins a comment that goes to the end of its line. */
  readonly comment: string;
  /** A comment begins after white space alone, as in shells, where `a#b` is a word. */
  readonly spaced?: boolean;
}

/**
 * The quoted text around a place on a line, `comment` where that is in a comment, or undefined where it is in neither,
 * or in a text that goes over several lines.
 */
export function literalAround(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  { quotes, raw = [], prefix, comment, spaced = false }: Writing,
): Literal | 'comment' | undefined {
  for (let at = 0; at <= start;) {
    if (text.startsWith(comment, at) && (!spaced || at === 0 || /\s/.test(text.charAt(at - 1)))) {
      return 'comment';
    }
    const quote = quotes.find((candidate) => text.startsWith(candidate, at));
    if (quote === undefined) {
      at += text[at] === '\\' ? 2 : 1;
      continue;
    }
    const before = prefix?.exec(text.slice(0, at))?.[0] ?? '';
    const isRaw = raw.includes(quote) || /r/i.test(before);
    const close = closing(text, at + quote.length, quote, isRaw);
    if (close === undefined) {
      return undefined;
    }
    if (close > start) {
      return close >= end + quote.length ? { start: at - before.length, end: close, quote, prefix: before } : undefined;
    }
    at = close;
  }
  return undefined;
}

/** Where a text ends whose quote was opened, the closing quote included. */
function closing(text: string, from: number, quote: string, isRaw: boolean): number | undefined {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\' && !isRaw) {
      at++;
    } else if (text.startsWith(quote, at)) {
      return at + quote.length;
    }
  }
  return undefined;
}
