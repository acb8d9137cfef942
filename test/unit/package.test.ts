import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { parse } from 'yaml';

import { buildBundle, bundledPackages, bundleSizes } from '../../scripts/build.mjs';
import { root } from '../../scripts/root.mjs';

const run = promisify(execFile);

interface Manifest {
  icon: string;
  categories: string[];
  keywords: string[];
  galleryBanner: { color: string; theme: string };
  scripts: Record<string, string>;
  engines: { vscode: string };
}

describe('Marketplace', () => {
  let folder: string;
  let manifest: Manifest;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tir-package-'));
    manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
  });
  after(() => rmSync(folder, { recursive: true }));

  it('the package has the same bytes at another time in another zone, and comes without a warning', async () => {
    const packed: Buffer[] = [];
    // One after the other: both build into the same folder, and files have another age the second time.
    for (const zone of ['Asia/Kolkata', 'America/New_York']) {
      const file = join(folder, `${packed.length}.vsix`);
      const { stdout, stderr } = await run(process.execPath, [join('scripts', 'package.mjs'), file], {
        cwd: root,
        env: { ...process.env, TZ: zone },
      });
      assert.doesNotMatch(stdout + stderr, /warn/i);
      packed.push(readFileSync(file));
    }
    assert.ok(packed[0]!.equals(packed[1]!), 'the packages differ');
    assert.ok(packed[0]!.length <= 400_000, `${packed[0]!.length} bytes`);
  });

  it('the bill of materials names every package that the bundle holds', async () => {
    const { stdout } = await run('npm', ['run', '--silent', 'sbom'], { cwd: root, maxBuffer: 1 << 24 });
    const { components } = JSON.parse(stdout) as { components: { name: string; version: string }[] };
    const bundled = await bundledPackages();
    assert.ok(bundled.length > 0);
    const named = components.map(({ name }) => name);
    assert.deepEqual(
      bundled.filter((name) => !named.includes(name)),
      [],
    );
    assert.ok(!named.includes('esbuild'), 'what is for development is no part of it');
  });

  it('what loads at the start is small, and what is not needed then comes when it is first used', async () => {
    const bundle = await buildBundle();
    const { atStart, loadedAtStart } = bundleSizes(bundle);
    assert.ok(atStart <= 120_000, `${atStart} bytes`);
    const heavy = [
      'src/leaks/',
      'src/lifecycle/rotation.ts',
      'src/snippets/snippets.ts',
      'src/commands/run.ts',
      'node-fetch',
    ];
    const inputs = Object.keys(bundle.metafile.inputs);
    for (const part of heavy) {
      assert.ok(
        inputs.some((file) => file.includes(part)),
        `${part} is not in the bundle`,
      );
      assert.deepEqual(
        loadedAtStart.filter((file) => file.includes(part)),
        [],
      );
    }
  });

  it('has an icon, a category and a banner as the Marketplace takes them', () => {
    const icon = readFileSync(join(root, manifest.icon));
    assert.equal(icon.toString('latin1', 1, 4), 'PNG');
    assert.deepEqual([icon.readUInt32BE(16), icon.readUInt32BE(20)], [256, 256]);
    assert.ok(manifest.categories.every((category) => ['Machine Learning', 'Snippets', 'Other'].includes(category)));
    assert.ok(manifest.keywords.length <= 30);
    assert.match(manifest.galleryBanner.color, /^#[0-9a-f]{6}$/);
    assert.match(manifest.galleryBanner.theme, /^(dark|light)$/);
  });

  it('has what the README and the changelog point to', () => {
    for (const page of ['README.md', 'CHANGELOG.md', 'SECURITY.md']) {
      const text = readFileSync(join(root, page), 'utf8');
      for (const [, target] of text.matchAll(/\]\((?!https:|#)([^)]+)\)/g)) {
        assert.ok(existsSync(join(root, target!)), `${page} points to ${target}`);
      }
    }
    assert.match(readFileSync(join(root, 'README.md'), 'utf8'), /\(SECURITY\.md\)/);
  });

  it('the README in the package says all that this one does, but shows no picture that has no address', () => {
    const packed = readFileSync(join(root, 'dist', 'README.md'), 'utf8');
    const lines = readFileSync(join(root, 'README.md'), 'utf8').split('\n');
    assert.deepEqual(
      packed.split('\n').filter(Boolean),
      lines.filter((line) => line !== '' && !/^ *!\[/.test(line)),
    );
  });

  it('says what is in a picture, to who does not see it', () => {
    const pictures = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/!\[([^\]]*)\]/g)];
    assert.ok(pictures.length >= 3);
    assert.ok(pictures.every(([, alt]) => alt!.length > 40));
  });

  it('the workflow runs the suites on Linux, macOS and Windows, in the oldest editor and the newest', () => {
    const { jobs } = parse(readFileSync(join(root, '.github', 'workflows', 'ci.yml'), 'utf8')) as {
      jobs: { desktop: { strategy: { matrix: Record<string, string[]> }; steps: { run?: string }[] } };
    };
    const { matrix } = jobs.desktop.strategy;
    assert.deepEqual(matrix['os'], ['ubuntu-latest', 'macos-latest', 'windows-latest']);
    const oldest = manifest.engines.vscode.replace('^', '');
    assert.deepEqual(matrix['editor'], [oldest, 'stable']);
    const tests = jobs.desktop.steps.filter(({ run }) => run?.includes('test:desktop'));
    assert.ok(tests.length > 0 && tests.every(({ run }) => run?.endsWith('-- ${{ matrix.editor }}')));
  });

  it('the workflow calls npm scripts that are there', () => {
    const workflow = readFileSync(join(root, '.github', 'workflows', 'ci.yml'), 'utf8');
    const called = [...workflow.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map((match) => match[1]!);
    assert.deepEqual([...new Set(called)].sort(), ['sbom', 'test:desktop']);
    assert.ok(called.every((name) => name in manifest.scripts));
  });
});
