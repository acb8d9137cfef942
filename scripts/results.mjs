import { existsSync, readFileSync } from 'node:fs';

/** What a suite came to, as the runner in `test/support/mocha.ts` writes it. @typedef {{ passed: number, failed: number, pending: number, lines: string[] }} Results */

/** @param {string} file @returns {Results | undefined} undefined where the suite did not get to its end */
export function readResults(file) {
  return existsSync(file) ? /** @type {Results} */ (JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

/** @param {Omit<Results, 'lines'>} total */
export function closingLine({ passed, failed, pending }) {
  return `\n${passed} passed, ${failed} failed${pending > 0 ? `, ${pending} skipped` : ''}`;
}
