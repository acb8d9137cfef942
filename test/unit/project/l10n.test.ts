import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { getL10nJson } from '@vscode/l10n-dev';

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;

/** Returns what a translation must keep unchanged: placeholders, icons, code, URLs, commands and variable names. */
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

describe('localization', () => {
  // Texts of the code have their English text as key; those of package.json have the key used there.
  const hindi = read('l10n/bundle.l10n.hi.json');
  const english = { manifest: read('package.nls.json'), code: {} as Record<string, string> };

  before(async () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const sources = files.map((file) => ({ extension: '.ts', contents: readFileSync(join('src', file), 'utf8') }));
    // No text has a comment for translators, so each is its own key.
    english.code = (await getL10nJson(sources)) as Record<string, string>;
    assert.ok(Object.keys(english.code).length > 250);
  });

  it('has every text of the code in Hindi, and no others', () => {
    assert.deepEqual(difference(hindi, english.code), nothing);
  });

  it('has every text of package.json in Hindi, and no others', () => {
    assert.deepEqual(difference(read('package.nls.hi.json'), english.manifest), nothing);
  });

  it('keeps placeholders, code, URLs and commands in translations, and translates the rest', () => {
    const pairs = [
      ...Object.entries(hindi),
      ...Object.entries(read('package.nls.hi.json')).map(([key, text]) => [english.manifest[key] ?? '', text] as const),
    ];
    for (const [text, translation] of pairs) {
      assert.deepEqual(fixed(translation), fixed(text), text);
      assert.ok(/\p{Script=Devanagari}/u.test(translation) || fixed(text).length > 0, text);
    }
  });

  it('finds every text of the code, because each is a literal in l10n.t', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    for (const file of files) {
      const source = readFileSync(join('src', file), 'utf8');
      // The extraction finds only `l10n.t` with a literal text.
      assert.doesNotMatch(source.replace("import { l10n } from 'vscode';", ''), /l10n(?!\.t\(\s*['"])/, file);
    }
  });
});
