import assert from 'node:assert/strict';

import { checkSync } from 'recheck';

import { readApiKey, readMyAccountFile, readPasted, readProject } from '../../../src/tir/pasted';
import { fill, right, wrong } from './pastedCases';

describe('the time to read pasted text', () => {
  /** Runs `work`, and returns the expressions that ran, and how many characters they read. */
  function watch(work: () => void) {
    const exec = Object.getOwnPropertyDescriptor(RegExp.prototype, 'exec')!;
    const native = exec.value as (this: RegExp, text: string) => RegExpExecArray | null;
    const expressions = new Map<string, RegExp>();
    let characters = 0;
    const counted = function (this: RegExp, text: string) {
      const from = this.global || this.sticky ? this.lastIndex : 0;
      const match = native.call(this, text);
      const end = match ? match.index + match[0].length : this.sticky ? from : text.length;
      characters += Math.max(0, end - from);
      expressions.set(String(this), this);
      return match;
    };
    Object.defineProperty(RegExp.prototype, 'exec', { ...exec, value: counted });
    try {
      work();
    } finally {
      Object.defineProperty(RegExp.prototype, 'exec', exec);
    }
    return { expressions: [...expressions.values()], characters };
  }

  const readAll = (text: string) => {
    for (const read of [readPasted, readMyAccountFile, readApiKey, readProject]) {
      try {
        read(text);
      } catch {
        // Refused texts take time too.
      }
    }
  };

  const filled = [...right, ...wrong].map(([text]) => fill(text));
  // The stub of VS Code fills in the arguments of texts.
  const ofStub = String.raw`\{([^}]+)\}`;
  const { expressions } = watch(() => filled.forEach(readAll));
  for (const { source, flags } of expressions.filter((expression) => expression.source !== ofStub)) {
    it(`is linear for any text: /${source}/${flags}`, () => {
      // Limits steps rather than time, which depends on how busy the machine is.
      const bySteps = { attackTimeout: null, incubationTimeout: null, seedingTimeout: null };
      assert.equal(checkSync(source, flags, { ...bySteps, timeout: 50_000 }).status, 'safe');
    });
  }

  it('grows in proportion to a hostile text', () => {
    for (const piece of [
      'token=.',
      'token="',
      `token='token="`,
      'token= ',
      '"',
      'eyJ.',
      'eyJ ',
      '%22',
      ' ',
      '\\\n',
      '{"a":',
    ]) {
      const measure = (length: number) => watch(() => readAll(piece.repeat(length / piece.length))).characters / length;
      const [short, long] = [measure(2_000), measure(20_000)];
      assert.ok(long < short * 1.2, `${piece}: ${short} per character of a short text, ${long} of a long one`);
    }
  });

  it('is nothing for a text that is longer than any', () => {
    const { characters } = watch(() => readAll('token="'.repeat(150_000)));
    // Those of the reason.
    assert.ok(characters < 1000, String(characters));
  });
});
