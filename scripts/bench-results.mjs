import { readFileSync } from 'node:fs';

/** @typedef {import('../test/bench/measure.js').Row} Row */
/** @typedef {import('../test/bench/measure.js').Comparison} Beside */
/** @typedef {ReturnType<typeof toResult>} Result */

/**
 * Reads the result that a module wrote (`leave` in `test/bench/measure.ts`).
 * @throws the module's error @template T @param {string} file @returns {T}
 */
export function readOutcome(file) {
  /** @type {import('../test/bench/measure.js').Outcome<T>} */
  const outcome = JSON.parse(readFileSync(file, 'utf8'));
  if ('error' in outcome) {
    throw new Error(outcome.error);
  }
  return outcome.result;
}

/** Calculates a row's medians, and whether they keep within their limits. @param {Row} row */
export function toResult({ what, unit, ours, atMost, beside }) {
  const mine = median(ours);
  const others = beside.map(({ what, values, must }) => {
    const other = median(values);
    return {
      what,
      runs: values.length,
      median: other,
      ratio: other === 0 ? null : mine / other,
      ...(must && { must, reached: mine <= ('times' in must ? other * must.times : other + must.more) }),
    };
  });
  const reached = (atMost === undefined || mine <= atMost) && others.every((other) => other.reached !== false);
  return {
    what,
    unit: unit ?? 'ms',
    runs: ours.length,
    median: mine,
    ...(atMost !== undefined && { atMost }),
    reached,
    beside: others,
  };
}

/** Formats the results as a table. @param {readonly Result[]} results */
export function report(results) {
  /** @type {string[][]} */
  const lines = results.flatMap(({ what, unit, runs, median, atMost, reached, beside }) => [
    [
      what,
      `${figure(median)} ${unit}`,
      '',
      atMost === undefined ? '' : `≤ ${atMost} ${unit}`,
      String(runs),
      reached ? '' : 'MISSED',
    ],
    ...beside.map((other) => [
      `  ${other.what}`,
      `${figure(other.median)} ${unit}`,
      other.ratio === null ? '' : `${figure(other.ratio)}×`,
      bound(other.must, unit),
      String(other.runs),
      other.reached === false ? 'MISSED' : '',
    ]),
  ]);
  const table = [['measurement, and what it is compared with', 'median', 'ratio', 'limit', 'runs', ''], ...lines];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  /** @param {string} cell @param {number} column */
  const padded = (cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0));
  return table.map((line) => line.map(padded).join('  ').trimEnd()).join('\n');
}

/** @param {Beside['must']} must @param {string} unit */
function bound(must, unit) {
  if (!must) {
    return '';
  }
  return 'times' in must ? `≤ ${figure(must.times)}×` : `≤ ${must.more} ${unit} more`;
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

/** Formats a number: whole from 100, with three digits below, and with two below 1. @param {number} value */
function figure(value) {
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toPrecision(value < 1 ? 2 : 3);
}
