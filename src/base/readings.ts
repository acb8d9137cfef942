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

function unescaped({ read: text, from, to }: Reading): Reading {
  const starts = new Int32Array(text.length);
  const ends = new Int32Array(text.length);
  let [length, last] = [0, 0];
  const keepUntil = (end: number) => {
    while (last < end) {
      starts[length] = last;
      ends[length++] = last++;
    }
  };
  const read = text.replace(escapes, (escape, index: number) => {
    keepUntil(index);
    last += escape.length;
    if (escape.endsWith('m')) {
      return '';
    }
    starts[length] = index;
    ends[length++] = last - 1;
    const [, kind = ''] = escape;
    return kind === 'u' ? String.fromCharCode(parseInt(escape.slice(2), 16)) : 'nrt'.includes(kind) ? '\n' : kind;
  });
  keepUntil(text.length);
  return {
    read,
    from: (index) => from(starts[index] ?? text.length),
    to: (index) => to(ends[index] ?? text.length),
  };
}
