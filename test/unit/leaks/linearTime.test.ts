import assert from 'node:assert/strict';

import { checkSync } from 'recheck';

import { Secret } from '../../../src/base/secret';
import { KnownValues } from '../../../src/leaks/knownValues';
import { patterns, prefilters } from '../../../src/leaks/patterns';
import { scanLines } from '../../../src/leaks/scan';
import { Values } from './values';

/** Scans a text for leaked tokens. Returns how many characters expressions and hashes read, and the expressions. */
function read(lines: readonly string[]) {
  const exec = Object.getOwnPropertyDescriptor(RegExp.prototype, 'exec')!;
  const native = exec.value as (this: RegExp, text: string) => RegExpExecArray | null;
  const expressions = new Map<string, RegExp>();
  let characters = 0;
  const known = new KnownValues((text) => {
    characters += text.length;
    return text;
  });
  known.add(new Secret(new Values(8).text(60)), { isApiKey: false });
  const counted = function (this: RegExp, text: string) {
    const from = this.global || this.sticky ? this.lastIndex : 0;
    const match = native.call(this, text);
    characters += (match === null ? text.length : match.index + match[0].length) - from;
    expressions.set(String(this), this);
    return match;
  };
  Object.defineProperty(RegExp.prototype, 'exec', { ...exec, value: counted });
  try {
    const scan = scanLines((index) => lines[index], 0, lines.length - 1, known);
    while (scan.next().done !== true);
  } finally {
    Object.defineProperty(RegExp.prototype, 'exec', exec);
  }
  return { characters, expressions: [...expressions.values()] };
}

/** Builds lines of pieces that the patterns look for. */
function linesOfPieces(count: number): string[] {
  const values = new Values(7);
  const pieces = [
    'eyJ',
    `eyJ${values.text(40)}.eyJ${values.text(40)}`,
    'TIR_API_TOKEN',
    'E2E_TIR_API_KEY',
    'Authorization',
    'Bearer ',
    '"',
    "'",
    ' = ',
    ': ',
    '        ',
    'api_key',
    '?apikey=',
    'https://api.e2enetworks.com/',
    values.text(60),
    values.uuid(),
    '========',
    '\\',
  ];
  const line = (index: number) =>
    Array.from({ length: 8 }, (_, at) => pieces[(index * 7 + at * at * 5 + (index % 11) * at) % pieces.length]).join(
      '',
    );
  return Array.from({ length: count }, (_, index) => line(index));
}

describe('leak scan time', () => {
  const expressions = new Map(
    [
      ...patterns.map(({ expression }) => expression),
      ...prefilters.map((source) => new RegExp(source, 'i')),
      // Expressions that functions beside the patterns run.
      ...read(linesOfPieces(1000)).expressions,
    ].map((expression) => [String(expression), expression]),
  );
  for (const [name, { source, flags }] of expressions) {
    it(`is linear for any text: ${name}`, () => {
      // Limits steps rather than time, which depends on how busy the machine is.
      const bySteps = { attackTimeout: null, incubationTimeout: null, seedingTimeout: null };
      const { status } = checkSync(source, flags, { ...bySteps, timeout: 50_000 });
      assert.equal(status, 'safe');
    });
  }

  it('grows in proportion to the text, in many lines and in one long line', () => {
    const lines = linesOfPieces(2000);
    /** Returns how many characters are read per character of the text. */
    const measure = (text: readonly string[]) => read(text).characters / text.join('').length;
    const few = measure(lines.slice(0, 200));
    const many = measure(lines);
    assert.ok(few > 1 && many < few * 1.2, `${few} per character of a few lines, ${many} of ten times as many`);
    const short = measure([lines.slice(0, 200).join('')]);
    const long = measure([lines.join('')]);
    assert.ok(long < short * 1.2, `${short} per character of a line, ${long} of one ten times as long`);
  });
});
