import { existsSync, readFileSync } from 'node:fs';

/** What a suite came to, as the runner in `test/support/mocha.ts` writes it. @typedef {{ passed: number, failed: number, pending: number, lines: string[], failures: string[] }} Results */

/** @param {string} file @returns {Results | undefined} undefined where the suite did not get to its end */
export function readResults(file) {
  return existsSync(file) ? /** @type {Results} */ (JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

/**
 * What failed, once more, where one looks first; and one line that counts it all.
 * @param {Omit<Results, 'lines'>} total
 */
export function closing({ passed, failed, pending, failures }) {
  const again = failures.length > 0 ? ['\nWhat failed:', ...failures] : [];
  return [...again, `\n${passed} passed, ${failed} failed${pending > 0 ? `, ${pending} skipped` : ''}`].join('\n');
}
