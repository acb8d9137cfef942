import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { gitHubUrl, packagedReadme, repositoryUrl } from '../../../scripts/repository.mjs';
import { copyOfSources } from '../../support/copyOfSources';
import { fileInZip } from '../../support/zip';

const run = promisify(execFile);
const url = 'https://github.com/someone/tir-tokens';
const readme = `# Title

![A picture](media/screenshots/view.png)

<!-- repository -->
Clone it.

<!-- /repository -->

Use it.
`;

describe('the repository', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tir-repository-'))));
  afterEach(() => rmSync(folder, { recursive: true, maxRetries: 5 }));
  const git = (...args: string[]) => run('git', args, { cwd: folder });

  it('is named by a GitHub URL of any form, without credentials', () => {
    for (const remote of [
      url,
      `${url}.git`,
      `${url}.git/\n`,
      'https://me:p%40ss@github.com/someone/tir-tokens.git',
      'https://x-access-token:secret@github.com:443/someone/tir-tokens',
      'git@github.com:someone/tir-tokens.git',
      'ssh://git@github.com/someone/tir-tokens.git',
      'ssh://git@github.com:22/someone/tir-tokens',
    ]) {
      assert.equal(gitHubUrl(remote), url, remote);
    }
  });

  it('is not named by a path, another server, or a URL that only looks like it', () => {
    for (const remote of [
      '',
      '/srv/github.com/someone/tir-tokens',
      '../github.com:someone/tir-tokens',
      'file:///srv/tir-tokens.git',
      'https://git.example.com/someone/tir-tokens.git',
      'https://github.com.example.com/someone/tir-tokens',
      'https://example.com/me@github.com/someone',
      'https://github.com/someone',
      'https://github.com/someone/tir-tokens/tree/main',
      'https://github.com/some one/tir-tokens',
      'http://github.com/someone/tir-tokens',
    ]) {
      assert.equal(gitHubUrl(remote), undefined, remote);
    }
  });

  it("comes from package.json, else from GitHub's workflow, else from Git's remote", async () => {
    const workflow = { GITHUB_SERVER_URL: 'https://me:pw@github.example.com', GITHUB_REPOSITORY: 'team/tokens' };
    assert.equal(repositoryUrl(folder, {}, {}), undefined);
    await git('init', '--quiet');
    assert.equal(repositoryUrl(folder, {}, {}), undefined);
    await git('remote', 'add', 'origin', 'https://me:secret@github.com/someone/tir-tokens.git');
    assert.equal(repositoryUrl(folder, {}, {}), url);
    const { repository } = { repository: { url: 'https://github.com/other/one.git' } };
    assert.equal(repositoryUrl(folder, { repository }, {}), 'https://github.com/other/one');
    assert.equal(repositoryUrl(folder, { repository }, workflow), 'https://github.com/other/one');
    assert.equal(repositoryUrl(folder, {}, workflow), 'https://github.example.com/team/tokens');
    assert.equal(repositoryUrl(folder, {}, { GITHUB_REPOSITORY: 'a/b' }), 'https://github.com/a/b');
    assert.equal(repositoryUrl(folder, {}, { GITHUB_REPOSITORY: 'a/b/../c' }), url);
    await git('remote', 'set-url', 'origin', '/srv/tir-tokens.git');
    assert.equal(repositoryUrl(folder, {}, {}), undefined);
  });

  it("is not that of a repository that contains the project's folder", async () => {
    await git('init', '--quiet');
    await git('remote', 'add', 'origin', url);
    mkdirSync(join(folder, 'unpacked'));
    assert.equal(repositoryUrl(join(folder, 'unpacked'), {}, {}), undefined);
  });
});

describe("the package's README", () => {
  it('has no block for people who have the sources, and pictures only if they have a URL', () => {
    assert.equal(packagedReadme(readme, true), '# Title\n\n![A picture](media/screenshots/view.png)\n\nUse it.\n');
    assert.equal(packagedReadme(readme, false), '# Title\n\nUse it.\n');
    assert.equal(packagedReadme(readme.replaceAll('\n', '\r\n'), false), '# Title\n\nUse it.\n');
  });

  it('shows its pictures from the repository, whose credentials are in no file of the package', async () => {
    const copy = await copyOfSources();
    try {
      writeFileSync(join(copy, 'README.md'), readme);
      await run('git', ['init', '--quiet'], { cwd: copy });
      const remote = 'https://someone:pass-of-someone@github.com/someone/tir-tokens.git';
      await run('git', ['remote', 'add', 'origin', remote], { cwd: copy });
      const { GITHUB_REPOSITORY: _, ...env } = process.env;
      const { stdout } = await run(process.execPath, [join('scripts', 'package.mjs')], { cwd: copy, env });
      assert.doesNotMatch(stdout, /without pictures/);
      const vsix = readFileSync(join(copy, 'dist', 'tir-tokens.vsix'));
      const text = fileInZip(vsix, 'extension/readme.md');
      assert.ok(text.includes(`](${url}/raw/HEAD/media/screenshots/view.png)`), text);
      assert.doesNotMatch(text + fileInZip(vsix, 'extension.vsixmanifest'), /pass-of|someone@/);
    } finally {
      rmSync(copy, { recursive: true, maxRetries: 5 });
    }
  });
});
