import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

import * as vscode from 'vscode';

import { keyedHash, Secret } from '../../src/base/secret';
import { KnownValues } from '../../src/leaks/knownValues';
import { prefilters } from '../../src/leaks/patterns';
import { scanText } from '../../src/leaks/scan';
import { scanWithoutRipgrep } from '../../src/leaks/workspaceScan';
import { findRipgrep } from '../../src/platform/ripgrep';
import { open, waitForLeaks } from '../host/leaks/support';
import { begin, run as call, signIn } from '../host/support';
import { setting } from '../support/person';
import { corpus, hostileParts, program, writeCorpus } from './corpus';
import { busyDuring, inTurn, type Row, timeOf, writeOutcome } from './measure';

/** Milliseconds. Longer than the leak guard's delay after a keystroke plus its scan. */
const untilLookedAt = 800;

/** Entry point in the extension host (`extensionTestsPath`). */
export function run(): Promise<void> {
  return writeOutcome(async () => {
    const bench = await begin();
    try {
      const { value, apiKey } = await signIn(bench.emulator);
      const known = new KnownValues(keyedHash());
      known.add(new Secret(value), { isApiKey: false });
      known.add(new Secret(apiKey), { isApiKey: true });
      return [await keystroke(), await paste(known), await longestPortion(known), ...(await workspace(known))];
    } finally {
      await bench.end();
    }
  });
}

/**
 * Measures how long a keystroke in a long file keeps the extension host busy, with the leak guard and without. Types
 * into ten files at once and counts a tenth, since the host's other work varies by more than one keystroke costs.
 */
async function keystroke(): Promise<Row> {
  const [files, lines, leakEvery] = [10, 20_000, 1000];
  const folder = mkdtempSync(join(tmpdir(), 'tir-bench-'));
  const text = program(lines, leakEvery);
  const documents = await Promise.all(Array.from({ length: files }, (_, index) => open(folder, `${index}.py`, text)));
  const type = async () => {
    const edit = new vscode.WorkspaceEdit();
    for (const { uri } of documents) {
      edit.insert(uri, new vscode.Position(lines / 2, 0), 'x');
    }
    assert.ok(await vscode.workspace.applyEdit(edit));
    await wait(untilLookedAt);
  };
  const busy = { on: [] as number[], off: [] as number[] };
  for (let round = 0; round < 6; round++) {
    for (const state of ['on', 'off'] as const) {
      await setting('leaks.enabled', state === 'on');
      await Promise.all(documents.map(({ uri }) => waitForLeaks(uri, state === 'on' ? lines / leakEvery : 0)));
      // The first keystroke also does deferred work, and doesn't count.
      await type();
      for (let times = 0; times < 10; times++) {
        busy[state].push((await busyDuring(type)) / files);
      }
    }
  }
  await setting('leaks.enabled', undefined);
  await vscode.workspace.saveAll();
  rmSync(folder, { recursive: true });
  return {
    what: 'a keystroke in a file of 20,000 lines: extension host busy',
    ours: busy.on,
    beside: [{ what: 'the guard off', values: busy.off, must: { more: 2 } }],
  };
}

/** Measures how long the guard takes to see that a pasted text has no token. */
async function paste(known: KnownValues): Promise<Row> {
  const text = program(30, 31);
  const { ours } = await inTurn(200, { ours: () => timeOf(() => scanText(text, known)) });
  return { what: 'a paste of 30 lines: until it is known that no token is in it', ours, atMost: 1, beside: [] };
}

/** Measures how long a scan of inputs of 5 MB holds the extension host at a time, at most. */
async function longestPortion(known: KnownValues): Promise<Row> {
  const bytes = 5_000_000;
  const longest: number[] = [];
  for (const part of hostileParts) {
    // A repeated string is put together when it's first read, which would count.
    const text = Buffer.alloc(bytes, part).toString('latin1');
    // Of five, the quickest: the host has other work, too, as after the row above.
    const held: number[] = [];
    for (let round = 0; round < 5; round++) {
      const delay = monitorEventLoopDelay({ resolution: 1 });
      await wait(50);
      delay.enable();
      await scanText(text, known);
      delay.disable();
      held.push(delay.max / 1e6);
    }
    longest.push(Math.min(...held));
  }
  return {
    what: 'the longest time that a scan of 5 MB holds the extension host',
    ours: [Math.max(...longest)],
    atMost: 20,
    beside: [],
  };
}

/** Measures a scan of the workspace with ripgrep and without, next to ripgrep alone. */
async function workspace(known: KnownValues): Promise<Row[]> {
  const folder = vscode.workspace.workspaceFolders![0]!.uri;
  writeCorpus(folder.fsPath);
  const program = await findRipgrep(vscode.env.appRoot);
  assert.ok(program, 'the editor has no ripgrep');
  const expressions = [...prefilters, ...known.prefilters()].map((expression) => `--regexp=${expression}`);
  const args = ['--no-config', '--ignore-case', '--files-with-matches', ...expressions, '.'];
  const following = { signal: new AbortController().signal, report: () => undefined };
  const { ripgrep, ours, without } = await inTurn(7, {
    ripgrep: () =>
      timeOf(async () => {
        const child = spawn(program, args, { cwd: folder.fsPath, stdio: ['ignore', 'pipe', 'inherit'] });
        child.stdout.resume();
        assert.deepEqual(await once(child, 'close'), [0, null]);
      }),
    ours: () =>
      timeOf(async () => {
        assert.deepEqual(await call('scanWorkspace'), { findings: corpus.leaks });
      }),
    without: () =>
      timeOf(async () => {
        assert.equal((await scanWithoutRipgrep(folder, known, following)).length, corpus.leaks);
      }),
  });
  const beside = { what: 'ripgrep with the same patterns', values: ripgrep };
  const what = `a workspace of ${corpus.files.toLocaleString('en')} files and ${corpus.bytes / 1e6} MB`;
  return [
    { what, ours, beside: [{ ...beside, must: { times: 3 } }] },
    { what: `${what}, where no ripgrep is found`, ours: without, beside: [beside] },
  ];
}
