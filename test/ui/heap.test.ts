import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { search } from '../rest/search';
import { until } from '../support/until';
import { Workbench } from './workbench';

describe("the extension host's heap", () => {
  let workbench: Workbench | undefined;
  let folder: string;
  beforeEach(() => {
    // Not where all is searched at the end: as long as one is signed in, the values are there.
    folder = mkdtempSync(join(tmpdir(), 'tir-heap-'));
  });
  afterEach(async function () {
    await workbench?.close(this.currentTest);
    workbench = undefined;
    rmSync(folder, { recursive: true });
  });

  /** Which values are in the heap, as the names of their tokens, and in which encodings. */
  async function held(): Promise<{ found: string[]; bytes: number }> {
    const file = join(folder, 'host.heapsnapshot');
    await workbench?.command('Consumer: Write the Heap');
    await until('the snapshot', () => existsSync(file));
    const made = workbench?.emulator.made ?? [];
    let bytes = 0;
    const found = made.flatMap(({ name, value, apiKey }) =>
      [value, apiKey].flatMap((secret, index) => {
        const result = search(folder, [secret]);
        ({ bytes } = result);
        return result.hits.map(({ encoding }) => `${name}, ${index === 0 ? 'token' : 'API key'}, ${encoding}`);
      }),
    );
    rmSync(file);
    return { found, bytes };
  }

  it('holds no value once all is forgotten', async () => {
    workbench = await Workbench.open('heap', {
      withConsumer: true,
      env: { TIR_TEST_HEAP: join(folder, 'host.heapsnapshot') },
    });
    await workbench.openView();
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createToken('dev-laptop');
    await workbench.row(/^dev-laptop, in use/).waitFor();
    assert.equal(await workbench.inNewTerminal(workbench.whoami), 'dev-laptop');
    const before = await held();
    assert.ok(
      before.found.some((one) => one.startsWith('dev-laptop, token')),
      'what is in use is found',
    );

    await workbench.command('TIR: Sign Out');
    await workbench.dialog.getByRole('button', { name: 'Sign Out' }).click();
    await workbench.welcomeButton('Sign In…').waitFor();
    const start = Date.now();
    let last = before;
    await until('the values to be gone', async () => {
      last = await held();
      return last.found.length === 0;
    });
    console.log(
      `    a heap of ${Math.round(last.bytes / 1e6)} MB holds none of the values ${Math.round((Date.now() - start) / 1000)} s after the sign-out`,
    );
  });
});
