import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { plain } from '../../src/base/sentences';
import { connectionItem, tokenItem, type TokenNode, tokenTooltip } from '../../src/view/nodes';

const day = 24 * 60 * 60 * 1000;
const now = Date.UTC(2026, 5, 1);

function nodeOf(given: Partial<TokenNode> = {}, token: Partial<TokenNode['token']> = {}): TokenNode {
  const created = now - 10 * day;
  return {
    kind: 'token',
    key: 'p-1-delhi/7',
    connectionId: 'p-1-delhi',
    id: 7,
    token: { id: 7, name: 'ci', created, expires: created + 365 * day, ...token },
    state: 'valid',
    daysLeft: undefined,
    inUse: false,
    folders: [],
    stored: false,
    signsIn: false,
    usage: {},
    ...given,
  };
}

function item(given?: Partial<TokenNode>, token?: Partial<TokenNode['token']>): vscode.TreeItem {
  return tokenItem(nodeOf(given, token));
}

describe('the rows of the tree', () => {
  it('are found by the words of their context', () => {
    assert.equal(item().contextValue, 'token');
    assert.equal(item({ inUse: true, stored: true }).contextValue, 'token active stored');
    assert.equal(item({ stored: true, state: 'expiring', daysLeft: 1 }).contextValue, 'token stored expiring');
    assert.equal(item({ state: 'expired' }).contextValue, 'token expired');
    const connection = { id: 'p-1-delhi', label: 'One', projectId: 1, location: 'Delhi' };
    const row = connectionItem({
      ...{ kind: 'connection', key: connection.id, connectionId: connection.id },
      ...{ connection, problem: 'Gone.' },
    });
    assert.deepEqual([row.contextValue, row.description], ['connection', 'Gone.']);
  });

  it('show name and creation, and tell the rest in the tooltip', () => {
    const node = nodeOf({ inUse: true, stored: true });
    const row = tokenItem(node);
    assert.equal(row.label, 'ci');
    assert.equal(row.description, 'in use · created May 22, 2026');
    assert.deepEqual(tokenTooltip(node).split('\n'), [
      'ci',
      'Id: 7',
      'Created May 22, 2026',
      'Expires May 22, 2027',
      'The value is stored on this machine',
      'In use in new terminals',
      'Never used on this machine; its use elsewhere is not known',
    ]);
    const unknown = nodeOf({}, { created: '3 months ago', expires: undefined });
    assert.equal(tokenItem(unknown).description, 'created 3 months ago');
    assert.match(tokenTooltip(unknown), /Expiry unknown.*\nThe value is not stored on this machine\nNot in use/);
    assert.equal(item({ state: 'expired' }).description, 'expired · created May 22, 2026');
  });

  it('are read out in full by a screen reader', () => {
    const label = item({ inUse: true, stored: true }).accessibilityInformation?.label;
    assert.equal(label, 'ci, in use, created May 22, 2026, value stored');
  });

  it('show a hostile name as text on one line', () => {
    const name = '[x](command:evil) <b>\u001b[31m\u202e\nsecond line $(trash)';
    const row = item({}, { name });
    // The spaces keep the editor from making a link and an icon of it where it makes such.
    assert.equal(row.label, '[x] (command:evil) <b> [31m second line $ (trash)');
    assert.match(
      tokenTooltip(nodeOf({}, { name })),
      /^\[x\] \(command:evil\) <b> \[31m second line \$ \(trash\)\nId: 7\n/,
    );
    assert.equal(plain('x'.repeat(100_000)).length, 80);
  });
});
