import assert from 'node:assert/strict';

import { type ErrorCode, TirError } from '../../../src/base/errors';
import { Secret } from '../../../src/base/secret';
import type { SignedIn } from '../../../src/secrets/records';
import type { Store } from '../../../src/secrets/store';
import type { TirClient } from '../../../src/tir/client';
import { SignedInCalls } from '../../../src/tokens/signedInCalls';
import { standIn } from '../../support/fakeServices';

const id = 'p-7-delhi';
const credentialsOf = (name: string) => ({ token: new Secret(name) });
const signedInWith = (name: string): SignedIn => ({
  connection: { id, label: 'Seven', projectId: 7, location: 'Delhi' },
  credentials: credentialsOf(name),
});

describe('SignedInCalls', () => {
  let present: SignedIn;
  let saved: SignedIn[];
  /** Names of the tokens whose values are stored, by ID. */
  let stored: Readonly<Record<number, string>>;
  /** TIR's error by token name. Tokens that are missing here work. */
  let failures: Partial<Record<string, ErrorCode>>;
  /** API calls, each with the name of the token that made it. */
  let calls: string[];
  let refusals: ErrorCode[];
  let sessions: SignedInCalls;
  beforeEach(() => {
    present = signedInWith('first');
    saved = [];
    stored = { 1: 'first', 2: 'second', 10: 'newest' };
    failures = {};
    calls = [];
    refusals = [];
    const store = standIn<Store>('the store', {
      signedIn: () => Promise.resolve(present),
      storedTokens: () =>
        Promise.resolve(
          Object.entries(stored).map(([key, name]) => ({
            ...{ id: Number(key), name, created: undefined, expires: undefined },
            credentials: credentialsOf(name),
          })),
        ),
      updateConnection: (_, change) => {
        saved.push((present = change(present) ?? present));
        return Promise.resolve(true);
      },
    });
    const client = ({ credentials: { token } }: SignedIn) => {
      const name = token.reveal();
      const call = (what: string) => {
        calls.push(`${what} ${name}`);
        const code = failures[name];
        return code ? Promise.reject(new TirError(code, name)) : Promise.resolve(name as never);
      };
      return standIn<TirClient>('the client', { list: () => call('list'), delete: () => call('delete') });
    };
    sessions = new SignedInCalls(store, client, (_, code) => refusals.push(code));
  });
  const call = () => sessions.run(id, (client) => client.delete(5) as Promise<unknown>);

  it('makes a call once if it works', async () => {
    assert.equal(await call(), 'first');
    assert.deepEqual([calls, refusals], [['delete first'], []]);
  });

  it('switches to the newest stored token that works, and repeats the call with it', async () => {
    failures = { first: 'unauthorized', newest: 'unauthorized' };
    assert.equal(await call(), 'second');
    assert.deepEqual(calls, ['delete first', 'list newest', 'list second', 'delete second']);
    assert.deepEqual(refusals, ['unauthorized']);
    assert.deepEqual(
      saved.map(({ connection, credentials }) => [connection.signInTokenId, credentials.token.reveal()]),
      [[2, 'second']],
    );
  });

  it('fails with the first error if no stored token works or TIR cannot be reached', async () => {
    failures = { first: 'unauthorized', second: 'unauthorized', newest: 'unauthorized' };
    await assert.rejects(call(), { code: 'unauthorized', message: 'first' });
    failures = { first: 'unauthorized', newest: 'offline' };
    calls = [];
    await assert.rejects(call(), { code: 'unauthorized', message: 'first' });
    assert.deepEqual(calls, ['delete first', 'list newest']);
    assert.deepEqual(saved, []);
  });

  it('fails without a retry if the call is forbidden or offline', async () => {
    for (const [code, told] of [
      ['forbidden', ['forbidden']],
      ['offline', []],
    ] as const) {
      [failures, calls, refusals] = [{ first: code }, [], []];
      await assert.rejects(call(), { code });
      assert.deepEqual([calls, refusals], [['delete first'], told]);
    }
  });

  it('repeats the call with the token that another window has switched to meanwhile', async () => {
    failures = { first: 'unauthorized' };
    const result = sessions.run(id, (client) => {
      const answer = client.delete(5) as Promise<unknown>;
      present = signedInWith('second');
      return answer;
    });
    assert.equal(await result, 'second');
    assert.deepEqual([calls, saved], [['delete first', 'delete second'], []]);
  });

  it('never makes a call a third time', async () => {
    failures = { first: 'unauthorized' };
    const result = sessions.run(id, async (client) => {
      await client.delete(5);
      throw new TirError('unauthorized', 'refused again');
    });
    await assert.rejects(result, { message: 'refused again' });
    assert.deepEqual(calls, ['delete first', 'list newest', 'delete newest']);
  });
});
