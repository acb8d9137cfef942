import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { repositoryUrl } from '../../scripts/repository.mjs';
import { root } from '../../scripts/root.mjs';

interface Manifest {
  contributes: {
    commands: { command: string }[];
    walkthroughs: {
      steps: {
        media: { image: Readonly<Record<'light' | 'dark' | 'hc' | 'hcLight', string>>; altText: string };
        completionEvents: string[];
      }[];
    }[];
    configuration: { properties: Record<string, { default: unknown }> };
  };
}

/** Commands that only a button of the activity page or the view runs, so README.md needn't list them. */
const buttonsOnly: readonly string[] = ['filterActivity', 'exportActivity', 'clearFilter'];

const read = (file: string) => readFileSync(join(root, file), 'utf8');

describe('the docs', () => {
  const { contributes } = JSON.parse(read('package.json')) as Manifest;
  const texts = JSON.parse(read('package.nls.json')) as Record<string, string>;
  const readme = read('README.md');
  const lines = readme.split('\n');

  it('list every palette command in README.md', () => {
    const rows = [...readme.matchAll(/^\| ([A-Z][^|]*[^| ]) +\| /gm)].flatMap(([, cell]) => cell?.split(' / ') ?? []);
    const names = contributes.commands.map(({ command }) => command.replace('tir.', ''));
    assert.ok(names.length > 20);
    for (const name of names.filter((one) => !buttonsOnly.includes(one))) {
      assert.ok(rows.includes(texts[`command.${name}`] ?? ''), name);
    }
  });

  it('list every setting with its default in README.md', () => {
    for (const [name, { default: given }] of Object.entries(contributes.configuration.properties)) {
      const row = lines.find((line) => line.startsWith(`| \`${name}\` `)) ?? '';
      const value = row.split('|')[2]?.trim().replaceAll('`', '');
      assert.equal(value, Array.isArray(given) ? JSON.stringify(given) : String(given), name);
    }
  });

  it('link only to files that exist', () => {
    for (const page of ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'CONTRIBUTING.md']) {
      for (const [, target = ''] of read(page).matchAll(/\]\((?!https:|#)([^)#]+)[^)]*\)/g)) {
        assert.ok(existsSync(join(root, target)), `${page} links to ${target}`);
      }
    }
    assert.match(readme, /\(SECURITY\.md\)/);
  });

  it("the package's README.md has every line of README.md but those for people who have the sources, and pictures only with a URL", () => {
    const isKnown = repositoryUrl(root, JSON.parse(read('package.json')) as object) !== undefined;
    const [open, close] = ['<!-- repository -->', '<!-- /repository -->'].map((mark) =>
      lines.flatMap((line, index) => (line === mark ? index : [])),
    );
    assert.equal(open?.length, close?.length);
    const isPacked = (line: string, index: number) =>
      line !== '' &&
      (isKnown || !/^ *!\[/.test(line)) &&
      !open?.some((from, block) => index >= from && index <= (close?.[block] ?? -1));
    assert.deepEqual(read('dist/README.md').split('\n').filter(Boolean), lines.filter(isPacked));
  });

  it('describe every picture in README.md in its alternative text', () => {
    const pictures = [...readme.matchAll(/!\[([^\]]*)\]/g)];
    assert.ok(pictures.length >= 3);
    assert.ok(pictures.every(([, alt = '']) => alt.length > 40));
  });

  it('have a light and a dark picture of each of the five walkthrough steps, and a script that takes them all', () => {
    const steps = contributes.walkthroughs[0]?.steps ?? [];
    assert.equal(steps.length, 5);
    for (const { media, completionEvents } of steps) {
      const { light, dark, hc, hcLight } = media.image;
      assert.deepEqual([hc, hcLight], [dark, light]);
      assert.match(light, /-light\.webp$/);
      assert.ok(texts[media.altText.slice(1, -1)] && completionEvents.length > 0, light);
    }
    const pictures = steps.flatMap(({ media }) => [media.image.light, media.image.dark]).map((file) => basename(file));
    assert.deepEqual(readdirSync(join(root, 'media', 'walkthrough')).sort(), pictures.sort());
    const taken = [...read('test/ui/walkthroughPictures.ts').matchAll(/^ {2}async '?([\w-]+)'?\(/gm)];
    assert.deepEqual(taken.flatMap(([, step]) => [`${step}-dark.webp`, `${step}-light.webp`]).sort(), pictures);
  });
});
