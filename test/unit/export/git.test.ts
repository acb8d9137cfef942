import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { gitStatusOf, remotesOf } from '../../../src/export/git';

describe('a repository', () => {
  let folder: string;
  const { signal } = new AbortController();
  const git = (...args: string[]) => {
    const { status, stderr } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tir-git-'));
    git('init', '--quiet');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is that of a folder which is a link into it', async () => {
    mkdirSync(join(folder, 'app'));
    const link = `${folder}-link`;
    symlinkSync(join(folder, 'app'), link);
    assert.equal(await gitStatusOf(link, signal), 'not-ignored');
    rmSync(join(folder, '.git'), { recursive: true });
    // As for a repository of another user, git says nothing about it.
    writeFileSync(join(folder, '.git'), 'gitdir: nowhere');
    await assert.rejects(gitStatusOf(link, signal), {
      code: 'invalid-input',
      message: /^Couldn't check whether Git ignores \.env \("/,
    });
    const path = process.env['PATH'];
    process.env['PATH'] = join(folder, 'none');
    try {
      await assert.rejects(gitStatusOf(link, signal), { code: 'invalid-input', message: /Git wasn't found/ });
    } finally {
      process.env['PATH'] = path;
    }
    rmSync(link);
  });

  it('tracks .env if it tracks .ENV and its disk ignores case', async () => {
    writeFileSync(join(folder, '.ENV'), 'A=1\n');
    git('add', '.ENV');
    writeFileSync(join(folder, '.gitignore'), '.env\n');
    git('config', 'core.ignorecase', 'true');
    assert.equal(await gitStatusOf(folder, signal), 'tracked');
    git('config', 'core.ignorecase', 'false');
    assert.equal(await gitStatusOf(folder, signal), 'ignored');
  });

  it('is asked by the program that git.path names, if there is one', async () => {
    const own = join(folder, 'own-git');
    writeFileSync(own, '#!/bin/sh\nexit 128\n');
    chmodSync(own, 0o755);
    const set = (path: unknown) => vscode.workspace.getConfiguration('git').update('path', path, true);
    try {
      await set([join(folder, 'none'), own]);
      await assert.rejects(gitStatusOf(folder, signal), {
        code: 'invalid-input',
        message: /^Couldn't check whether Git ignores \.env \("/,
      });
      for (const unusable of ['git', join(folder, 'none'), 5, [null]]) {
        await set(unusable);
        assert.equal(await gitStatusOf(folder, signal), 'not-ignored');
      }
    } finally {
      await set(undefined);
    }
  });

  it('names the repositories of its remotes on a host, unless gh was told which one counts', async () => {
    const remotes = (host = 'github.com') => remotesOf({ folder, signal }, host);
    assert.deepEqual(await remotes(), []);
    const password = crypto.randomUUID();
    for (const [name, address] of [
      ['origin', 'git@github.com:me/fork.git'],
      ['upstream', `https://me:${password}@github.com/them/project`],
      ['again', 'ssh://git@github.com/them/project.git/'],
      ['company', 'https://git.example.com:8443/team/app.git'],
      ['local', '/srv/backup.git'],
      ['secure', 'git+ssh://git@github.com/they/project.git'],
      ['short', 'gh:other/project'],
      ['port', 'ssh://git@ssh.github.com:443/me/fork.git'],
      ['alias', 'git@github-work:me/work'],
      ['heroku', 'https://git.heroku.com/my-app.git'],
      ['model', 'https://huggingface.co/me/my-model'],
      ['file', 'file:///srv/my-project'],
      ['beside', '../backup/my-project'],
    ] as const) {
      git('remote', 'add', name, address);
    }
    git('config', 'url.git@github.com:.insteadOf', 'gh:');
    assert.deepEqual((await remotes()).sort(), [
      ...['me/fork', 'me/work', 'other/project', 'them/project', 'they/project'].map((path) => `github.com/${path}`),
    ]);
    assert.ok((await remotes('git.example.com:8443')).includes('git.example.com:8443/team/app'));
    git('config', 'remote.upstream.gh-resolved', 'base');
    assert.deepEqual(await remotes(), []);
  });
});
