import { once } from './async';

/** A text as it's written, or as a program reads it that it was escaped for. */
export interface Reading {
  readonly read: string;
  /** Returns where a character of `read` starts in the text. */
  readonly from: (index: number) => number;
  /** Returns where it ends there. */
  readonly to: (index: number) => number;
}

/** Yields a text, and what JSON in it stands for, as in a notebook's cells, or in JSON within JSON. */
export function* readings(text: string): Generator<Reading> {
  let reading: Reading = { read: text, from: (index) => index, to: (index) => index + 1 };
  yield reading;
  for (let depth = 0; depth < mostDepth && startOfEscape.test(reading.read); depth++) {
    reading = unescaped(reading);
    yield reading;
  }
}

const mostDepth = 2;

/** Begins an escape that can hide a value, or what is around it. */
const startOfEscape = /\\["\\/nrt]|\\u00|\x1b\[/;

/** Escapes of JSON, and a terminal's colours, which IPython puts into the middle of a string. */
const escapes = /(?:\x1b|\\u001b|\\x1b)\[[\d;]*m|\\(?:u[0-9a-fA-F]{4}|["\\/nrt])/g;

const meanings: Readonly<Record<string, string>> = { n: '\n', r: '\n', t: '\n', '"': '"', '\\': '\\', '/': '/' };

/** Returns what an escape stands for: nothing, if it's a colour. */
function meaningOf(escape: string): string {
  const meaning = escape.length === 2 ? meanings[escape.charAt(1)] : undefined;
  return meaning ?? (escape.endsWith('m') ? '' : String.fromCharCode(parseInt(escape.slice(2), 16)));
}

function unescaped({ read: text, from, to }: Reading): Reading {
  const read = text.replace(escapes, meaningOf);
  // Most readings have no match, whose place would be asked for.
  const places = once(() => placesIn(text, read.length));
  return {
    read,
    from: (index) => from(places().starts[index] ?? text.length),
    to: (index) => to(places().ends[index] ?? text.length),
  };
}

/** Returns where each character starts and ends in the text with the escapes. */
function placesIn(text: string, length: number): { starts: Int32Array; ends: Int32Array } {
  const [starts, ends] = [new Int32Array(length), new Int32Array(length)];
  let [count, last] = [0, 0];
  const keepUntil = (end: number) => {
    while (last < end) {
      starts[count] = last;
      ends[count++] = last++;
    }
  };
  for (const { 0: escape, index } of text.matchAll(escapes)) {
    keepUntil(index);
    last = index + escape.length;
    if (meaningOf(escape) !== '') {
      starts[count] = index;
      ends[count++] = last - 1;
    }
  }
  keepUntil(text.length);
  return { starts, ends };
}
