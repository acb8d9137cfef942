import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { parse } from 'yaml';

import { buildBundle, bundledPackages, bundleSizes } from '../../../scripts/build.mjs';
import { repositoryUrl } from '../../../scripts/repository.mjs';
import { root } from '../../../scripts/root.mjs';
import { copyOfSources } from '../../support/copyOfSources';

const run = promisify(execFile);

interface Manifest {
  icon: string;
  categories: string[];
  keywords: string[];
  galleryBanner: { color: string; theme: string };
  engines: { vscode: string };
}

/** Returns the environment of a GitHub workflow in a repository, as a copy without `.git` needs it. */
function inRepository(url: string | undefined) {
  const { origin, pathname } = new URL(url ?? 'https://github.com');
  return { GITHUB_SERVER_URL: origin, GITHUB_REPOSITORY: pathname.slice(1) };
}

describe('package', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

  it('has the same bytes if packed later, in another folder, time zone and language, with other modes, and causes no warning', async () => {
    // The test runner packs it before the suites. The copy's files have other modification times.
    const published = readFileSync(join(root, 'dist', 'tir-tokens.vsix'));
    const copy = await copyOfSources();
    try {
      const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const zone = ['Asia/Kolkata', 'America/New_York'].find((one) => one !== here);
      // As a checkout has them where the umask is 077.
      ['LICENSE', 'package.nls.json', 'media/tir.svg'].forEach((file) => chmodSync(join(copy, file), 0o600));
      // Czech sorts "ch" after "h".
      const language = 'cs_CZ.UTF-8';
      const { stdout, stderr } = await run(process.execPath, [join('scripts', 'package.mjs')], {
        cwd: copy,
        env: { ...process.env, ...inRepository(repositoryUrl(root, manifest)), TZ: zone, LC_ALL: language },
      });
      // A shell may not know the language.
      assert.doesNotMatch((stdout + stderr).replaceAll(/^.*setlocale.*$/gm, ''), /warn/i);
      const packed = readFileSync(join(copy, 'dist', 'tir-tokens.vsix'));
      assert.ok(packed.equals(published), 'the packages differ; was dist/tir-tokens.vsix packed from these sources?');
    } finally {
      rmSync(copy, { recursive: true, maxRetries: 5 });
    }
    assert.ok(published.length <= 400_000, `${published.length} bytes`);
  });

  it('has a bill of materials that names every bundled package', async () => {
    const { stdout } = await run(process.execPath, [join('scripts', 'sbom.mjs')], { cwd: root, maxBuffer: 1 << 24 });
    const { components } = JSON.parse(stdout) as { components: { name: string; version: string }[] };
    const bundled = await bundledPackages();
    assert.ok(bundled.length > 0);
    const named = components.map(({ name }) => name);
    assert.deepEqual(
      bundled.filter((name) => !named.includes(name)),
      [],
    );
    assert.ok(!named.includes('esbuild'), 'development packages are left out');
  });

  it('loads little code at start, and the rest on first use', async () => {
    const bundle = await buildBundle();
    const { atStart, loadedAtStart } = bundleSizes(bundle);
    assert.ok(atStart <= 120_000, `${atStart} bytes`);
    const heavy = [
      'src/leaks/',
      'src/tokens/tokens.ts',
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

  it('has an icon, categories, keywords and a banner that the Marketplace accepts', () => {
    const icon = readFileSync(join(root, manifest.icon));
    assert.equal(icon.toString('latin1', 1, 4), 'PNG');
    assert.deepEqual([icon.readUInt32BE(16), icon.readUInt32BE(20)], [256, 256]);
    assert.ok(manifest.categories.every((category) => ['Machine Learning', 'Other'].includes(category)));
    assert.ok(manifest.keywords.length <= 30);
    assert.match(manifest.galleryBanner.color, /^#[0-9a-f]{6}$/);
    assert.match(manifest.galleryBanner.theme, /^(dark|light)$/);
  });

  it('is tested by CI on every system, in the oldest VS Code that package.json allows and the newest', () => {
    const { jobs } = parse(readFileSync(join(root, '.github', 'workflows', 'ci.yml'), 'utf8')) as {
      jobs: {
        desktop: {
          strategy: { matrix: Record<string, string[]> };
          'runs-on': string;
          steps: { run?: string }[];
        };
      };
    };
    const { matrix } = jobs.desktop.strategy;
    assert.equal(jobs.desktop['runs-on'], '${{ matrix.os }}');
    assert.deepEqual(matrix['os']?.map((system) => system.split('-')[0]).sort(), ['macos', 'ubuntu', 'windows']);
    const oldest = manifest.engines.vscode.replace('^', '');
    assert.deepEqual(matrix['editor'], [oldest, 'stable']);
    const tests = jobs.desktop.steps.filter(({ run }) => run?.includes('test:desktop'));
    assert.ok(tests.length > 0 && tests.every(({ run }) => run?.endsWith('-- ${{ matrix.editor }}')));
  });

  it('is checked by CI for dependencies with known vulnerabilities', () => {
    const { jobs } = parse(readFileSync(join(root, '.github', 'workflows', 'ci.yml'), 'utf8')) as {
      jobs: { suites: { steps: Record<string, unknown>[] } };
    };
    // Only CI runs the audit, because not every registry supports it.
    const audits = jobs.suites.steps.filter(({ run }) => typeof run === 'string' && run.includes('npm audit'));
    assert.deepEqual(
      audits.map(({ run, 'continue-on-error': isOptional = false }) => [run, isOptional]),
      [
        ['npm audit --omit=dev', false],
        ['npm audit --audit-level=moderate', true],
      ],
    );
  });
});
