import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { root } from '../../../scripts/root.mjs';

describe('folders of src and test', () => {
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const block = (language: string, begin: string) =>
    new RegExp(`\`\`\`${language}\\n(${begin}[^]*?)\n\`\`\``).exec(text)?.[1] ?? assert.fail(begin);

  it('are exactly those that CONTRIBUTING.md lists, with the files beside them', () => {
    const named = block('', 'src/');
    for (const [folder, next] of [
      ['src', '\ntest/'],
      ['test', '\nscripts/'],
    ] as const) {
      const from = named.indexOf(`${folder}/\n`);
      const part = named.slice(from, named.indexOf(next, from));
      const names = [...part.matchAll(/^ {2}([\w.]+\/?) /gm)].map(([, name]) => name);
      const there = readdirSync(join(root, folder), { withFileTypes: true }).map((entry) =>
        entry.isDirectory() ? `${entry.name}/` : entry.name,
      );
      assert.deepEqual(names.sort(), there.sort());
    }
  });

  it('import only from src folders listed below them, without import cycles', () => {
    const floors = [
      ...block('', 'src/')
        .split('\ntest/')[0]!
        .matchAll(/^ {2}([\w.]+)\/? /gm),
    ].map(([, name]) => name);
    const src = join(root, 'src');
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const imports = new Map(
      files.map((file) => {
        const text = readFileSync(join(src, file), 'utf8');
        const targets = [...text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)];
        return [file, targets.map(([, target = '']) => join(dirname(file), `${target}.ts`))] as const;
      }),
    );
    const room = (file: string) => floors.indexOf(file.split(/[\\/]/)[0]);
    const up = [...imports].flatMap(([file, targets]) =>
      targets.filter((target) => room(target) < room(file)).map((target) => `${file} imports ${target}`),
    );
    assert.deepEqual(up, []);
    assert.ok([...imports.values()].flat().length > 300);
    // Keeps removing files that import none of the remaining ones. Only import cycles remain.
    const left = new Map(imports);
    for (let size = -1; size !== left.size;) {
      size = left.size;
      for (const [file, targets] of left) {
        if (!targets.some((target) => left.has(target))) {
          left.delete(file);
        }
      }
    }
    assert.deepEqual([...left.keys()], []);
  });

  it('are on a thick line of the diagram if their code reveals secrets', () => {
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
    const opening = files.filter(
      (file) => file.endsWith('.ts') && /\.reveal\(\)/.test(readFileSync(join(root, 'src', file), 'utf8')),
    );
    const rooms = new Set(opening.map((file) => file.split(/[\\/]/)[0]?.replace('.ts', '') ?? ''));
    const thick = block('mermaid', 'flowchart')
      .split('\n')
      .filter((line) => line.includes('==>'));
    const missing = [...rooms].filter((room) => !thick.some((line) => new RegExp(`\\b${room}\\b`).test(line)));
    assert.ok(rooms.size >= 7);
    assert.deepEqual(missing, []);
  });
});
