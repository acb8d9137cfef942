import assert from 'node:assert/strict';

import { type ConnectionNode, Rows, type TokenNode } from '../../src/view/nodes';

describe('the rows of the tree', () => {
  const row = (id: number, given: Partial<TokenNode> = {}): TokenNode => ({
    kind: 'token',
    key: `p-4711-delhi/${id}`,
    connectionId: 'p-4711-delhi',
    id,
    token: { id, name: `token-${id}`, created: undefined, expires: undefined },
    state: 'valid',
    daysLeft: undefined,
    inUse: false,
    folders: [],
    stored: true,
    signsIn: false,
    usage: {},
    ...given,
  });
  const project: ConnectionNode = {
    kind: 'connection',
    key: 'p-4711-delhi',
    connectionId: 'p-4711-delhi',
    connection: { id: 'p-4711-delhi', label: 'One' },
    problem: undefined,
  };

  it('are drawn one by one where they alone differ, and stay the same elements, so that a click finds its row', () => {
    const rows = new Rows();
    assert.equal(rows.show([row(1), row(2)]), 'all');
    const [first, second] = [rows.of(row(1)), rows.of(row(2))];
    assert.equal(rows.show([row(1), row(2)]), undefined, 'nothing to draw');
    const used = row(2, { inUse: true });
    assert.deepEqual(rows.show([row(1), used]), [second]);
    assert.equal(second?.node, used);
    assert.deepEqual([second.connectionId, second.id], ['p-4711-delhi', 2], 'what commands take');
    assert.equal(rows.of(row(1)), first);
    assert.equal(rows.of(used), second);
    assert.equal(rows.show([project, row(1), used]), 'all', 'a row came');
    assert.deepEqual(rows.show([{ ...project, problem: 'offline' }, row(1), used]), [rows.of(project)]);
  });

  it('are drawn all where one came, went or moved, and those that stay are the same elements', () => {
    const rows = new Rows();
    rows.show([row(1), row(2)]);
    const second = rows.of(row(2));
    assert.equal(rows.show([row(2), row(1)]), 'all');
    assert.equal(rows.of(row(2)), second);
    assert.equal(rows.show([row(2)]), 'all');
    assert.equal(rows.of(row(1)), undefined);
    assert.equal(rows.show([row(2), row(3)]), 'all');
    assert.equal(rows.of(row(2)), second);
    assert.equal(rows.show([]), 'all');
  });
});
