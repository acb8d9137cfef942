import assert from 'node:assert/strict';
import { parseEnv } from 'node:util';

import fc from 'fast-check';

import { TirError } from '../../../src/base/errors';
import { readVariables, removeVariables, setVariables } from '../../../src/export/envText';

const set = (text: string, value: string) => setVariables(text, new Map([['TIR_API_TOKEN', value]]));

/** Piece of a file: the text before a value, the value, and the text after it. Only values of `ours` change. */
interface Piece {
  readonly ours: boolean;
  readonly parts: readonly [before: string, value: string, behind: string];
}

const newline = fc.constantFrom('\n', '\r\n');
/** No tabs: Node reads them as part of the name. */
const blank = fc.constantFrom('', ' ', '  ');
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_';
/** Generates strings of these characters. `fc.stringMatching` takes ten times as long. */
const of = (characters: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from(characters)), minLength, maxLength });
const word = of(`${letters}.-`, 0, 12);
/** The text is one character per byte: `\xc3\xa9` is "é" in UTF-8. */
const text = of(`${letters} \xc3\xa9=$!-`, 0, 20);

const value = (eol: string) =>
  fc.oneof(
    word,
    text.map((inside) => `"${inside}"`),
    text.map((inside) => `'${inside}'`),
    text.map((inside) => `"${inside}${eol}TIR_API_TOKEN=decoy${eol}# ${inside}"`),
    text.map((inside) => `'${inside}${eol}export TIR_API_TOKEN='`),
    text.map((inside) => `\`${inside}${eol}'"${eol}\``),
  );

const otherName = of('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 1, 3).map((end) => `OTHER_${end}`);

const piece = (eol: string): fc.Arbitrary<Piece> =>
  fc.oneof(
    { weight: 4, arbitrary: assignment(otherName, false, eol) },
    { weight: 2, arbitrary: assignment(fc.constant('TIR_API_TOKEN'), true, eol) },
    fc
      .constantFrom('', '# TIR_API_TOKEN=commented', '#', "# it's")
      .map((line) => ({ ours: false, parts: [line, '', eol] as const })),
  );

function assignment(name: fc.Arbitrary<string>, ours: boolean, eol: string): fc.Arbitrary<Piece> {
  return fc
    .record({ name, indent: blank, exported: fc.constantFrom('', 'export '), a: blank, b: blank, held: value(eol) })
    .chain(({ name: is, indent, exported, a, b, held }) =>
      fc.constantFrom('', ' ', ' # a comment', '  #').map((behind) => ({
        ours,
        parts: [`${indent}${exported}${is}${a}=${held === '' ? '' : b}`, held, behind + eol] as const,
      })),
    );
}

const file = newline.chain((eol) =>
  fc.record({ eol: fc.constant(eol), pieces: fc.array(piece(eol), { maxLength: 8 }) }),
);
const bare = of(`${letters}.+/=-`, 8, 60);
const visible = of(String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0x21 + index)), 8, 40);

