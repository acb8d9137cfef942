import assert from 'node:assert/strict';

import { languageOf, replacementFor } from '../../src/rewrite/languages';
import { applyEdits } from '../../src/rewrite/replacement';

/**
 * A program, line by line, in which guillemets mark the value. `runs`: the replaced value is read from the variable, and
 * the program prints the same. `placeholder`: it's replaced by a placeholder, and the program prints that.
 */
export type Input = readonly [outcome: 'runs' | 'placeholder', what: string, lines: readonly string[]];

/** Name of the variable. */
export const name = 'TIR_API_TOKEN';
/** The leaked value. */
export const value = `v${crypto.randomUUID().replaceAll('-', '')}`;
export const placeholder = `YOUR_${name}`;

/** An input's program as it was written, and with its value replaced. */
export interface Program {
  readonly before: string;
  readonly after: string;
}

/** Replaces the value of an input, and checks whether that's by a placeholder. @param path of its file */
export async function programOf(language: string, path: string, [outcome, what, lines]: Input): Promise<Program> {
  const marked = lines.join('\n');
  const start = marked.indexOf('«');
  const before = marked.replace('«X»', value);
  const site = { text: before, start, end: start + value.length, name, path };
  const after = applyEdits(before, (await replacementFor(languageOf(language, path), site)).edits);
  assert.ok(!after.includes(value), `${what}:\n${after}`);
  assert.equal(after.includes(placeholder), outcome === 'placeholder', `${what}:\n${after}`);
  return { before, after };
}

/** Runs programs, some with the variable and some without, and resolves to what each prints. */
export type Run = (programs: readonly { readonly text: string; readonly hasVariable: boolean }[]) => Promise<string[]>;

/** Declares a test for each input: what its program prints before and after is the same, but for a placeholder. */
export function describeLanguage(title: string, language: string, path: string, inputs: readonly Input[], run: Run) {
  describe(title, () => {
    let printed: readonly string[];
    before(async () => {
      const programs: Program[] = [];
      for (const input of inputs) {
        programs.push(await programOf(language, path, input));
      }
      printed = await run(
        programs.flatMap((one) => [
          { text: one.before, hasVariable: false },
          { text: one.after, hasVariable: true },
        ]),
      );
    });

    for (const [index, [outcome, what]] of inputs.entries()) {
      it(`${what}: ${outcome}`, () => {
        const [wanted = '', found] = printed.slice(2 * index);
        assert.equal(found, outcome === 'runs' ? wanted : wanted.replaceAll(value, placeholder));
      });
    }
  });
}
