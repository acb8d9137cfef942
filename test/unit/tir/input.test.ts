import assert from 'node:assert/strict';

import fc from 'fast-check';

import { nameProblem, nextTokenName, suggestName } from '../../../src/tir/input';

const none = new Set<string>();

describe('token names', () => {
  it('have 1 to 64 letters, digits, "-", "_" or ".", and must not be taken', () => {
    for (const name of ['a', 'ci-pipeline', 'Dev_Laptop.2', 'x'.repeat(64)]) {
      assert.equal(nameProblem(name, none), undefined, name);
    }
    const problem = (name: string, taken = none) => {
      const error = nameProblem(name, taken);
      return `${error?.code}: ${error?.details.why}`;
    };
    assert.equal(problem(''), 'invalid-input: Enter a name.');
    assert.match(problem('x'.repeat(65)), /^invalid-input: .* at most 64 characters, but this one has 65/);
    for (const name of ['two words', 'ümlaut', 'a/b', 'a\n', '<b>', '$(x)']) {
      assert.match(problem(name), /^invalid-input: .* letters, digits/, name);
    }
    assert.match(problem('mine', new Set(['mine'])), /^conflict: .* already has a token "mine"/);
  });

  it('are suggested from the machine and the workspace, counting up past taken ones', () => {
    assert.equal(suggestName('Dev-Laptop.local', 'My Project', none), 'dev-laptop-my-project');
    assert.equal(suggestName('dev-laptop', undefined, none), 'dev-laptop');
    assert.equal(suggestName('dev', 'x', new Set(['dev-x', 'dev-x-2'])), 'dev-x-3');
    const long = suggestName('x'.repeat(100), undefined, none);
    assert.equal(nameProblem(suggestName('x'.repeat(100), undefined, new Set([long])), none), undefined);
  });

  it('are always valid and free when suggested', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 100 });
    fc.assert(
      fc.property(texts, fc.option(texts, { nil: undefined }), fc.nat(3), (machine, workspace, others) => {
        const taken = new Set<string>();
        for (let count = 0; count <= others; count++) {
          const name = suggestName(machine, workspace, taken);
          assert.equal(nameProblem(name, taken), undefined, name);
          taken.add(name);
        }
      }),
    );
  });
});

describe('nextTokenName', () => {
  it('counts up and skips taken names', () => {
    assert.equal(nextTokenName('dev-laptop', none), 'dev-laptop-2');
    assert.equal(nextTokenName('dev-laptop-2', none), 'dev-laptop-3');
    assert.equal(nextTokenName('dev-laptop-9', new Set(['dev-laptop-10'])), 'dev-laptop-11');
    assert.equal(nextTokenName('dev-laptop-998', none), 'dev-laptop-999');
    assert.equal(nextTokenName('report-2026', none), 'report-2026-2');
    assert.equal(nextTokenName('7', none), '7-2');
    assert.equal(nextTokenName('My token', none), 'My token-2', 'a name that TIR accepted earlier');
  });

  it('returns a free and valid name each time it is repeated', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9.-]{1,64}$/), fc.nat(30), (name, times) => {
        const seen = new Set([name]);
        for (let last = name, count = 0; count < times; count++) {
          last = nextTokenName(last, seen);
          assert.equal(nameProblem(last, seen), undefined, last);
          seen.add(last);
        }
      }),
    );
  });
});
