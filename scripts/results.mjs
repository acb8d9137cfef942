import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a suite came to, as the runner in `test/support/mocha.ts` writes it. @typedef {import('../test/support/mocha').Results} Results */

/** What several came to together. @typedef {Pick<Results, 'passed' | 'failed' | 'pending' | 'failures'>} Total */

/** What a job took: of its seconds, those outside of tests are set-up. @typedef {{ job: string, seconds: number, durations: Results['durations'] }} Timing */

/** @param {string} file @returns {Results | undefined} undefined where the job did not get to its end */
export function readResults(file) {
  try {
    /** @type {Results} */
    const results = JSON.parse(readFileSync(file, 'utf8'));
    return results;
  } catch {
    return undefined;
  }
}

/**
 * What failed, once more, where one looks first; and one line that counts it all.
 * @param {Total} total
 */
export function closing({ passed, failed, pending, failures }) {
  const again = failures.length > 0 ? ['\nWhat failed:', ...failures] : [];
  return [...again, `\n${passed} passed, ${failed} failed${pending > 0 ? `, ${pending} skipped` : ''}`].join('\n');
}

/** The time of each suite and the ten slowest tests, as a text; all of it goes to a file. @param {readonly Timing[]} timings @param {string} file */
export function tellTimings(timings, file) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(timings, undefined, 1));
  const rows = timings.map(({ job, seconds, durations }) => {
    const inTests = durations.reduce((sum, { ms }) => sum + ms, 0) / 1000;
    return [job, String(durations.length), seconds.toFixed(0), inTests.toFixed(0), (seconds - inTests).toFixed(0)];
  });
  const slowest = timings
    .flatMap(({ job, durations }) => durations.map(({ title, ms }) => ({ job, title, ms })))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 10);
  return [
    table([['', 'tests', 'seconds', 'in tests', 'set-up'], ...rows]),
    '\nThe slowest tests, in seconds:',
    ...slowest.map(({ job, title, ms }) => `${(ms / 1000).toFixed(1).padStart(6)}  ${job}: ${title}`),
  ].join('\n');
}

/** The first column to the left, numbers to the right. @param {readonly string[][]} rows */
function table(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
    )
    .map((row) => row.join('  '))
    .join('\n');
}
