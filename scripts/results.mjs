import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A job's results, which `test/support/mocha.ts` writes. @typedef {import('../test/support/mocha').Results} Results */

/** Results of several jobs, added up. @typedef {Pick<Results, 'passed' | 'failed' | 'pending' | 'failures'>} Total */

/**
 * How long a job took. Its seconds outside of tests are set-up.
 * @typedef {{ job: string, seconds: number, durations: Results['durations'] }} Timing
 */

/** @param {string} file @returns {Results | undefined} undefined if the job didn't get to its end */
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
 * Formats all failures again, and the totals, for the end of the output.
 * @param {Total} total
 */
export function closing({ passed, failed, pending, failures }) {
  const again = failures.length > 0 ? ['\nFailed tests:', ...failures] : [];
  return [...again, `\n${passed} passed, ${failed} failed${pending > 0 ? `, ${pending} skipped` : ''}`].join('\n');
}

/**
 * Writes all times to a file, and returns a table of the jobs and the ten slowest tests.
 * @param {readonly Timing[]} timings @param {string} file
 */
export function reportTimings(timings, file) {
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

/** @param {readonly string[][]} rows the first one is the header */
function table(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
    )
    .map((row) => row.join('  '))
    .join('\n');
}
