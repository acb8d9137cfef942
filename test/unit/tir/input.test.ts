import assert from 'node:assert/strict';

import fc from 'fast-check';

import {
  cleanPasted,
  isCredential,
  nameProblem,
  readProjectId,
  nextTokenName,
  suggestName,
} from '../../../src/tir/input';

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
    assert.match(problem('x'.repeat(65)), /^invalid-input: .* at most 64 characters; this one has 65/);
    for (const name of ['two words', 'ümlaut', 'a/b', 'a\n', '<b>', '$(x)']) {
      assert.match(problem(name), /^invalid-input: .* letters, digits/, name);
    }
    assert.match(problem('mine', new Set(['mine'])), /^conflict: .* "mine" already/);
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

describe('pasted tokens', () => {
  it('lose the quotes, "Bearer" and variable names that people copy along', () => {
    for (const pasted of [
      '  abcdefgh.123 \n',
      'Bearer abcdefgh.123',
      'Authorization: Bearer abcdefgh.123',
      '"abcdefgh.123"',
      "'abcdefgh.123'",
      'export TIR_API_TOKEN=abcdefgh.123',
      'export TIR_API_TOKEN="abcdefgh.123"',
      'TIR_API_TOKEN = "Bearer abcdefgh.123"',
      '$env:TIR_API_TOKEN="abcdefgh.123"',
      'set E2E_TIR_ACCESS_TOKEN=abcdefgh.123',
    ]) {
      assert.equal(cleanPasted(pasted), 'abcdefgh.123', pasted);
    }
  });

  it('are recovered unchanged from any combination of quotes, "Bearer" and a variable name', () => {
    const letters = 'ABCXYZabcxyz0189-_.+/=~:'.split('');
    const token = fc
      .array(fc.constantFrom(...letters), { minLength: 8, maxLength: 300 })
      .map((parts) => parts.join(''));
    const around = fc.subarray([
      (text: string) => `Bearer ${text}`,
      (text: string) => `"${text}"`,
      (text: string) => `export TIR_API_TOKEN=${text}`,
      (text: string) => ` \t${text}\r\n`,
    ]);
    fc.assert(
      fc.property(token, around, (value, layers) => {
        assert.equal(cleanPasted(layers.reduce((text, layer) => layer(text), value)), value);
      }),
    );
  });

  it('have 8 to 8,192 characters', () => {
    assert.deepEqual(
      [7, 8, 8192, 8193].map((length) => isCredential('x'.repeat(length))),
      [false, true, true, false],
    );
  });

  it('are refused if they are too short or too long or have characters that no header can carry', () => {
    for (const text of ['', 'short', 'two words', 'line\nbreak-12345', 'ünïcode-12345', `x${'y'.repeat(9000)}`]) {
      assert.equal(isCredential(text), false, text.slice(0, 20));
    }
  });
});

describe('readProjectId', () => {
  it('reads digits with or without "p-", and nothing else', () => {
    assert.equal(readProjectId(' 4711 '), 4711);
    assert.equal(readProjectId('p-4711'), 4711);
    for (const text of ['', '0', '-1', '1.5', 'x', '99999999999999999999']) {
      assert.equal(readProjectId(text), undefined, text);
    }
  });
});
