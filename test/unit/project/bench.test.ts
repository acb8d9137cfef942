import assert from 'node:assert/strict';

import { report, toResult } from '../../../scripts/bench-results.mjs';

describe('bench results', () => {
  it('miss their target if the median exceeds its limit, fixed or relative to a compared value', () => {
    const row = (ours: number[], must: { times: number } | { more: number }) =>
      toResult({ what: 'a start', ours, atMost: 10, beside: [{ what: 'another', values: [4, 400, 4], must }] });
    assert.equal(row([1, 2, 900], { times: 0.5 }).reached, true);
    assert.equal(row([1, 3, 900], { times: 0.5 }).reached, false);
    assert.equal(row([9, 9, 9], { more: 5 }).reached, true);
    assert.equal(row([9.5, 9.5], { more: 5 }).reached, false);
    assert.equal(row([11, 11], { more: 15 }).reached, false);
  });

  it('are printed as a table with the ratio to each compared value', () => {
    const row = { what: 'a start', ours: [2, 4], atMost: 2, beside: [{ what: 'another', values: [12] }] };
    assert.deepEqual(
      report([toResult(row)])
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/ {2,}/)),
      [
        ['a start', '3 ms', '≤ 2 ms', '2', 'MISSED'],
        ['another', '12 ms', '0.25×', '1'],
      ],
    );
  });
});
