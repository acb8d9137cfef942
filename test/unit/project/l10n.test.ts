import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { getL10nJson } from '@vscode/l10n-dev';

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;

/** What a translation has to keep as it is: places for values, code, addresses and commands. */
function fixed(text: string): string[] {
  const pieces = text.match(
    /\{\d+\}|\$\([\w-]+\)|`[^`]*`|\]\([^)]*\)|\btir(?:\.\w+)+|\b(?:TIR|E2E|GITHUB)\w*|\.env(?![a-z])|https?:/g,
  );
  return [...new Set(pieces)].sort();
}

const nothing = { missing: [], superfluous: [] };

function difference(translations: Record<string, string>, texts: Record<string, string>) {
  const without = (some: object, others: object) => Object.keys(some).filter((key) => !(key in others));
  return { missing: without(texts, translations), superfluous: without(translations, texts) };
}

describe('Localisation', () => {
  // Each text in Hindi, by the English one for the code, and by its key for package.json.
  const hindi = read('l10n/bundle.l10n.hi.json');
  const english = { manifest: read('package.nls.json'), code: {} as Record<string, string> };

  before(async () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const sources = files.map((file) => ({ extension: '.ts', contents: readFileSync(join('src', file), 'utf8') }));
    // No text has a comment for translators, and so each is its own key.
    english.code = (await getL10nJson(sources)) as Record<string, string>;
    assert.ok(Object.keys(english.code).length > 250);
  });

  it('every text of the code is there in Hindi, and no other', () => {
    assert.deepEqual(difference(hindi, english.code), nothing);
  });

  it('every text of package.json is there in Hindi, and no other', () => {
    assert.deepEqual(difference(read('package.nls.hi.json'), english.manifest), nothing);
  });

  it('a translation keeps what is not to be translated, and is one', () => {
    const pairs = [
      ...Object.entries(hindi),
      ...Object.entries(read('package.nls.hi.json')).map(([key, text]) => [english.manifest[key] ?? '', text] as const),
    ];
    for (const [text, translation] of pairs) {
      assert.deepEqual(fixed(translation), fixed(text), text);
      assert.ok(/\p{Script=Devanagari}/u.test(translation) || fixed(text).length > 0, text);
    }
  });

  it('no text is read in a way that is not found', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    for (const file of files) {
      const source = readFileSync(join('src', file), 'utf8');
      // The name in full and a text in place: nothing else is taken out of the code.
      assert.doesNotMatch(source.replace("import { l10n } from 'vscode';", ''), /l10n(?!\.t\(\s*['"])/, file);
    }
  });
});
