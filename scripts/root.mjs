import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. Found by its lock file, so this also works in tests that are bundled into `out`. */
export const root = find(dirname(fileURLToPath(import.meta.url)));

/** @param {string} folder @returns {string} */
function find(folder) {
  return existsSync(join(folder, 'package-lock.json')) ? folder : find(dirname(folder));
}
