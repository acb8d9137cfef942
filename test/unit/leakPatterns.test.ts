import assert from 'node:assert/strict';

import { keyedHash } from '../../src/keyedHash';
import { KnownValues } from '../../src/leaks/known';
import { prefilters } from '../../src/leaks/patterns';
import { scanText } from '../../src/leaks/scan';
import { Secret } from '../../src/tir/secret';
import { hits } from './leakHits';
import { misses } from './leakMisses';
import { fill, Values } from './leakValues';

const nothingKnown = new KnownValues(keyedHash());
const mayHave = new RegExp(prefilters.join('|'), 'i');

describe('Leak patterns', () => {
  it('a stored value is found with all that it ends with, and where more stands around it', () => {
    const known = new KnownValues(keyedHash());
    const value = `${new Values(77).text(40, 'base62')}==`;
    known.add(new Secret(value), { isApiKey: false });
    for (const text of [value, `key: ${value}`, `KEY=${value}`, `"${value}",`, `https://example.com/${value}`]) {
      const found = scanText(text, known).map(({ code, start, end }) => [code, text.slice(start, end) === value]);
      assert.deepEqual(found, [['stored-value', true]]);
    }
  });

  it('precision and recall on the cases', () => {
    assert.ok(hits.length >= 60 && misses.length >= 200, `${hits.length} hits, ${misses.length} misses`);
    const missed: string[] = [];
    const wrong: string[] = [];
    let [found, expected] = [0, 0];
    hits.forEach(([code, template, count = 1], index) => {
      const text = fill(template, index + 1);
      const findings = scanText(text, nothingKnown);
      expected += count;
      found += Math.min(findings.length, count);
      if (findings.length !== count || !findings.some((finding) => finding.code === code)) {
        missed.push(`${template}: ${findings.map((finding) => finding.code).join()}`);
      }
      wrong.push(...findings.slice(count).map(() => template));
      // Or the workspace would not be looked through for it.
      assert.match(text, mayHave, template);
    });
    misses.forEach((template, index) => {
      const findings = scanText(fill(template, 1000 + index), nothingKnown);
      wrong.push(...findings.map((finding) => `${finding.code}: ${template}`));
    });
    const [precision, recall] = [found / (found + wrong.length), found / expected];
    console.log(
      `    ${hits.length} cases with a leak, ${misses.length} without: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`,
    );
    assert.deepEqual({ missed, wrong }, { missed: [], wrong: [] });
  });
});
