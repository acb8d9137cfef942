import assert from 'node:assert/strict';

import { secretNameProblem } from '../../../src/export/github';

describe('secretNameProblem', () => {
  it("follows GitHub's rules for secret names", () => {
    for (const name of ['TIR_API_TOKEN', '_x', 'a1', 'MY_GITHUB_TOKEN']) {
      assert.equal(secretNameProblem(name), undefined, name);
    }
    for (const name of ['', '1A', 'A-B', 'A B', '--repo', 'A\n', 'É']) {
      assert.match(secretNameProblem(name) ?? '', /letters, digits and "_"/, name);
    }
    for (const name of ['GITHUB_TOKEN', 'github_x']) {
      assert.match(secretNameProblem(name) ?? '', /GitHub reserves names/, name);
    }
  });
});
