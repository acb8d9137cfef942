import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { Secret } from '../../../src/base/secret';
import { findInHistory, mayHaveToken, scanCommits } from '../../../src/leaks/git';
import { KnownValues } from '../../../src/leaks/knownValues';
import { Values } from './values';

describe('Git', () => {
  const [one, two] = [new Values(1).text(40), new Values(2).text(40)];
  const known = new KnownValues((text) => text);
  for (const value of [one, two]) {
    known.add(new Secret(value), { isApiKey: false });
  }
  let folder: string;
  const person = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost'];
  const git = (...args: readonly string[]) =>
    execFileSync('git', [...person, ...args], { cwd: folder, stdio: 'pipe' }).toString();
  const uri = (name: string) => vscode.Uri.file(join(folder, name));
  const commit = (name: string, text: string | Buffer, ...options: readonly string[]) => {
    writeFileSync(join(folder, name), text);
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '-m', 'x', ...options);
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

  describe('the tokens that commits add', () => {
    const head = () => git('rev-parse', 'HEAD').trim();
    /** Returns the places, as `file:line:column` from 1, that commits added after `from`. */
    const addedSince = async (from: string | undefined) => {
      const files = await scanCommits({ rootUri: vscode.Uri.file(folder) }, { from, to: head() }, known);
      return files.flatMap(({ uri: { path }, leakedTokens }) =>
        leakedTokens.map(({ line, start }) => `${path.slice(folder.length + 1)}:${line + 1}:${start + 1}`),
      );
    };
    beforeEach(() => {
      git('init', '--quiet', '--initial-branch=main');
    });

    it('are those of the first commit, of several, and of one that is amended', async () => {
      commit('a.py', `\n${one}`);
      assert.deepEqual(await addedSince(undefined), ['a.py:2:1']);
      const from = head();
      commit('b.py', `A=${one}\n`);
      commit('b.py', `A=${one}\nB=${two}\n`);
      assert.deepEqual(await addedSince(from), ['b.py:2:3', 'b.py:1:3']);
      const before = head();
      commit('b.py', `A=${one}\nB=${two}\nC=${one}\n`, '--amend');
      assert.deepEqual(await addedSince(before), ['b.py:3:3']);
      git('checkout', '--quiet', '--orphan', 'other');
      git('rm', '-r', '--quiet', '--force', '.');
      commit('d.py', one);
      assert.deepEqual(await addedSince(undefined), ['d.py:1:1']);
    });

    it('are found in any file, however Git is set up', async () => {
      commit('.gitattributes', '* -text\n');
      for (const [name, value] of Object.entries({
        ...{ 'log.showSignature': 'true', 'diff.noprefix': 'true', 'color.ui': 'always', 'diff.external': 'false' },
        ...{
          'diff.mnemonicPrefix': 'true',
          'core.quotePath': 'true',
          'diff.context': '9',
          'diff.suppressBlankEmpty': 'true',
        },
      })) {
        git('config', name, value);
      }
      const text = 'a\r\nb\rc\r\n++ d\r\n-- e\r\n@@ f\r\n\n\\ g\n';
      mkdirSync(join(folder, 'ä "b'));
      commit('ä "b/ c d.py', text);
      commit('HEAD', '');
      const from = head();
      commit('ä "b/ c d.py', `${text}A=${one}\nB=${two}`);
      assert.deepEqual(await addedSince(from), ['ä "b/ c d.py:8:3', 'ä "b/ c d.py:9:3']);
      const before = head();
      commit('utf16.ps1', Buffer.from(`\ufeffa\r\n$A="${one}"`, 'utf16le'));
      assert.deepEqual(await addedSince(before), ['utf16.ps1:2:5']);
    });

    it('are found beside a large binary file', async () => {
      commit('a.py', '');
      const from = head();
      writeFileSync(join(folder, 'picture.bin'), Buffer.alloc(34_000_000));
      commit('a.py', `A=${one}`);
      assert.deepEqual(await addedSince(from), ['a.py:1:3']);
    });

    it('are not those that are moved, checked out, merged, or back after a reset', async () => {
      commit('a.py', `A=${one}\n\n\n\n`);
      git('checkout', '--quiet', '-b', 'side');
      commit('side.py', `A=${two}\nside`);
      git('checkout', '--quiet', 'main');
      const [from, side] = [head(), git('rev-parse', 'side').trim()];
      commit('a.py', `\n\n\n\nA=${one}\n`);
      git('mv', 'a.py', 'b.py');
      commit('side.py', 'main');
      assert.throws(() => git('merge', '--quiet', 'side'));
      commit('side.py', `A=${two}\nboth`);
      assert.equal(git('log', '-1', '--format=%P').trim().split(' ').at(-1), side);
      assert.deepEqual(await addedSince(from), []);
      git('reset', '--quiet', '--hard', from);
      git('reset', '--quiet', '--hard', 'ORIG_HEAD');
      git('checkout', '--quiet', 'side');
      assert.deepEqual(await addedSince(from), []);
    });
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
