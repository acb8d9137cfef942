import assert from 'node:assert/strict';

import { checkSync } from 'recheck';

import { keyedHash } from '../../src/keyedHash';
import { KnownValues } from '../../src/leaks/known';
import { patterns, prefilters } from '../../src/leaks/patterns';
import { scanText } from '../../src/leaks/scan';
import { Values } from './leakValues';

describe('Leak patterns take no longer than their text', () => {
  const expressions: readonly (readonly [name: string, expression: RegExp])[] = [
    ...patterns.map(({ code, expression }) => [code, expression] as const),
    ...prefilters.map((source) => [source, new RegExp(source, 'i')] as const),
  ];
  for (const [name, { source, flags }] of expressions) {
    it(`no text makes it go back and forth: ${name}`, function () {
      this.timeout(60_000);
      // Steps are what counts, and not the time that a busy machine takes for them.
      const bySteps = { attackTimeout: null, incubationTimeout: null, seedingTimeout: null };
      const { status } = checkSync(source, flags, { ...bySteps, timeout: 50_000 });
      assert.equal(status, 'safe');
    });
  }

  it('100,000 lines of pieces of patterns, and one line of the same length, are read in a time of that length', () => {
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
    const known = new KnownValues(keyedHash());
    const measure = (text: string) => {
      // The shortest of three: what else the machine does only adds to it.
      const times = [1, 2, 3].map(() => {
        const start = process.hrtime.bigint();
        scanText(text, known);
        return Number(process.hrtime.bigint() - start);
      });
      return Math.min(...times) / text.length;
    };
    const lines = Array.from({ length: 100_000 }, (_, index) => line(index));
    measure(lines.slice(0, 10_000).join('\n'));
    const few = measure(lines.slice(0, 10_000).join('\n'));
    // Time for each character; were it to grow with the length, it would be ten times as much and more.
    assert.ok(measure(lines.join('\n')) < few * 5, 'it grows with the number of lines');
    assert.ok(measure(lines.slice(0, 10_000).join('')) < few * 50, 'it grows with the length of a line');
  });
});
