import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './root.mjs';

/*
 * `node scripts/words.mjs` looks for words that texts, comments and names must not contain, because readers stumble over
 * them or know the thing by another name. It prints each place with the words to use, and fails if there is one.
 */

/** Expressions, and what to write instead. A space also matches a line break in a comment. Case is ignored. */
const better = [
  ['shall', 'must, or the present tense'],
  ['whoever', 'anyone who'],
  ['anew', 'again'],
  ['(?<!one |each |all |none |some )of which', 'whose, or a new sentence'],
  ['puts? to use', 'use'],
  ['by hand|byHand', 'interactive, or yourself'],
  ['successors?', 'new token'],
  ['told of', 'notify, or show'],
  ['to be had', 'available'],
  ['hand(?:s|ed|ing)? over', 'export, or give'],
  ['(?:write|writes|wrote|written) down', 'record'],
  ['(?:take|takes|took|taken) down', 'record'],
  ['(?:take|takes|took|taken) back', 'undo'],
  ['stored here', 'stored on this machine'],
  ['nobody', 'no one, or the active voice'],
  ['secret storage of the editor', "VS Code's secret storage"],
  ["vendor's SDK", 'TIR Python SDK'],
  ['the (?:TIR )?platform', 'TIR'],
  ["the platform's", "TIR's"],
].map(([words = '', use = '']) => {
  const expression = words.replaceAll(' ', String.raw`\s+(?:(?:\*|//|#)\s+)?`);
  return { expression: new RegExp(String.raw`\b(?:${expression})\b`, 'gi'), use };
});

const folders = ['src', 'test', 'scripts', 'docs', 'media', '.github'];
const inFolders = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
);
const files = [...readdirSync(root), ...inFolders].filter(
  (file) =>
    /\.(?:ts|mjs|md|yml)$|^package(?:\.nls)?\.json$/.test(file) &&
    !file.endsWith('words.mjs') &&
    statSync(join(root, file)).isFile(),
);

for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8');
  for (const { expression, use } of better) {
    for (const { 0: found, index } of text.matchAll(expression)) {
      const line = text.slice(0, index).split('\n').length;
      console.error(`${file}:${line}: "${found.replace(/\s+\W*/g, ' ')}", better: ${use}`);
      process.exitCode = 1;
    }
  }
}
