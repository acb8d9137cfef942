import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { reference } from '../../scripts/reference.mjs';
import { root } from '../../scripts/root.mjs';
import { errorCodes } from '../../src/base/errors';

interface Manifest {
  contributes: {
    commands: { command: string }[];
    configuration: { properties: Record<string, { default: unknown }> };
  };
}

const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Returns the cells of each table row. */
function rowsOf(page: string): string[][] {
  const lines = page.split('\n').filter((line) => line.startsWith('| '));
  return lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const { contributes } = JSON.parse(read('package.json')) as Manifest;

describe('the reference', () => {
  const texts = JSON.parse(read('package.nls.json')) as Record<string, string>;
  const page = read('docs/reference.md');
  const rows = rowsOf(page);

  it('is up to date; otherwise, run npm run reference', async () => {
    assert.equal(await reference(), page);
  });

  it('has every command with its title and what it does, and no other command', () => {
    const names = contributes.commands.map(({ command }) => command);
    assert.ok(names.length > 20);
    for (const name of names) {
      const title = texts[`command.${name.replace('tir.', '')}`] ?? assert.fail(name);
      const [, description = ''] = rows.find(([cell]) => cell === `${title}<br>\`${name}\``) ?? assert.fail(name);
      assert.match(description, /^[A-Z].{15,}\.$/, name);
    }
    assert.equal(rows.filter(([cell]) => cell?.includes('<br>`tir.')).length, names.length);
  });

  it('has every setting with its default', () => {
    for (const [name, { default: given }] of Object.entries(contributes.configuration.properties)) {
      const [, value = ''] = rows.find(([cell]) => cell === `\`${name}\``) ?? assert.fail(name);
      const expected = Array.isArray(given) ? JSON.stringify(given) : String(given);
      assert.equal(/^`([^`]*)`/.exec(value)?.[1], expected, name);
    }
  });

  it('names the places of commands', () => {
    const placesOf = (title: string) => rows.find(([cell]) => cell?.startsWith(`${title}<br>`))?.[2];
    assert.match(placesOf('Create Token…') ?? '', /title bar of the view, .*context menu of a project/);
    assert.match(placesOf('Delete Token…') ?? '', /row of a token, .*context menu of a token/);
    assert.match(placesOf('Check Token in Terminal') ?? '', /context menu of a terminal/);
    assert.equal(placesOf('Open Example Script'), '');
  });
});

describe('the page for extension authors', () => {
  const page = read('docs/extension-authors.md');

  it('has every error code, and no other', () => {
    const named = /one of these values as its `code`: (.+)/.exec(page)?.[1] ?? '';
    assert.deepEqual(
      [...named.matchAll(/`([\w-]+)`/g)].map(([, code]) => code),
      [...errorCodes],
    );
  });

  it('names only commands that exist', () => {
    const commands = contributes.commands.map(({ command }) => command);
    const named = rowsOf(page).flatMap(([cell = '']) => [...cell.matchAll(/`(tir\.\w+)`/g)].map(([, name]) => name!));
    assert.ok(named.length > 15);
    assert.deepEqual(
      named.filter((name) => !commands.includes(name)),
      [],
    );
  });
});
