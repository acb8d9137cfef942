import { lineEnd } from './replacement';

/** How a shell reads a place in a script. */
export interface ShellPlace {
  readonly kind: 'code' | 'double' | 'single' | 'ansi' | 'heredoc' | 'comment' | 'literal';
  /** Where the text in these quotes begins and ends, without the quotes. Of code, the place itself. */
  readonly start: number;
  readonly end: number;
}

/** An open construct, and what ends it. */
interface Open {
  readonly kind: 'code' | 'double' | 'parameter';
  readonly end: string;
  readonly start: number;
}

interface Heredoc {
  readonly word: string;
  readonly isQuoted: boolean;
  readonly stripsTabs: boolean;
}

const heredocStart = /<<(-?)[ \t]*(?:\\(\w+)|'([^'\n]+)'|"([^"\n]+)"|([^\s;&|<>()'"\\$`]+))/y;

/**
 * Returns how a shell (`sh`, bash, zsh) reads a place, by its text from the beginning. `literal` is a
 * here-document in which nothing is replaced. Returns undefined where it isn't certain, as after an unbalanced quote.
 */
export function shellPlace(text: string, from: number, to: number): ShellPlace | undefined {
  const open: Open[] = [];
  let waiting: Heredoc[] = [];
  const contains = (start: number, end: number) => start <= from && to <= end;
  const openCode = (end: string, start: number) => open.push({ kind: 'code', end, start });
  for (let at = 0; at < text.length;) {
    const top = open.at(-1);
    const character = text.charAt(at);
    const isDouble = top?.kind === 'double';
    if (at >= from) {
      return placeIn(text, top, from, to);
    }
    if (character === '\\') {
      at += 2;
    } else if (top && character === top.end) {
      open.pop();
      at++;
    } else if (character === '"') {
      open.push({ kind: 'double', end: '"', start: at + 1 });
      at++;
    } else if (character === '`' || text.startsWith('$(', at)) {
      openCode(character === '`' ? '`' : ')', at);
      at += character === '`' ? 1 : 2;
    } else if (text.startsWith('${', at)) {
      open.push({ kind: 'parameter', end: '}', start: at });
      at += 2;
    } else if (isDouble) {
      at++;
    } else if (character === "'") {
      const isAnsi = text[at - 1] === '$';
      const end = isAnsi ? endOfText(text, at + 1, "'") : text.indexOf("'", at + 1);
      if (end === undefined || end < 0) {
        return undefined;
      }
      if (end > from) {
        return contains(at + 1, end) ? { kind: isAnsi ? 'ansi' : 'single', start: at + 1, end } : undefined;
      }
      at = end + 1;
    } else if (top?.kind === 'parameter') {
      at++;
    } else if (character === '(') {
      openCode(')', at);
      at++;
    } else if (character === '#' && /^$|[\s;&|(]/.test(text.charAt(at - 1))) {
      const end = lineEnd(text, at);
      if (end > from) {
        return { kind: 'comment', start: at, end };
      }
      at = end;
    } else if (text.startsWith('<<', at) && !text.startsWith('<<<', at) && text[at - 1] !== '<') {
      heredocStart.lastIndex = at;
      const [all = '<<', dash, ...words]: (string | undefined)[] = heredocStart.exec(text) ?? [];
      const word = words.find((one) => one !== undefined);
      if (word === undefined) {
        return undefined;
      }
      waiting.push({ word, isQuoted: words[3] === undefined, stripsTabs: dash === '-' });
      at += all.length;
    } else if (character === '\n' && waiting.length > 0) {
      at++;
      for (const { word, isQuoted, stripsTabs } of waiting) {
        const end = endOfHeredoc(text, at, word, stripsTabs);
        if (end === undefined) {
          return undefined;
        }
        if (end.body > from) {
          return contains(at, end.body)
            ? { kind: isQuoted ? 'literal' : 'heredoc', start: at, end: end.body }
            : undefined;
        }
        at = end.after;
      }
      waiting = [];
    } else if (
      open.some(({ end }) => end === ')') &&
      /^case\s/.test(text.slice(at, at + 5)) &&
      /\W/.test(text.charAt(at - 1))
    ) {
      // Its patterns end with parentheses that nothing opened.
      return undefined;
    } else {
      at++;
    }
  }
  return undefined;
}

function placeIn(text: string, top: Open | undefined, from: number, to: number): ShellPlace | undefined {
  if (top?.kind === 'double') {
    const end = endOfText(text, to, '"');
    return end === undefined ? undefined : { kind: 'double', start: top.start, end };
  }
  return { kind: 'code', start: from, end: to };
}

/** Returns where a text ends in which backslashes escape quotes; undefined if it doesn't. */
function endOfText(text: string, from: number, quote: string): number | undefined {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') {
      at++;
    } else if (text[at] === quote) {
      return at;
    }
  }
  return undefined;
}

function endOfHeredoc(text: string, from: number, word: string, stripsTabs: boolean) {
  for (let at = from; at <= text.length;) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end).replace(/\r$/, '');
    if ((stripsTabs ? line.replace(/^\t+/, '') : line) === word) {
      return { body: at, after: end };
    }
    at = end + 1;
  }
  return undefined;
}
