import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { repositoryUrl } from '../../scripts/repository.mjs';
import { root } from '../../scripts/root.mjs';

interface Manifest {
  contributes: {
    walkthroughs: {
      steps: {
        media: { image: Readonly<Record<'light' | 'dark' | 'hc' | 'hcLight', string>>; altText: string };
        completionEvents: string[];
      }[];
    }[];
  };
}

/** Pages that people read, apart from the license. */
const pages = [
  ...['README.md', 'CHANGELOG.md', 'SECURITY.md', 'CONTRIBUTING.md', 'media/leaks.md'],
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
];

const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Counts words without markup and URLs. The alternative texts of pictures count. */
function countWords(text: string): number {
  const words = text.replaceAll(/\]\([^)]*\)/g, '] ').split(/\s+/);
  return words.filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** Returns the anchors that GitHub gives a page's headings. */
function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the docs', () => {
  const { contributes } = JSON.parse(read('package.json')) as Manifest;
  const texts = JSON.parse(read('package.nls.json')) as Record<string, string>;
  const readme = read('README.md');
  const lines = readme.split('\n');

  it('link only to files and headings that exist', () => {
    for (const page of pages) {
      for (const [, path = '', anchor] of read(page).matchAll(/\]\((?!https:)([^)#]*)(?:#([^)]+))?\)/g)) {
        const target = path === '' ? page : join(dirname(page), path);
        assert.ok(existsSync(join(root, target)), `${page} links to ${target}`);
        assert.ok(anchor === undefined || anchorsOf(read(target)).includes(anchor), `${page}: #${anchor} of ${target}`);
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

  it('have a light and a dark picture of each of the three walkthrough steps, and a script that takes them all', () => {
    const steps = contributes.walkthroughs[0]?.steps ?? [];
    assert.equal(steps.length, 3);
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

  it('can all be reached from README.md or CONTRIBUTING.md', () => {
    const linked = ['README.md', 'CONTRIBUTING.md'].flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)#]+)/g)].map(([, target]) => target),
    );
    assert.deepEqual(
      pages.filter((page) => page !== 'README.md' && !linked.includes(page)),
      [],
    );
  });

  it('begin with a first screen of at most 120 words in README.md, of at most 950 packaged', () => {
    const [first = ''] = readme.split('\n## ');
    assert.ok(countWords(first.replaceAll(/^!\[.*$/gm, '')) <= 120);
    assert.match(first, /!\[.+\]\(media\/screenshots\/first-token\.png\)/);
    assert.equal([...first.matchAll(/^- /gm)].length, 3, 'benefits');
    assert.match(first, /`tir-community`.*not affiliated with E2E Networks/);
    const packaged = readme.replace(/<!-- repository -->[^]*<!-- \/repository -->/, '');
    assert.ok(countWords(packaged) <= 950, `${countWords(packaged)} words`);
    assert.ok(countWords(read('CONTRIBUTING.md')) <= 900);
  });

  it('show how to start and test in README.md, outside of what the package has', () => {
    const [, block = ''] = readme.split(/<!-- \/?repository -->/);
    assert.match(block, /```sh\nnpm start .*\nnpm test /);
    assert.doesNotMatch(readme.replace(block, ''), /npm (?:start|test|run)/);
  });

  it('name the everyday commands in README.md by their titles', () => {
    const named = [...readme.matchAll(/^\| ([^|]*[^| ]) +\|/gm)].map(([, cell = '']) => cell).slice(2);
    assert.equal(named.length, 8);
    const titles = Object.entries(texts).flatMap(([key, text]) => (key.startsWith('command.') ? text : []));
    assert.deepEqual(
      named.filter((title) => !titles.includes(title)),
      [],
    );
  });
});
