import assert from 'node:assert/strict';
import { inspect } from 'node:util';

import {
  difference,
  type SessionFacts,
  type ProjectTokens,
  readScopes,
  scopeOf,
  type Session,
  sessionsOf,
} from '../../../src/authentication/sessions';
import { Secret } from '../../../src/base/secret';

const connection = (projectId: number) => ({
  id: `p-${projectId}-delhi`,
  label: `Project ${projectId}`,
  ...{ projectId, location: 'Delhi' },
});
const token = (id: number, expires?: number) => ({
  ...{ id, name: `token-${id}`, created: undefined, expires },
  credentials: { token: new Secret(`value-${id}`) },
});
const project = (projectId: number, ...tokens: ReturnType<typeof token>[]): ProjectTokens => ({
  ...{ connection: connection(projectId), label: `Project ${projectId}`, tokens },
});
const use = (projectId: number, id: number, folder?: string) => ({
  ...{ connectionId: `p-${projectId}-delhi`, id, name: `token-${id}`, folder },
});
const known = (given: Partial<SessionFacts> = {}): SessionFacts => ({
  ...{ uses: [], lastGiven: () => undefined, now: 1000, ...given },
});
/** Returns the IDs of the tokens in the sessions. */
const ids = (projects: readonly ProjectTokens[], given?: Partial<SessionFacts>) =>
  sessionsOf(projects, known(given)).map((session) => session.token.id);

describe('sessions', () => {
  it('exist for each project that has a value, whether or not its token is in use', () => {
    const projects = [project(1, token(10)), project(2), project(3, token(30), token(31))];
    const uses = [use(1, 10)];
    const [first, second, ...more] = sessionsOf(projects, known({ uses }));
    assert.deepEqual([first?.id, first?.inUse, second?.id, second?.inUse], ['p-1-delhi', true, 'p-3-delhi', false]);
    assert.deepEqual(more, []);
    assert.equal(first && scopeOf(first), 'project:1');
  });

  it('have the token in use, else one in use in a folder, else the last one given, else the newest', () => {
    const projects = [project(1, token(10), token(11), token(12), token(13))];
    const lastGiven = ({ id }: { id: number }) => (id === 12 ? 5 : undefined);
    const uses = [use(1, 11, 'file:///a'), use(1, 10), use(2, 13)];
    assert.deepEqual(ids(projects, { uses, lastGiven }), [10]);
    assert.deepEqual(ids(projects, { uses: [use(1, 11, 'file:///a')], lastGiven }), [11]);
    assert.deepEqual(ids(projects, { lastGiven }), [12]);
    assert.deepEqual(ids(projects), [13]);
  });

  it('have no expired token, even if it is in use', () => {
    const uses = [use(1, 10)];
    assert.deepEqual(ids([project(1, token(10, 1000), token(11, 1001))], { uses }), [11]);
    assert.deepEqual(ids([project(1, token(10, 1000))], { uses }), []);
  });

  it('are requested by one project scope, or all without a scope, and by nothing else', () => {
    assert.deepEqual(readScopes([]), { projectId: undefined });
    assert.deepEqual(readScopes(['project:4711']), { projectId: 4711 });
    for (const scopes of [
      ['project:'],
      ['project:p-1'],
      ['project:01'],
      ['project:0'],
      ['read'],
      ['Project:1'],
      [''],
    ]) {
      assert.equal(readScopes(scopes), undefined, scopes[0]);
    }
    assert.equal(readScopes(['project:1', 'project:2']), undefined);
    assert.equal(readScopes(['project:1', 'admin']), undefined);
  });

  it('are compared by token, value and label, and print no value', () => {
    const [one] = sessionsOf([project(1, token(10))], known());
    const [two] = sessionsOf([project(2, token(20))], known());
    assert.ok(one && two);
    const same: Session = { ...one, value: new Secret('value-10'), inUse: true };
    assert.equal(difference([one, two], [two, same]), undefined);
    const changes: Partial<Session>[] = [
      { token: { ...one.token, id: 11 } },
      { value: new Secret('value-11') },
      { label: 'Renamed' },
    ];
    for (const change of changes) {
      const other: Session = { ...one, ...change };
      assert.deepEqual(difference([one, two], [other, two]), { added: [], removed: [], changed: [other] });
    }
    assert.deepEqual(difference([one], [two]), { added: [two], removed: [one], changed: [] });
    assert.ok(!inspect([one, difference([], [one])], { depth: 9, showHidden: true }).includes('value-10'));
  });
});
