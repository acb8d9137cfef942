import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './root.mjs';

/**
 * Lists the bundled packages with their licenses, which have to ship with the bundle.
 * @param {readonly string[]} names of packages
 */
export function notices(names) {
  const parts = names.map((name) => {
    const folder = join(root, 'node_modules', name);
    /** @type {{ version: string, license: string, author?: string | { name: string } }} */
    const { version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const by = typeof author === 'object' ? author.name : author;
    const text = file === undefined ? `By ${by ?? 'its authors'}.` : readFileSync(join(folder, file), 'utf8').trim();
    return `${name} ${version}: ${license}\n\n${text}\n`;
  });
  return `TIR Tokens includes this third-party software:\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
