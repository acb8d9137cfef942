import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { notesFor, publish } from '../../../scripts/release.mjs';
import { root } from '../../../scripts/root.mjs';

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly permissions?: Readonly<Record<string, string>>;
        readonly environment?: string;
        readonly steps: readonly { readonly run?: string; readonly uses?: string }[];
      }
    >
  >;
}

const changelog = `# Changelog

## [0.3.0] - 2026-12-01

### Added

- A thing.

## 0.2.0 - 2026-11-30

- Another thing.

## 0.1.0 - Unreleased

- The first thing.
`;

describe('a release', () => {
  it("has its version's section of the changelog as its notes", () => {
    assert.equal(notesFor({ tag: 'v0.3.0', version: '0.3.0', changelog }), '### Added\n\n- A thing.');
    assert.equal(notesFor({ tag: 'v0.2.0', version: '0.2.0', changelog }), '- Another thing.');
  });

  it('is refused if tag, package.json and changelog differ, the version is not x.y.z, or the section has no date or no text', () => {
    const refused = (tag: string, version: string, message: RegExp, text = changelog) =>
      assert.throws(() => notesFor({ tag, version, changelog: text }), message);
    refused('v0.3.1', '0.3.0', /The tag is v0\.3\.1, but package\.json has version 0\.3\.0/);
    refused('0.3.0', '0.3.0', /Tag the commit as v0\.3\.0/);
    refused('v0.4.0', '0.4.0', /no section "## 0\.4\.0 - YYYY-MM-DD"/);
    refused('v0.1.0', '0.1.0', /with the date of the release/);
    refused('v0.5.0-beta', '0.5.0-beta', /Use three numbers/, '## 0.5.0-beta - 2026-12-01\n\n- A thing.\n');
    refused('v0.5.0', '0.5.0', /is empty/, '## 0.5.0 - 2026-12-01\n\n## 0.4.0 - 2026-11-01\n\n- A thing.\n');
  });

  it('is published only where a secret is set, gives each tool only its own, and says where it is not', () => {
    let runs: { program: string; args: readonly string[]; env: NodeJS.ProcessEnv }[] = [];
    const run = (program: string, args: string[], env: NodeJS.ProcessEnv) => {
      runs = [...runs, { program, args, env }];
      return 'DONE  Published.';
    };
    assert.deepEqual(publish('a.vsix', { VSCE_PAT: '', OVSX_PAT: undefined }, run), {
      said: [
        "Not published to the Visual Studio Marketplace: the secret VSCE_PAT isn't set.",
        "Not published to Open VSX: the secret OVSX_PAT isn't set.",
      ],
      hasFailed: false,
    });
    assert.equal(runs.length, 0);

    const { said, hasFailed } = publish('a.vsix', { PATH: 'p', VSCE_PAT: 'first', OVSX_PAT: 'second' }, run);
    assert.deepEqual(said, ['Published to the Visual Studio Marketplace.', 'Published to Open VSX.']);
    assert.ok(!hasFailed);
    assert.deepEqual(
      runs.map(({ env }) => env),
      [
        { PATH: 'p', VSCE_PAT: 'first' },
        { PATH: 'p', OVSX_PAT: 'second' },
      ],
    );
    for (const { program, args } of runs) {
      assert.equal(program, process.execPath);
      assert.ok(existsSync(args[0] ?? ''), args[0]);
      assert.deepEqual(args.slice(1), ['publish', '--packagePath', 'a.vsix', '--skip-duplicate']);
    }
  });

  it('is published to the other store if one fails, and is told from one that was already there', () => {
    const run = (_: string, [tool = '']: string[]) => {
      if (tool.includes('vsce')) {
        throw new Error('The store refused it.');
      }
      return 'a.b v1.2.3 is already published. Skipping publish.\n';
    };
    assert.deepEqual(publish('a.vsix', { VSCE_PAT: 'first', OVSX_PAT: 'second' }, run), {
      said: ["Couldn't publish to the Visual Studio Marketplace. The log says why.", 'Already published to Open VSX.'],
      hasFailed: true,
    });
  });
});

describe('the workflows', () => {
  const folder = join(root, '.github', 'workflows');
  const workflows = readdirSync(folder).map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return { ...(parse(text) as Workflow), name, text };
  });
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };

  it('pin every action to a commit, and name its version', () => {
    assert.ok(workflows.length >= 2);
    for (const { name, text, jobs } of workflows) {
      const used = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
      assert.ok(used.length > 0, name);
      used.forEach((uses) => assert.match(uses, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/, name));
      const lines = text.split('\n').filter((line) => /\buses:/.test(line));
      assert.equal(lines.length, used.length, name);
      lines.forEach((line) => assert.match(line, / # v\d+\.\d+\.\d+$/, name));
    }
    const pins = new Set(workflows.flatMap(({ text }) => text.match(/(?<=uses: ).*/g) ?? []));
    const actions = [...pins].map((pin) => pin.split('@')[0]);
    assert.equal(new Set(actions).size, actions.length, 'an action has two versions');
  });

  it('write only where a release is made, and run only scripts that exist', () => {
    for (const { name, permissions, jobs } of workflows) {
      const allowed = [permissions, ...Object.values(jobs).map((job) => job.permissions ?? {})];
      const written = allowed.flatMap((of) => Object.entries(of).filter(([, access]) => access !== 'read'));
      assert.deepEqual(
        written.map(([what]) => what),
        name === 'release.yml' ? ['contents', 'id-token', 'attestations'] : [],
      );
      const commands = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
      for (const [, script = ''] of commands.join('\n').matchAll(/npm run (?:--silent )?([\w:]+)/g)) {
        assert.ok(script in scripts, `${name}: ${script}`);
      }
    }
  });

  it('release only a commit of main, and have the secrets of the stores only in the environment "release"', () => {
    const { jobs, text } = workflows.find(({ name }) => name === 'release.yml') ?? assert.fail();
    const { build, publish: publishing } = jobs;
    const checks = build?.steps.map(({ run }) => /git merge-base --is-ancestor .* origin\/main/.test(run ?? ''));
    assert.ok(checks?.includes(true));
    assert.match(text, /fetch-depth: 0/);
    assert.equal(publishing?.environment, 'release');
    assert.match(JSON.stringify(publishing), /secrets\./);
    const others = Object.entries(jobs).filter(([name]) => name !== 'publish');
    assert.doesNotMatch(JSON.stringify(others), /secrets\./);
  });

  it('ask in a bug report for the diagnostics that a command copies', () => {
    const form = parse(readFileSync(join(root, '.github', 'ISSUE_TEMPLATE', 'bug.yml'), 'utf8')) as {
      body: { id?: string; attributes: { description?: string } }[];
    };
    const ids = form.body.flatMap(({ id }) => id ?? []);
    assert.deepEqual(ids, ['what', 'diagnostics', 'versions', 'remote', 'shell', 'log']);
    assert.match(
      form.body.find(({ id }) => id === 'diagnostics')?.attributes.description ?? '',
      /TIR: Copy Diagnostics/,
    );
  });
});
