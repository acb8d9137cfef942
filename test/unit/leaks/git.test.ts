import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { Secret } from '../../../src/base/secret';
import { findInHistory, mayHaveToken } from '../../../src/leaks/git';
import { KnownValues } from '../../../src/leaks/knownValues';
import { Values } from './values';

describe('Git', () => {
  const [one, two] = [new Values(1).text(40), new Values(2).text(40)];
  const known = new KnownValues((text) => text);
  for (const value of [one, two]) {
    known.add(new Secret(value), { isApiKey: false });
  }
  let folder: string;
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: folder, stdio: 'pipe' });
  const uri = (name: string) => vscode.Uri.file(join(folder, name));
  const commit = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    git('add', '--all');
    git('-c', 'user.name=Test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '--allow-empty', '-m', 'x');
  };
  const search = async (name: string, ...values: string[]) => [
    ...(await findInHistory(uri(name), new Set(values), known)),
  ];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tir-git-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("finds the values that a file's last 20 commits have or had, in a subfolder too", async () => {
    git('init', '--quiet');
    mkdirSync(join(folder, 'sub'));
    commit('sub/[a].py', `A=${one}`);
    commit('sub/[a].py', '');
    assert.deepEqual(await search('sub/[a].py', one, two), [one]);
    assert.deepEqual(await search('sub/[a].py', two), []);
    for (let number = 0; number < 19; number++) {
      commit('sub/[a].py', String(number));
    }
    assert.deepEqual(await search('sub/[a].py', one), [one], 'the commit that removed it');
    commit('sub/[a].py', 'last');
    assert.deepEqual(await search('sub/[a].py', one), []);
  });

  it('finds nothing if the file was never committed, or is in no repository', async () => {
    assert.deepEqual(await search('a.py', one), []);
    git('init', '--quiet');
    assert.deepEqual(await search('a.py', one), []);
  });

  it('tells that a file may have a token: an ignored one, or one in no repository', async () => {
    assert.equal(await mayHaveToken(uri('.env.local')), true);
    git('init', '--quiet');
    assert.equal(await mayHaveToken(uri('.env.local')), false);
    writeFileSync(join(folder, '.gitignore'), '.env.local\n');
    assert.equal(await mayHaveToken(uri('.env.local')), true);
    assert.equal(await mayHaveToken(uri('.env')), false);
    git('add', '--force', '.gitignore');
    commit('.env.local', one);
    assert.equal(await mayHaveToken(uri('.env.local')), true);
    git('add', '--force', '.env.local');
    assert.equal(await mayHaveToken(uri('.env.local')), false, 'tracked');
  });
});
