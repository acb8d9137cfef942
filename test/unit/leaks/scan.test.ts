import assert from 'node:assert/strict';

import fc from 'fast-check';

import { keyedHash } from '../../../src/base/secret';
import { KnownValues } from '../../../src/leaks/knownValues';
import {
  afterChange,
  afterScan,
  type LeakedToken,
  type Scan,
  scanLines,
  type Scanned,
  scanStream,
} from '../../../src/leaks/scan';
import { Values } from './values';

/** Finishes a scan. */
function all(scan: Scan): LeakedToken[] {
  for (;;) {
    const { done, value } = scan.next();
    if (done) {
      return value;
    }
  }
}

describe('incremental leak scan', () => {
  const values = new Values(11);
  // Includes lines whose meaning depends on those around them.
  const pieces = [
    '',
    'x = 1',
    'import tir',
    'tir.init(',
    `  token="${values.text(40)}"`,
    `TIR_API_TOKEN=${values.text(40)}`,
    `curl -H "Authorization: Bearer ${values.text(40)}" \\`,
    '  https://example.org/',
    '  https://api.e2enetworks.com/',
    'headers = {',
    '# tir-ignore',
    '- name: TIR_API_TOKEN',
    `  value: ${values.text(40)}`,
  ];
  const line = fc.constantFrom(...pieces);
  const fraction = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  const step = fc.record({
    /** Where lines are replaced and how many, as fractions of the text and of its next lines (at most 6). */
    from: fraction,
    count: fraction,
    by: fc.array(line, { minLength: 1, maxLength: 12 }),
    /** How many portions are scanned before the change. */
    portions: fc.nat(4),
    portion: fc.integer({ min: 1, max: 9 }),
  });
  const known = new KnownValues(keyedHash());

  it('finds what a full scan finds, whatever changes between its portions', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 40 }), fc.array(step, { maxLength: 8 }), (first, steps) => {
        const text = [...first];
        const lines = (index: number) => text[index];
        let scanned: Scanned = { leakedTokens: [], pending: { first: 0, last: text.length - 1 } };
        const look = (portion: number) => {
          if (scanned.pending && scanned.pending.first < text.length) {
            const { pending } = scanned;
            const last = Math.min(pending.last, pending.first + portion - 1, text.length - 1);
            const found = all(scanLines(lines, pending.first, last, known));
            scanned = afterScan(scanned, { first: pending.first, last }, found);
            return true;
          }
          return false;
        };
        for (const { from, count, by, portions, portion } of steps) {
          for (let done = 0; done < portions; done++) {
            look(portion);
          }
          const begin = Math.floor(from * text.length);
          const end = begin + Math.floor(count * Math.min(text.length - begin, 6));
          text.splice(begin, end - begin + 1, ...by);
          scanned = afterChange(scanned, { first: begin, last: end }, by.length - 1);
        }
        while (look(7));
        assert.deepEqual(scanned.leakedTokens, all(scanLines(lines, 0, text.length - 1, known)));
      }),
      { numRuns: 500 },
    );
  });

  it('finds in a stream of lines what it finds in the whole text', async () => {
    // The lines are taken in portions. Wherever one ends, a comment and the line that it ignores are apart once.
    const group = (index: number) => [`# tir-ignore ${index}`, `TIR_API_TOKEN=${values.text(40)}`, '', 'x = 1', ''];
    const lines = Array.from({ length: 1000 }, (_, index) => group(index)).flat();
    for (let start = 0; start < 5; start++) {
      const some = lines.slice(start);
      const stream = (async function* () {
        yield* some;
        await Promise.resolve();
      })();
      const whole = scanLines((index) => some[index], 0, some.length - 1, known);
      assert.deepEqual(await scanStream(stream, known), all(whole));
    }
  });

  it('scans only the lines around a change', () => {
    const scanned = afterChange({ leakedTokens: [], pending: undefined }, { first: 10_000, last: 10_000 }, 0);
    assert.deepEqual(scanned.pending, { first: 9995, last: 10_005 });
  });
});
