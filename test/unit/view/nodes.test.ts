import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { isFromUi } from '../../../src/base/arguments';
import { plain } from '../../../src/base/text';
import {
  connectionItem,
  type ConnectionNode,
  Rows,
  shortNameOf,
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
    assert.deepEqual(rows.show([{ ...project, problem: { mark: 'offline', sentence: 'Offline.' } }, row(1), used]), [
      rows.of(project),
    ]);
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
      ...{ connection, problem: { mark: 'refused', sentence: 'TIR refused it.' } },
    });
    assert.deepEqual([row.contextValue, row.description], ['connection', 'refused']);
    assert.equal(row.accessibilityInformation?.label, 'One, TIR refused it.');
    assert.equal(row.tooltip, 'One\nTIR refused it.');
  });

  it('show name, state and date, and the rest in the tooltip', () => {
    const node = nodeOf({ inUse: true, stored: true });
    const row = tokenItem(node);
    assert.equal(row.label, 'ci');
    assert.equal(row.description, 'in use · May 22, 2026');
    assert.deepEqual(tokenTooltip(node).split('\n'), [
      'ci',
      'ID: 7',
      'Created May 22, 2026',
      'Expires May 22, 2027',
      'Value stored on this machine',
      'In use in new terminals',
      ...(vscode.env.uiKind === vscode.UIKind.Desktop
        ? ['When VS Code quits, it saves the token in plain text with your terminals']
        : []),
      "Never used on this machine. Use elsewhere isn't known",
    ]);
    const unknown = nodeOf({}, { created: '3 months ago', expires: undefined });
    assert.equal(tokenItem(unknown).description, '3 months ago');
    assert.match(tokenTooltip(unknown), /Expiry unknown.*\nValue not stored on this machine\nNot in use/);
    assert.equal(item({ state: 'expired' }).description, 'expired · May 22, 2026');
    const folders = item({ inUse: true, folders: ['api'], state: 'expiring', daysLeft: 16 });
    assert.equal(folders.description, 'in use · in use in api · 16 d left · May 22, 2026');
    const undated = nodeOf({}, { created: undefined, expires: undefined });
    assert.equal(tokenItem(undated).description, '');
    assert.match(tokenTooltip(undated), /^Creation date unknown$/m);
  });

  it('have a full label for screen readers', () => {
    const label = item({ inUse: true, stored: true }).accessibilityInformation?.label;
    assert.equal(label, 'ci, in use, created May 22, 2026, value stored on this machine');
    const expiring = item({ state: 'expiring', daysLeft: 16 }).accessibilityInformation?.label;
    assert.equal(expiring, 'ci, expires in 16 days, created May 22, 2026, value not stored on this machine');
  });

  it('have room for the first mark beside a long name, which the tooltip and screen readers have in full', () => {
    const name = 'jupyter-shared-gpu-box';
    const node = nodeOf({ state: 'expired', shortName: shortNameOf(name) }, { name });
    assert.equal(tokenItem(node).label, 'jupyter-s…-gpu-box');
    assert.match(tokenTooltip(node), new RegExp(`^${name}\n`));
    assert.match(tokenItem(node).accessibilityInformation?.label ?? '', new RegExp(`^${name}, expired`));
    assert.equal(tokenItem({ ...node, state: 'valid' }).label, name);
  });

  it('have an icon of another shape for each state', () => {
    const icons = {
      expired: item({ state: 'expired', inUse: true, stored: true }),
      'in use': item({ inUse: true, stored: true, state: 'expiring' }),
      'in use, but the value is not in this window': item({ inUse: true }),
      'expiring soon': item({ state: 'expiring', stored: true }),
      'value stored': item({ stored: true }),
      'only listed': item(),
    };
    const shapes = Object.entries(icons).map(([state, { iconPath }]) => [state, (iconPath as vscode.ThemeIcon).id]);
    assert.deepEqual(Object.fromEntries(shapes), {
      expired: 'error',
      'in use': 'pass-filled',
      'in use, but the value is not in this window': 'warning',
      'expiring soon': 'watch',
      'value stored': 'key',
      'only listed': 'cloud',
    });
  });

  it('show a hostile name as plain text on one line', () => {
    const name = '[x](command:evil) <b>\u001b[31m\u202e\nsecond line $(trash)';
    const row = item({}, { name });
    // The spaces keep VS Code from turning it into a link or an icon.
    assert.equal(row.label, '[x] (command:evil) <b> [31m second line $ (trash)');
    assert.match(
      tokenTooltip(nodeOf({}, { name })),
      /^\[x\] \(command:evil\) <b> \[31m second line \$ \(trash\)\nID: 7\n/,
    );
    assert.equal(plain('x'.repeat(100_000)).length, 80);
  });
});
