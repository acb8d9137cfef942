import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { encodings, search } from './search';

describe('secrets at rest', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tir-at-rest-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are found by the search in every encoding, at every offset, and in file names', () => {
    const secret = `eyJ-${Math.random()}+/?&ü.${Math.random()}`;
    for (const around of ['', 'x', 'yz', '\0\0\0']) {
      const text = Buffer.from(around + secret + around);
      const written = {
        plain: text,
        reversed: Buffer.from([...text].reverse()),
        utf16: Buffer.from(text.toString(), 'utf16le'),
        'utf16-big': Buffer.from(text.toString(), 'utf16le').swap16(),
        hex: Buffer.from(text.toString('hex')),
        base64: Buffer.from(text.toString('base64')),
        base64url: Buffer.from(text.toString('base64url')),
        'base64-utf16': Buffer.from(Buffer.from(text.toString(), 'utf16le').toString('base64')),
        url: Buffer.from(encodeURIComponent(text.toString())),
        numbers: Buffer.from(JSON.stringify([...text])),
        gzip: gzipSync(text),
      };
      for (const [name, bytes] of Object.entries(written)) {
        mkdirSync(join(folder, 'deep', name), { recursive: true });
        const file = join(folder, 'deep', name, 'file');
        writeFileSync(file, bytes);
        assert.equal(search(folder, [secret]).hits[0]?.file, join('deep', name, 'file'), `${name} after "${around}"`);
        rmSync(file);
      }
    }
    assert.deepEqual(search(folder, [secret]).hits, []);
    writeFileSync(join(folder, 'log-with-a-value.txt'), 'empty');
    assert.ok(search(folder, ['with-a-value']).hits.length > 0, 'in a file name');
    assert.ok(encodings(secret).size > 15);
  });

  it("aren't in any file of servers, browser profiles and logs, nor on a command line", function () {
    const [atRest, made] = [process.env['TIR_TEST_AT_REST'], process.env['TIR_TEST_SECRETS']];
    const secrets =
      made !== undefined && existsSync(made) ? readFileSync(made, 'utf8').split('\n').filter(Boolean) : [];
    const isWhole = process.env['TIR_TEST_WHOLE_TIER'] !== undefined;
    assert.ok(!isWhole || secrets.length > 0, 'token values were recorded');
    if (atRest === undefined || secrets.length === 0) {
      // Happens only in a partial run whose tests created no token.
      this.skip();
    }
    const { hits, files, bytes } = search(atRest, [...new Set(secrets)]);
    console.log(
      `    ${files} files, ${Math.round(bytes / 1e6)} MB searched for ${secrets.length} secrets: ${hits.length} found`,
    );
    if (existsSync('/proc/self/cmdline') && (isWhole || existsSync(join(atRest, 'processes')))) {
      const lines = readFileSync(join(atRest, 'processes'), 'utf8').split('\n').filter(Boolean);
      console.log(`    ${lines.length} command lines of programs that ran meanwhile are among them`);
      assert.ok(lines.length > 5);
    }
    assert.deepEqual(hits, []);
    if (isWhole) {
      assert.ok(files > 100, 'there was something to search');
    }
  });
});