describe('setVariables', () => {
  it('changes only the value and keeps everything else byte for byte', () => {
    fc.assert(
      fc.property(file, bare, fc.constantFrom('', '\xef\xbb\xbf'), ({ eol, pieces }, token, mark) => {
        const before = mark + pieces.map(({ parts }) => parts.join('')).join('');
        const isThere = pieces.some(({ ours }) => ours);
        const kept = pieces.map(({ ours, parts: [head, held, behind] }) => {
          const beside = held === '' && behind.startsWith('#') ? ' ' : '';
          return head + (ours ? token + beside : held) + behind;
        });
        const end = isThere ? '' : `TIR_API_TOKEN=${token}${pieces.length === 0 ? '\n' : eol}`;
        const added = mark !== '' && pieces.length === 0 ? '\n' : '';
        assert.equal(set(before, token), mark + kept.join('') + added + end);
      }),
      { numRuns: 500 },
    );
  });

  it('writes a value that Node reads back, and keeps the other variables', () => {
    fc.assert(
      fc.property(file, visible, ({ pieces }, token) => {
        const before = pieces.map(({ parts }) => parts.join('')).join('');
        let after: string;
        try {
          after = set(before, token);
        } catch (error) {
          assert.ok(error instanceof TirError && /['\\]/.test(token) && /["\\$`!]/.test(token));
          return;
        }
        assert.equal(set(after, token), after, 'a second time changes nothing');
        const { TIR_API_TOKEN: read, ...others } = parseEnv(after);
        const { TIR_API_TOKEN: _, ...othersBefore } = parseEnv(before);
        assert.equal(read, token);
        assert.deepEqual(others, othersBefore);
      }),
      { numRuns: 500 },
    );
  });

  it('ends the last line before it adds one, with the line endings of the file', () => {
    assert.equal(set('A=1', 'abcdefgh'), 'A=1\nTIR_API_TOKEN=abcdefgh\n');
    assert.equal(set('A=1\r\nB=2', 'abcdefgh'), 'A=1\r\nB=2\r\nTIR_API_TOKEN=abcdefgh\r\n');
    assert.equal(set('', 'abcdefgh'), 'TIR_API_TOKEN=abcdefgh\n');
    assert.equal(set('no assignment', 'abcdefgh'), 'no assignment\nTIR_API_TOKEN=abcdefgh\n');
  });

  it('replaces the old value in each of its assignments', () => {
    const old = 'TIR_API_TOKEN="old\nold"\nTIR_API_TOKEN=old#old\nexport TIR_API_TOKEN = `old` # why\n';
    assert.equal(set(old, 'new'), 'TIR_API_TOKEN=new\nTIR_API_TOKEN=new\nexport TIR_API_TOKEN = new # why\n');
  });

  it('puts a space between the value and a comment that directly followed the old value', () => {
    assert.equal(set('TIR_API_TOKEN=#why\n', 'new'), 'TIR_API_TOKEN=new #why\n');
    assert.equal(set('TIR_API_TOKEN="old"#why\n', 'new'), 'TIR_API_TOKEN=new #why\n');
  });

  it('writes several variables in order', () => {
    const variables = new Map([
      ['TIR_API_TOKEN', 'abcdefgh'],
      ['E2E_TIR_PROJECT_ID', '4711'],
    ]);
    assert.equal(setVariables('', variables), 'TIR_API_TOKEN=abcdefgh\nE2E_TIR_PROJECT_ID=4711\n');
  });

  it('adds quotes only if needed, and refuses values that programs read differently', () => {
    for (const [token, line] of [
      ['eyJ.a-b_c', 'eyJ.a-b_c'],
      ['a#b$c"d', `'a#b$c"d'`],
      ["it's", `"it's"`],
    ] as const) {
      assert.equal(set('', token), `TIR_API_TOKEN=${line}\n`);
    }
    for (const token of [`'"`, '\\', `'$`]) {
      assert.throws(() => set('', token), /because programs read them differently/);
    }
  });
});

describe('removeVariables', () => {
  const marks = fc.constantFrom('', '\xef\xbb\xbf');
  const quotes = fc.array(fc.constantFrom('', '"', "'", '`'), { minLength: 8, maxLength: 8 });

  it('removes the lines of a value, quoted or not, and never changes another line', () => {
    fc.assert(
      fc.property(file, bare, quotes, marks, ({ pieces }, token, quoted, mark) => {
        const held = pieces.map(({ ours, parts: [head, other, behind] }, index) => {
          const quote = quoted[index] ?? '';
          return head + (ours ? quote + token + quote : other) + behind;
        });
        const { text: after, names } = removeVariables(mark + held.join(''), (one) => one === token);
        assert.equal(after, mark + held.filter((_, index) => !pieces[index]?.ours).join(''));
        assert.deepEqual(names, pieces.some(({ ours }) => ours) ? ['TIR_API_TOKEN'] : []);
      }),
      { numRuns: 500 },
    );
  });

  it('removes all lines of a value that spans lines, and nothing that only contains the value', () => {
    const remove = (before: string, value: string) => removeVariables(before, (one) => one === value);
    assert.deepEqual(remove('A=1\nexport B = "x\ny" # why\nC=2', 'x\ny'), { text: 'A=1\nC=2', names: ['B'] });
    assert.deepEqual(remove('A="x\r\ny"\r\n', 'x\ny'), { text: '', names: ['A'] });
    const others = '# A=x\nB=x-1\nC="y\nA=x\n"\nx\n';
    assert.deepEqual(remove(`A=x\n${others}A=x#y\nD=x`, 'x'), { text: others, names: ['A', 'D'] });
    assert.deepEqual(remove(others, 'x'), { text: others, names: [] });
  });
});

it('`NAME: value`, which dotenv reads too, is read, replaced and removed', () => {
  const before = 'TIR_API_TOKEN: old\nexport A: "x" # why\nB:x\nC: 1\n';
  assert.deepEqual(Object.fromEntries(readVariables(before)), { TIR_API_TOKEN: 'old', A: 'x', C: '1' });
  assert.equal(set(before, 'new'), before.replace('old', 'new'));
  const removed = removeVariables(before, (one) => one === 'x');
  assert.deepEqual(removed, { text: 'TIR_API_TOKEN: old\nB:x\nC: 1\n', names: ['A'] });
});

describe('readVariables', () => {
  it('reads names and values as Node does', () => {
    fc.assert(
      fc.property(file, ({ pieces }) => {
        const written = pieces.map(({ parts }) => parts.join('')).join('');
        assert.deepEqual(Object.fromEntries(readVariables(written)), { ...parseEnv(written) });
      }),
      { numRuns: 500 },
    );
  });

  it('lets the last value of a name count, and reads line breaks in double quotes', () => {
    const read = (written: string) => Object.fromEntries(readVariables(written));
    assert.deepEqual(read('A=1\nA=2 # why\n'), { A: '2' });
    assert.deepEqual(read(`A="x\\ny"\nB='x\\ny'\nC=x#y`), { A: 'x\ny', B: 'x\\ny', C: 'x' });
    // A separator that only JavaScript takes for the end of a line.
    assert.deepEqual(read('A=1\u2028\nB=2'), { A: '1', B: '2' });
  });
});
