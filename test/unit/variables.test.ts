import assert from 'node:assert/strict';

import { readNames, variableProblem, variablesOf } from '../../src/terminals/variables';
import { Secret } from '../../src/tir/secret';

const connection = { id: 'p-7-delhi', label: 'Seven', projectId: 7, location: 'Delhi' };
const credentials = { token: new Secret('the-token'), apiKey: new Secret('the-key') };

describe('the variables of a token', () => {
  it('are one, and those of the SDK and of the project where they are wanted', () => {
    assert.deepEqual(Object.fromEntries(variablesOf(credentials, undefined, false)), { TIR_API_TOKEN: 'the-token' });
    const named = { ...connection, variables: ['OPENAI_API_KEY', 'MY_TOKEN'] };
    assert.deepEqual(Object.fromEntries(variablesOf(credentials, named, true)), {
      TIR_API_TOKEN: 'the-token',
      OPENAI_API_KEY: 'the-token',
      MY_TOKEN: 'the-token',
      E2E_TIR_ACCESS_TOKEN: 'the-token',
      E2E_TIR_API_KEY: 'the-key',
      E2E_TIR_PROJECT_ID: '7',
    });
  });

  it('lack what is not known', () => {
    const names = variablesOf({ token: credentials.token }, undefined, true).keys();
    assert.deepEqual([...names], ['TIR_API_TOKEN', 'E2E_TIR_ACCESS_TOKEN']);
  });
});

describe('extra names of variables', () => {
  it('are taken where a shell takes them', () => {
    for (const name of ['OPENAI_API_KEY', '_token', 'my_token2', 'NODE_AUTH_TOKEN', 'GIT_TOKEN', 'x'.repeat(100)]) {
      assert.equal(variableProblem(name), undefined, name);
    }
    for (const name of ['', '2FA', 'A-B', 'A B', 'A=B', 'A;B', '$(x)', 'Ü', 'A\n']) {
      assert.equal(variableProblem(name), 'characters', name);
    }
    assert.equal(variableProblem('x'.repeat(101)), 'too-long');
  });

  it('are refused where they steer programs, in whatever case', () => {
    for (const name of ['PATH', 'Path', 'HOME', 'SHELL', 'NODE_OPTIONS', 'IFS', 'BASH_ENV', 'https_proxy', 'PS1']) {
      assert.equal(variableProblem(name), 'steering', name);
    }
    for (const name of ['LD_PRELOAD', 'DYLD_INSERT_LIBRARIES', 'PYTHONPATH', 'LC_ALL', 'VSCODE_PID', 'GIT_ASKPASS']) {
      assert.equal(variableProblem(name), 'steering', name);
    }
  });

  it('are refused where they are set in another way', () => {
    assert.equal(variableProblem('TIR_API_TOKEN'), 'own');
    assert.equal(variableProblem('E2E_TIR_API_KEY'), 'sdk');
  });

  it('are read out of what people type', () => {
    assert.deepEqual(readNames(' A, B;C  D\n A,'), ['A', 'B', 'C', 'D']);
    assert.deepEqual(readNames(' , '), []);
  });
});
