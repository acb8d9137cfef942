import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../../../scripts/root.mjs';

interface Manifest {
  readonly contributes: {
    readonly views: { readonly tir: readonly { readonly name: string }[] };
    readonly viewsWelcome: readonly { readonly contents: string; readonly when: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly when: string; readonly group: string }[]>>;
    readonly walkthroughs: readonly {
      readonly steps: readonly { readonly id: string; readonly completionEvents: readonly string[] }[];
    }[];
  };
}

/** More entries in a row than these need a separator. */
const longestGroup = 7;

describe("the view's contributions", () => {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const { contributes } = read('package.json') as Manifest;
  const texts = read('package.nls.json') as Record<string, string>;
  const textOf = (key: string) => texts[key.slice(1, -1)] ?? assert.fail(key);

  it('have a title that fits a narrow side bar', () => {
    assert.deepEqual(
      contributes.views.tir.map(({ name }) => textOf(name)),
      ['Tokens'],
    );
  });

  it('begin each welcome text with at most one sentence, and have one button in it', () => {
    for (const { contents } of contributes.viewsWelcome) {
      const lines = textOf(contents).split('\n');
      const buttons = lines.filter((line) => /^\[[^\]]+\]\([^)]+\)$/.test(line));
      assert.equal(buttons.length, 1, contents);
      const sentences = lines[0] === buttons[0] ? [] : (lines[0]?.match(/[.!?](?= |$)/g) ?? []);
      assert.ok(sentences.length <= 1, contents);
    }
  });

  it('offer a token that was found before the other ways to sign in', () => {
    const signedOut = contributes.viewsWelcome.filter(({ when }) => when.startsWith('tir.view == signedOut'));
    assert.deepEqual(
      signedOut.map(({ when }) => / tir\.foundToken == (\w+)$/.exec(when)?.[1]),
      ['environment', 'env', 'file', undefined],
    );
  });

  it('have short menu groups, in the order in which their entries are listed', () => {
    for (const menu of ['view/title', 'view/item/context']) {
      for (const kind of ['token', 'connection']) {
        const entries = (contributes.menus[menu] ?? []).filter(
          ({ when, group }) =>
            !/^(?:inline|navigation)/.test(group) && (!when.includes('viewItem') || when.includes(`\\b${kind}\\b`)),
        );
        const groups = entries.map(({ group }) => group.split('@')[0] ?? '');
        assert.deepEqual(groups, groups.toSorted(), menu);
        for (const group of new Set(groups)) {
          assert.ok(groups.filter((one) => one === group).length <= longestGroup, `${menu}, ${group}`);
        }
      }
    }
  });

  it('tick each step of the walkthrough by what was done, not by what was clicked', () => {
    const steps = contributes.walkthroughs[0]?.steps ?? [];
    assert.deepEqual(
      steps.map(({ id, completionEvents }) => [id, ...completionEvents]),
      [
        ['signIn', 'onContext:tir.signedIn'],
        ['createToken', 'onContext:tir.tokenCreated'],
        ['runScript', 'onContext:tir.scriptRun'],
      ],
    );
  });
});
