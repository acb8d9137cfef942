import assert from 'node:assert/strict';

import type * as vscode from 'vscode';

import { Secret } from '../../../src/base/secret';
import { findInHistory, type Repository } from '../../../src/leaks/git';
import { KnownValues } from '../../../src/leaks/knownValues';
import { Values } from './values';

describe('Git history of a file', () => {
  const file: Partial<vscode.Uri> = { fsPath: '/project/.env' };
  const uri = file as vscode.Uri;
  const [one, two] = [new Values(1).text(40), new Values(2).text(40)];
  const known = new KnownValues((text) => text);
  for (const value of [one, two]) {
    known.add(new Secret(value), { isApiKey: false });
  }

  /** Searches the file's history for values. @param versions its text by commit, newest first; undefined if missing */
  const searchHistory = async (versions: readonly (string | undefined)[], ...values: string[]) => {
    const shown: number[] = [];
    const repository: Partial<Repository> = {
      log: ({ maxEntries }) =>
        Promise.resolve(versions.slice(0, maxEntries).map((_, hash) => ({ hash: String(hash) }))),
      show: (ref, path) => {
        shown.push(Number(ref));
        const text = path === uri.fsPath ? versions[Number(ref)] : undefined;
        return text === undefined ? Promise.reject(new Error('missing')) : Promise.resolve(text);
      },
    };
    const found = await findInHistory(repository as Repository, uri, new Set(values), known);
    return { found: [...found], shown };
  };

  it('is searched until each value is found', async () => {
    const versions = ['', `A=${one}`, undefined, `A=${two}`, `A=${one}`];
    assert.deepEqual(await searchHistory(versions, one), { found: [one], shown: [0, 1] });
    assert.deepEqual(await searchHistory(versions, one, two), { found: [one, two], shown: [0, 1, 2, 3] });
    assert.deepEqual(await searchHistory([`A=${two}`, ''], one), { found: [], shown: [0, 1] });
  });

  it('is searched for the 20 newest commits', async () => {
    const versions = Array.from({ length: 19 }, () => '');
    assert.deepEqual((await searchHistory([...versions, `A=${one}`], one)).found, [one]);
    assert.deepEqual((await searchHistory([...versions, '', `A=${one}`], one)).found, []);
  });

  it('has no values if the file was never committed', async () => {
    const repository: Partial<Repository> = { log: () => Promise.reject(new Error('no commits')) };
    assert.equal((await findInHistory(repository as Repository, uri, new Set([one]), known)).size, 0);
  });
});
