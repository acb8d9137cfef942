import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../../scripts/root.mjs';

/*
 * Shorter than other files: it's about one page.
 */

describe('docs/where-it-works.md', () => {
  it("names each row's test, or says why it has none", () => {
    const text = readFileSync(join(root, 'docs', 'where-it-works.md'), 'utf8');
    const rows = text.split('\n').filter((line) => line.startsWith('|') && !/^\| (?:Where|---)/.test(line));
    assert.ok(rows.length > 30);
    for (const row of rows) {
      const proof = row.split('|').at(-2)?.trim() ?? '';
      const [, file, title = ''] = /^`([\w/]+)`: (.+)$/.exec(proof) ?? [];
      if (file === undefined) {
        assert.match(proof, /^Not tested, because ./, row);
      } else {
        const source = readFileSync(join(root, 'test', `${file}.test.ts`), 'utf8').replaceAll("\\'", "'");
        assert.ok(source.includes(title), `${file} has no test "${title}"`);
      }
    }
  });
});
