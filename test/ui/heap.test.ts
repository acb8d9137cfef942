import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { search, type Search } from '../rest/search';
import { until } from '../support/until';
import { Workbench } from './workbench';

describe('Extension host heap', () => {
  let workbench: Workbench | undefined;
  let folder: string;
  let snapshot: string;
  beforeEach(() => {
    // Outside of what the search for secrets covers, since a snapshot has the values as long as someone is signed in.
    folder = mkdtempSync(join(tmpdir(), 'tir-heap-'));
    snapshot = join(folder, 'host.heapsnapshot');
  });
  afterEach(async function () {
    await workbench?.close(this.currentTest);
    workbench = undefined;
    rmSync(folder, { recursive: true });
  });

  /** Searches a snapshot of the extension host's heap for secrets. */
  async function searchHeap(secrets: readonly string[]): Promise<Search> {
    await workbench?.command('Consumer: Write the Heap');
    await until('the snapshot', () => existsSync(snapshot));
    const result = search(folder, secrets);
    rmSync(snapshot);
    return result;
  }

  it('holds no value of the list, and none at all after the sign-out', async () => {
    workbench = await Workbench.open('heap', {
      withConsumer: true,
      env: { TIR_TEST_HEAP: snapshot },
    });
    const { emulator } = workbench;
    const listed = ['made-elsewhere', 'another'].map((name) => emulator.seed(name));
    await workbench.openView();
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createAndUse('dev-laptop');
    assert.equal(await workbench.inNewTerminal(workbench.whoami), 'dev-laptop');
    const { hits } = await searchHeap([emulator.tokens.at(-1)!.value]);
    assert.ok(hits.length > 0, 'the search finds the value in use');
    // The list has the values of all tokens.
    const unused = listed.flatMap(({ value, apiKey }) => [value, apiKey]);
    await until("the list's values to be gone", async () => (await searchHeap(unused)).hits.length === 0);

    await workbench.command('TIR: Sign Out');
    await workbench.dialog.getByRole('button', { name: 'Sign Out' }).click();
    await workbench.welcomeButton('Sign In…').waitFor();
    const secrets = emulator.made.flatMap(({ value, apiKey }) => [value, apiKey]);
    const start = Date.now();
    const { bytes } = await until('the values to be gone', async () => {
      const result = await searchHeap(secrets);
      return result.hits.length === 0 ? result : undefined;
    });
    console.log(
      `    a heap of ${Math.round(bytes / 1e6)} MB holds none of the values ${Math.round((Date.now() - start) / 1000)} s after the sign-out`,
    );
  });
});
