import assert from 'node:assert/strict';

import { TokenLists } from '../../../src/tir/lists';
import type { Token } from '../../../src/tir/token';
import { Owners } from '../../../src/tokens/owners';

const [mine, other] = ['p-4711-delhi', 'p-4712-delhi'];

/** @param values keyed hashes; undefined in a list without values */
function token(id: number, name: string, values?: { token: string; apiKey?: string }): Token {
  return { id, name, created: undefined, expires: undefined, ...(values && { fingerprints: values }) };
}

/** Returns what is known of owners after the lists of two projects were loaded. */
async function ownersOf(lists: Readonly<Record<string, readonly Token[]>>) {
  const all = new TokenLists(() => Promise.resolve([]));
  for (const [id, tokens] of Object.entries(lists)) {
    all.put(id, tokens);
  }
  const connections = () =>
    Promise.resolve(
      [mine, other].map((id) => ({ id, label: `Project ${id}`, projectId: 1, location: 'Delhi' as const })),
    );
  const now = await new Owners({ connections }, all).now();
  return {
    ...now,
    names: (hash: string, stored?: number, connectionId = mine) =>
      named(now.of(hash, stored === undefined ? undefined : { connectionId, id: stored })),
  };
}

const named = (owners: readonly { name: string; connectionId: string; isApiKey: boolean }[]) =>
  owners.map(({ name, connectionId, isApiKey }) => `${name} ${connectionId}${isApiKey ? ' key' : ''}`);

describe('the owner of a value', () => {
  it('is the listed token with it, as its value or its API key', async () => {
    const { names, areComplete } = await ownersOf({
      [mine]: [token(1, 'ci', { token: 'a', apiKey: 'k' }), token(2, 'laptop', { token: 'b' })],
      [other]: [token(3, 'gpu', { token: 'c', apiKey: 'l' })],
    });
    assert.deepEqual(
      ['b', 'l', 'z'].map((hash) => names(hash)),
      [[`laptop ${mine}`], [`gpu ${other} key`], []],
    );
    assert.equal(areComplete, true);
  });

  it('is every token that shares an API key, although one of them is stored', async () => {
    const { names } = await ownersOf({
      [mine]: [token(1, 'old', { token: 'a', apiKey: 'k' }), token(2, 'ci', { token: 'b', apiKey: 'k' })],
    });
    assert.deepEqual(names('k', 1), [`old ${mine} key`, `ci ${mine} key`]);
  });

  it('is one token in a project that is signed in to twice, preferably where it is stored', async () => {
    const both = [token(1, 'ci', { token: 'a' })];
    const { names } = await ownersOf({ [other]: both, [mine]: both });
    assert.deepEqual([names('a'), names('a', 1, other)], [[`ci ${mine}`], [`ci ${other}`]]);
  });

  it('is found by its ID if a list has no values; the lists are not complete then', async () => {
    const { names, areComplete } = await ownersOf({ [mine]: [token(1, 'ci')], [other]: [] });
    assert.deepEqual([names('a', 1), areComplete], [[`ci ${mine}`], false]);
  });
});
