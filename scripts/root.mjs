import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, from a script as well as from a test that was bundled into `out`. */
export const root = find(dirname(fileURLToPath(import.meta.url)));

/** @param {string} folder @returns {string} */
function find(folder) {
  return existsSync(join(folder, 'package-lock.json')) ? folder : find(dirname(folder));
}
