import assert from 'node:assert/strict';

import { readProject } from '../../../src/tir/pasted';
import { api, place, query, values } from './pastedCases';

describe('readProject', () => {
  it('reads IDs, variables and URLs', () => {
    for (const text of [
      '1017',
      ' 1017\n',
      '"1017",',
      '001017',
      'p-1017',
      '<p-1017>',
      'project_id=1017',
      'project_id: "p-1017"',
      'E2E_TIR_PROJECT_ID=1017',
      'export E2E_PROJECT_ID="1017"',
      '"project_id": 1017}',
      'https://tir.e2enetworks.com/projects/1017/tokens',
      'https://tir.e2enetworks.com/projects/1017',
      'https://tir.e2enetworks.com/projects/1017.',
      '<https://tir.e2enetworks.com/projects/1017>',
      '"https://tir.e2enetworks.com/projects/1017/",',
      'tir.e2enetworks.com/project/p-1017/tokens?tab=1#top',
      'https://tir.e2enetworks.com/#/projects/1017',
      '/#/projects/1017/tokens',
      'https://tir.e2enetworks.com/projects/1017?next=/projects/1017',
      'https://infer.e2enetworks.net/project/p-1017/genai/llama/v1',
      'https://infer.e2enetworks.net/project/p-1017/endpoint/is-42/v1',
      `https://notebooks.e2enetworks.com/notebook/p-1017/n-${values.key}/lab`,
      'see https://tir.e2enetworks.com/projects/1017/tokens, please',
      '{"api_key":"x","auth_token":"x","team_id":12,"project_id":1017}',
      'https://tir.e2enetworks.com/projects/1017/p?next=/projects/1018',
      'https://tir.e2enetworks.com/login?next=%2Fprojects%2F1017%2Ftokens',
      `https://notebooks.e2enetworks.com/notebook/p-1017/n-${values.key}/lab/tree/projects/2024/a.ipynb`,
    ]) {
      assert.deepEqual(readProject(text), { projectId: 1017 }, text);
    }
    assert.deepEqual(readProject(`${api}?apikey=x&${query}&active_iam=6`), { ...place, activeIam: 6 });
    assert.deepEqual(readProject(`${api}?project_id=1017&location=chennai`), { projectId: 1017, location: 'Chennai' });
    assert.deepEqual(readProject('9'.repeat(15)), { projectId: 999_999_999_999_999 });
  });

  it('reads nothing else', () => {
    for (const text of [
      '',
      '0',
      '000',
      '-1',
      '12.5',
      'x',
      'p-',
      'p-x',
      '#1017',
      '1'.repeat(16),
      'is-123',
      `n-${values.key}`,
      values.key,
      'project_id=0',
      'project_id=12.5',
      'project_id=x',
      `project_id=${'1'.repeat(16)}`,
      'project_id=1 E2E_PROJECT_ID=2',
      'https://tir.e2enetworks.com',
      'https://tir.e2enetworks.com/projects/',
      'https://tir.e2enetworks.com/projects/0/tokens',
      'https://tir.e2enetworks.com/projects/new',
      `https://tir.e2enetworks.com/projects/${'1'.repeat(16)}`,
      'https://tir.e2enetworks.com/projects/1017 https://tir.e2enetworks.com/projects/1018',
      'https://tir.e2enetworks.com/projects/1017/projects/1018',
      'https://infer.e2enetworks.net/endpoint/is-123/v1',
      ' '.repeat(1_000_000),
    ]) {
      assert.equal(readProject(text), undefined, text.slice(0, 80));
    }
  });
});
