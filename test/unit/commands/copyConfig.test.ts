import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { begin, type TestSetup } from '../../scenarios/support';
import { credentialsOf } from '../../support/testWindow';

const connectionId = 'p-4711-delhi';

describe('copyConfig', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => bench.end());

  it("copies the format that a program asks for, with the project's team if it's known", async () => {
    const { id, value, apiKey } = await bench.signIn();
    const copied = async (format?: string) => {
      assert.deepEqual(await bench.run('copyConfig', { id, ...(format !== undefined && { format }) }), {
        id,
        name: 'sign-in',
      });
      return JSON.parse(await vscode.env.clipboard.readText()) as unknown;
    };
    const flat = { api_key: apiKey, auth_token: value, project_id: 4711 };
    assert.deepEqual(await copied(), flat);
    assert.deepEqual(await copied('e2ectl'), { 'sign-in': { api_key: apiKey, api_auth_token: value } });
    const { store } = bench.window.services;
    const { connection } = await store.signedIn(connectionId);
    await store.saveConnection({
      connection: { ...connection, teamId: 12 },
      credentials: credentialsOf({ value, apiKey }),
    });
    assert.deepEqual(await copied('tir'), { ...flat, team_id: 12 });
    assert.deepEqual(bench.person.read, [], 'a program gets no messages');
  });

  it('refuses an unknown format without quoting it, and copies nothing', async () => {
    const { id, value } = await bench.signIn();
    await vscode.env.clipboard.writeText('something else');
    for (const format of ['', 'yaml', value]) {
      await assert.rejects(bench.run('copyConfig', { id, format }), {
        code: 'invalid-input',
        message: 'The argument "format" is invalid.',
      });
    }
    assert.equal(await vscode.env.clipboard.readText(), 'something else');
  });
});
