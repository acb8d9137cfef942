import assert from 'node:assert/strict';

import { keyedHash, Secret } from '../../../src/base/secret';
import { KnownValues } from '../../../src/leaks/knownValues';
import { prefilters } from '../../../src/leaks/patterns';
import { scanText } from '../../../src/leaks/scan';
import { hits } from './hits';
import { misses } from './misses';
import { fill, Values } from './values';

const nothingKnown = new KnownValues(keyedHash());
const mayHave = new RegExp(prefilters.join('|'), 'i');

describe('leak patterns', () => {
  it('find a stored value, "==" at its end included, alone or inside other text', async () => {
    const known = new KnownValues(keyedHash());
    const value = `${new Values(77).text(40, 'base62')}==`;
    known.add(new Secret(value), { isApiKey: false });
    for (const text of [value, `key: ${value}`, `KEY=${value}`, `"${value}",`, `https://example.com/${value}`]) {
      const found = (await scanText(text, known)).map(({ code, start, end }) => [
        code,
        text.slice(start, end) === value,
      ]);
      assert.deepEqual(found, [['stored-value', true]]);
    }
  });

  it('find stored values of 8 characters or more, at most 100 per line, and prefer the token to the sign-in', async () => {
    const known = new KnownValues(keyedHash());
    const [short, value] = [new Values(78).text(8, 'base62'), new Values(79).text(40, 'base62')];
    const token = { connectionId: 'p-7-delhi', id: 1, name: 'dev' };
    known.add(new Secret(short), { isApiKey: false });
    known.add(new Secret(value), { isApiKey: false, token });
    known.add(new Secret(value), { isApiKey: false });
    assert.equal((await scanText(short, known)).length, 1);
    const found = await scanText(`${value} `.repeat(101), known);
    assert.equal(found.length, 100);
    assert.deepEqual(found[0]?.known?.token, token);
  });

  it('find a stored value after 100 others on its line, and one that JSON escapes', async () => {
    const known = new KnownValues(keyedHash());
    const value = `${new Values(80).text(20, 'base62')}/${new Values(81).text(20, 'base62')}`;
    known.add(new Secret(value), { isApiKey: false });
    const others = Array.from({ length: 150 }, (_, index) => fill('TIR_API_TOKEN={opaque}', 100 + index));
    const codes = async (text: string) => (await scanText(text, known)).map(({ code }) => code);
    const variables = Array.from({ length: 100 }, () => 'variable-value');
    assert.deepEqual(await codes(`${others.join(' ')} ${value}`), [...variables, 'stored-value']);
    assert.deepEqual(await codes(JSON.stringify({ TIR_API_TOKEN: value }).replace('/', '\\/')), ['stored-value']);
  });

  it('are silenced by a tir-ignore comment, which may name one code', async () => {
    for (const [comment, count] of [
      ['# tir-ignore', 0],
      ['# tir-ignore variable-value', 0],
      ['# tir-ignore bearer-token', 1],
      ['# tir-ignored', 1],
    ] as const) {
      const line = fill('TIR_API_TOKEN={opaque}', 80);
      assert.equal((await scanText(`${line} ${comment}`, nothingKnown)).length, count, comment);
      assert.equal((await scanText(`${comment}\n${line}`, nothingKnown)).length, count, `${comment}, above`);
    }
  });

  it('find all hits and none of the misses', async () => {
    assert.ok(hits.length >= 60 && misses.length >= 200, `${hits.length} hits, ${misses.length} misses`);
    const missed: string[] = [];
    const wrong: string[] = [];
    let [found, expected] = [0, 0];
    for (const [index, [code, template, count = 1]] of hits.entries()) {
      const text = fill(template, index + 1);
      const findings = await scanText(text, nothingKnown);
      expected += count;
      found += Math.min(findings.length, count);
      if (findings.length !== count || !findings.some((finding) => finding.code === code)) {
        missed.push(`${template}: ${findings.map((finding) => finding.code).join()}`);
      }
      wrong.push(...findings.slice(count).map(() => template));
      // Otherwise, the workspace scan would skip the file.
      assert.match(text, mayHave, template);
    }
    for (const [index, template] of misses.entries()) {
      const findings = await scanText(fill(template, 1000 + index), nothingKnown);
      wrong.push(...findings.map((finding) => `${finding.code}: ${template}`));
    }
    const [precision, recall] = [found / (found + wrong.length), found / expected];
    console.log(
      `    ${hits.length} cases with a leak, ${misses.length} without: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`,
    );
    assert.deepEqual({ missed, wrong }, { missed: [], wrong: [] });
  });
});
