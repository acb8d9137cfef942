import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { isFromUi } from '../../../src/base/arguments';
import { plain } from '../../../src/base/text';
import {
  connectionItem,
  type ConnectionNode,
  Rows,
  tokenItem,
  type TokenNode,
  tokenTooltip,
} from '../../../src/view/nodes';

describe('Rows', () => {
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

  it('redraws only rows that differ, and keeps their elements, so a click finds its row', () => {
    const rows = new Rows();
    assert.equal(rows.show([row(1), row(2)]), 'all');
    const [first, second] = [rows.of(row(1)), rows.of(row(2))];
    assert.equal(rows.show([row(1), row(2)]), undefined, 'nothing to draw');
    const used = row(2, { inUse: true });
    assert.deepEqual(rows.show([row(1), used]), [second]);
    assert.equal(second?.node, used);
    assert.deepEqual([second.connectionId, second.id], ['p-4711-delhi', 2], 'what commands take');
    assert.ok(isFromUi(second) && isFromUi(rows.of(row(1))), 'commands treat a row as a call by a person');
    assert.equal(rows.of(row(1)), first);
    assert.equal(rows.of(used), second);
    assert.equal(rows.show([project, row(1), used]), 'all', 'a row was added');
    assert.deepEqual(rows.show([{ ...project, problem: 'offline' }, row(1), used]), [rows.of(project)]);
  });

  it('redraws everything if a row is added, removed or moved, and keeps the elements that stay', () => {
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

describe('tree items', () => {
  it('have context values for their kind and state', () => {
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

  it('show name and creation date, and the rest in the tooltip', () => {
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
      ...(vscode.env.uiKind === vscode.UIKind.Desktop
        ? ['VS Code saves it in plain text with your terminals when it quits']
        : []),
      'Never used on this machine; its use elsewhere is not known',
    ]);
    const unknown = nodeOf({}, { created: '3 months ago', expires: undefined });
    assert.equal(tokenItem(unknown).description, 'created 3 months ago');
    assert.match(tokenTooltip(unknown), /Expiry unknown.*\nThe value is not stored on this machine\nNot in use/);
    assert.equal(item({ state: 'expired' }).description, 'expired · created May 22, 2026');
  });

  it('have a full label for screen readers', () => {
    const label = item({ inUse: true, stored: true }).accessibilityInformation?.label;
    assert.equal(label, 'ci, in use, created May 22, 2026, value stored');
  });

  it('show a hostile name as plain text on one line', () => {
    const name = '[x](command:evil) <b>\u001b[31m\u202e\nsecond line $(trash)';
    const row = item({}, { name });
    // The spaces keep VS Code from turning it into a link or an icon.
    assert.equal(row.label, '[x] (command:evil) <b> [31m second line $ (trash)');
    assert.match(
      tokenTooltip(nodeOf({}, { name })),
      /^\[x\] \(command:evil\) <b> \[31m second line \$ \(trash\)\nId: 7\n/,
    );
    assert.equal(plain('x'.repeat(100_000)).length, 80);
  });
});
