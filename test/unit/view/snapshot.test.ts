import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { errorCodes, refusal, TirError } from '../../../src/base/errors';
import { copyToken } from '../../../src/commands/copy';
import { signOut } from '../../../src/commands/signOut';
import type { Services } from '../../../src/services';
import { tokenItem, type TokenNode, tokenTooltip } from '../../../src/view/nodes';
import { type Arrangement, takeSnapshot } from '../../../src/view/snapshot';
import { begin, type TestSetup } from '../../scenarios/support';
import { standIn } from '../../support/fakeServices';
import { Keyring } from '../../support/keyring';
import { credentialsOf, newWindow, type TestWindow } from '../../support/testWindow';

const day = 24 * 60 * 60 * 1000;
const arrangement: Arrangement = { sorting: 'name', filter: '', warnBeforeDays: 30 };

describe('takeSnapshot', () => {
  let bench: TestSetup;
  let window: TestWindow;
  let now: number;
  beforeEach(async () => {
    bench = await begin();
    now = Date.now();
    window = newWindow(bench.emulator, new Keyring(), { now: () => now });
  });
  afterEach(async () => {
    window.end();
    await bench.end();
  });

  const signIn = async (label: string, projectId: number) => {
    const { store, lists } = window.services;
    const self = bench.emulator.seed(`self-${projectId}`, { projectId, createdAt: now });
    const id = `p-${projectId}-delhi`;
    await store.saveConnection({
      connection: { id, label, projectId, location: 'Delhi', signInTokenId: self.id },
      credentials: credentialsOf(self),
    });
    await lists.refresh(id);
    return { id, self };
  };
  const seed = (name: string, age: number) => bench.emulator.seed(name, { createdAt: now - age * day });
  const take = (given: Partial<Arrangement> = {}) => takeSnapshot(window.services, { ...arrangement, ...given });
  const names = (rows: readonly unknown[]) => (rows as TokenNode[]).map(({ token }) => token.name);

  it('counts tokens that have expired or expire soon, and shows the days left', async () => {
    seed('soon', 353);
    seed('gone', 366);
    seed('fine', 10);
    await signIn('One', 4711);
    const shown = await take();
    assert.equal(shown.expiringCount, 2);
    const rows = shown.roots as TokenNode[];
    const text = (name: string) => tokenItem(rows.find(({ token }) => token.name === name)!).description as string;
    assert.match(text('soon'), /^12 d left · \w+ \d+, \d{4}$/);
    assert.match(text('gone'), /^expired · \w+ \d+, \d{4}$/);
    assert.match(text('fine'), /^\w+ \d+, \d{4}$/);
    now += 11.5 * day;
    const later = await take();
    const soon = (later.roots as TokenNode[]).find(({ token }) => token.name === 'soon')!;
    assert.match(tokenItem(soon).description as string, /^1 d left/);
    assert.equal((await take({ warnBeforeDays: 0 })).expiringCount, 1, 'as the setting says');
  });

  it('sorts by name, age and expiry', async () => {
    seed('b', 30);
    seed('a', 10);
    seed('c', 20);
    await signIn('One', 4711);
    assert.deepEqual(names((await take()).roots), ['a', 'b', 'c', 'self-4711']);
    assert.deepEqual(names((await take({ sorting: 'age' })).roots), ['b', 'c', 'a', 'self-4711']);
    assert.deepEqual(names((await take({ sorting: 'expiry' })).roots), ['b', 'c', 'a', 'self-4711']);
  });

  it('filters by part of the name, and says how many tokens match', async () => {
    seed('ci-one', 1);
    seed('CI-two', 1);
    await signIn('One', 4711);
    const shown = await take({ filter: 'ci' });
    assert.deepEqual(names(shown.roots), ['ci-one', 'CI-two']);
    assert.equal(shown.message, 'Tokens with "ci" in their name: 2 of 3');
    assert.equal((await take({ filter: 'one' })).message, 'Tokens with "one" in their name: 1 of 3');
  });

  it('says in two sentences how old the list is, and why, with what helps', async () => {
    await signIn('One', 4711);
    const { services } = window;
    const cause = async (error: TirError) => {
      const current = (id: string) => ({ ...services.lists.current(id), error });
      const lists = standIn<Services['lists']>('lists', { current });
      const { message = '' } = await takeSnapshot({ ...services, lists }, arrangement);
      return /^Showing your tokens as of \d+:\d\d\s[AP]M: (.+)$/s.exec(message)?.[1] ?? assert.fail(message);
    };
    for (const code of errorCodes.filter((one) => one !== 'unauthorized')) {
      const error = new TirError(code, 'x', { status: 418, serverSays: 'status 403', what: "Couldn't." });
      const text = await cause(error);
      assert.ok(text.split(/[.!?](?:\s|$)/).filter(Boolean).length <= 2, text);
      assert.doesNotMatch(text, /TIR says|Couldn't\./);
    }
    const why = "Your network's proxy requires authentication. Check the setting http.proxy.";
    assert.equal(await cause(refusal('offline', why)), why);
    assert.match(await cause(new TirError('timeout', 'x')), /increase the setting tir\.requestTimeoutSeconds\.$/);
    assert.match(await cause(new TirError('offline', 'x', { certificate: 'EXPIRED' })), /\(EXPIRED\)/);
    assert.match(await cause(new TirError('offline', 'x')), /^Couldn't reach .+\. Check the network/);
  });

  it('has project rows only if there are several projects, each with its own tokens', async () => {
    const one = await signIn('One', 4711);
    assert.deepEqual(names((await take()).roots), ['self-4711']);
    const two = await signIn('Two', 4712);
    const shown = await take();
    assert.deepEqual(
      shown.roots.map(({ kind, connectionId }) => [kind, connectionId]),
      [
        ['connection', one.id],
        ['connection', two.id],
      ],
    );
    assert.deepEqual(names(shown.children[one.id] ?? []), ['self-4711']);
    assert.deepEqual(names(shown.children[two.id] ?? []), ['self-4712']);
  });

  it('marks where a token is in use, whether it signed in, and when this machine last used it', async () => {
    const { id: connectionId, self } = await signIn('One', 4711);
    const folder = vscode.workspace.workspaceFolders![0]!;
    const ref = { connectionId, id: self.id };
    await window.services.store.use({ ...ref, name: self.name }, folder.uri.toString());
    await window.services.store.use({ ...ref, name: self.name }, 'file:///of-another-window');
    await window.services.usage.note(ref, 'copy');
    const [row] = (await take()).roots as TokenNode[];
    const item = tokenItem(row!);
    assert.match(item.description as string, new RegExp(`^in use in ${folder.name} · `));
    assert.match(item.contextValue ?? '', /^token active/);
    assert.match(
      tokenTooltip(row!),
      /You signed in with this token\nLast used on this machine: copied .*\. Use elsewhere isn't known/,
    );
  });

  it('shows the same projects, tokens and uses in another profile, which has its own state', async () => {
    const keyring = new Keyring();
    const folder = mkdtempSync(join(tmpdir(), 'tir-profiles-'));
    const [first, second] = [0, 1].map(() => newWindow(bench.emulator, keyring, { folder }).services) as [
      Services,
      Services,
    ];
    const { id, name, projectId, location, ...token } = bench.emulator.seed('first-token');
    const connectionId = 'p-4711-delhi';
    const credentials = credentialsOf(token);
    const connection = { id: connectionId, label: 'One', projectId, location, signInTokenId: id };
    await first.store.saveConnection({ connection, credentials });
    await first.store.saveToken({ connectionId, id }, { name, created: now, expires: undefined, credentials });
    await first.store.use({ connectionId, id, name });
    await copyToken(first, { argument: { connectionId, id }, selection: [], interactive: false });

    await second.lists.refresh(connectionId);
    const row = async () => (await takeSnapshot(second, arrangement)).roots[0] as TokenNode;
    assert.equal((await row()).inUse, true);
    assert.doesNotMatch(tokenTooltip(await row()), /copied/);
    await second.usage.learn(await second.activity.activityLog.read());
    assert.match(tokenTooltip(await row()), /Last used on this machine: copied/);

    await signOut(second, { argument: { connectionId }, selection: [], interactive: false });
    assert.deepEqual((await takeSnapshot(first, arrangement)).roots, []);
    rmSync(folder, { recursive: true });
  });
});
